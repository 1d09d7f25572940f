"""Where the command `paper-archive` begins, as does `python -m generator`.

Loading the libraries takes most of a short run, so Ctrl-C and the like are caught from the first
line on. The process ends without taking an archive's objects apart one by one, which takes as long
as a part of the run.
"""

from __future__ import annotations

import os
import sys

from generator.core import interruption


def main() -> None:
    """Run the command, and end the process with its exit code."""
    try:
        interruption.catch()
        # Loaded here, so that an interruption while it is loaded is caught, too.
        from generator.cli import main as command  # noqa: PLC0415

        code = command.main()
        interruption.ignore()
    except KeyboardInterrupt as error:
        code = interruption.report(error)
    for stream in (sys.stdout, sys.stderr):
        try:  # noqa: SIM105 - contextlib would be loaded before anything is caught
            stream.flush()
        except (OSError, ValueError):
            pass
    os._exit(code)


if __name__ == "__main__":
    main()
