"""The command `paper-archive`: one file for each of its commands.

Comes in: arguments. Goes out: an exit code, and output for people. A module here is the command of
its name (`check_feeds.py` is `check-feeds`): its function `add` adds the options to a parser, and
`main.py` finds it by its file name. A command turns options into values, calls the folders below
once, and prints the result. Only commands look at the clock; they decide nothing about content,
pages or feeds.
"""
