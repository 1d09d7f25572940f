"""Digests by mail: a day or week as a message, and each message to each list once.

Comes in: an `Archive` and the settings of a mail server. Goes out: messages, and a log of what was
sent. What is uncertain stays so until a person decides.
"""
