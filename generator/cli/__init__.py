"""The command `paper-archive`: one file a command.

Comes in: arguments. Goes out: an exit code, and what is said. A module here is the command of its
name (`check_feeds.py` is `check-feeds`): a function `add` puts its options into a parser, `main.py`
finds it by its file. A command turns options into values, calls the folders below once, and prints
what came of it. Only commands look at the clock; they decide nothing about content, pages or feeds.
"""
