"""Exchanges two folders in one step, if the system has a call for that.

Takes two paths on one file system. Never leaves one of them without a folder: where the call is
missing or refused, nothing is changed, and the caller has to rename.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

_AT_FDCWD, _RENAME_EXCHANGE, _RENAME_SWAP = -100, 2, 2


def exchange(one: Path, other: Path) -> bool:
    """Let two folders change places; False if the system doesn't do it, whatever the reason."""
    library = ctypes.CDLL(None)
    first, second = os.fsencode(one), os.fsencode(other)
    if sys.platform == "darwin":
        call = getattr(library, "renamex_np", None)
        arguments: tuple[object, ...] = (first, second, ctypes.c_uint(_RENAME_SWAP))
    else:
        call = getattr(library, "renameat2", None)
        flag = ctypes.c_uint(_RENAME_EXCHANGE)
        arguments = (_AT_FDCWD, first, _AT_FDCWD, second, flag)
    return call is not None and call(*arguments) == 0
