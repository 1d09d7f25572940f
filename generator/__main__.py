"""Where the command `paper-archive` begins, as does `python -m generator`.

Loading the libraries takes most of a short run, so Ctrl-C is caught from the first line on. The
process ends without taking an archive's objects apart one by one, which takes as long as a part of
the run.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command, and end the process with its exit code."""
    try:
        # Loaded here, so that an interruption while it is loaded is caught, too.
        from generator.cli import main as command  # noqa: PLC0415

        code = command.main()
    except KeyboardInterrupt:
        sys.stderr.write("paper-archive: interrupted; no file is half-written\n")
        code = 130
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
