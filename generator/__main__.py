"""Where the command `paper-archive` begins, as does `python -m generator`.

Loading the libraries takes most of a short run, so Ctrl-C is caught from the first line on.
"""

import sys


def main() -> int:
    """Run the command; returns the exit code."""
    try:
        from generator import cli  # noqa: PLC0415 - loaded where an interruption is caught

        return cli.main()
    except KeyboardInterrupt:
        sys.stderr.write("paper-archive: interrupted; no file is half-written\n")
        return 130


if __name__ == "__main__":
    sys.exit(main())
