r"""Untrusted text in GitHub's Markdown: nothing in it becomes markup, a mention, a link or HTML.

Takes plain text, gives one line for a job's summary or a comment. GitHub links mentions, issues and
URLs after it has rendered the Markdown, so escaping doesn't prevent it; an invisible word joiner
(U+2060) inside them does.
"""

from __future__ import annotations

import re
from typing import Final

from generator.text import markup

_WORD_JOINER: Final = "\u2060"
_SPECIAL: Final = re.compile(r"[\\`*_\[\]#|~<>&$]")
_LINK_STARTS: Final = re.compile(
    r"[@#:](?=\S)|www(?=\.)|\bGH(?=-\d)|[0-9a-f]{4}(?=[0-9a-f]{3})", re.IGNORECASE
)
_BACKSLASHED: Final = frozenset("*_[]#")
"""Other special characters become entities, since a backslash doesn't escape them everywhere."""


def text(source: str, most: int = 200) -> str:
    """One line that shows the text, of at most `most` characters; not safe to begin a line."""
    return _SPECIAL.sub(_escaped, _LINK_STARTS.sub(_with_joiner, shortened(source, most)))


def code(source: str, most: int = 200) -> str:
    """The text as a code span, in which GitHub links nothing; empty if the text is."""
    cleaned = shortened(source, most).replace("`", "'").replace("|", "¦")
    return f"`{cleaned}`" if cleaned else ""


def shortened(source: str, most: int) -> str:
    """One line of at most `most` characters, without controls of the text's direction."""
    cleaned = markup.clean(source)
    return cleaned if len(cleaned) <= most else cleaned[: most - 1].rstrip() + "…"


def _with_joiner(sign: re.Match[str]) -> str:
    return sign[0] + _WORD_JOINER


def _escaped(sign: re.Match[str]) -> str:
    return "\\" + sign[0] if sign[0] in _BACKSLASHED else f"&#{ord(sign[0])};"
