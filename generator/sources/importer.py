"""What an importer is: a format that can be imported, and the function that reads it.

Holds the type alone; each importer's module has one value of it, and `run.py` lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from io import BufferedReader

from msgspec import Struct

from generator.core.model import DailyList


class Importer(Struct, frozen=True):
    """One format that can be imported."""

    name: str
    """As the command takes it."""
    help: str
    """What it reads, in one line."""
    date_help: str
    """What `--date` means for it, in one line."""
    parse: Callable[[BufferedReader, str, date | None], Sequence[DailyList]]
    """Gives the lists of an open file; takes its name for messages, and `--date`."""
    needs_date: bool = False
    """Whether `--date` must be given; otherwise it may be."""
