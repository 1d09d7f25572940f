r"""Untrusted text in GitHub's Markdown: nothing in it becomes markup, a mention, a link or HTML.

Takes plain text, gives one line for a job's summary or a comment. GitHub links mentions, issues and
addresses in the text it has rendered, where escapes no longer show: an invisible mark (U+2060)
after the sign keeps them apart.
"""

from __future__ import annotations

import re
from typing import Final

from generator.text import markup

_MARK: Final = "\u2060"
_ACTIVE: Final = re.compile(r"[\\`*_\[\]#|~<>&$]")
_LINKS: Final = re.compile(
    r"[@#:](?=\S)|www(?=\.)|\bGH(?=-\d)|[0-9a-f]{4}(?=[0-9a-f]{3})", re.IGNORECASE
)
_BY_BACKSLASH: Final = frozenset("*_[]#")
"""The others become entities, since a backslash before them is not enough everywhere."""


def text(source: str, most: int = 200) -> str:
    """One line that shows the text, cut to so many characters; never put it first in a line."""
    return _ACTIVE.sub(_escaped, _LINKS.sub(_apart, shortened(source, most)))


def code(source: str, most: int = 200) -> str:
    """The text as code, in which GitHub looks for nothing."""
    cleaned = shortened(source, most).replace("`", "'").replace("|", "¦")
    return f"`{cleaned}`" if cleaned else ""


def shortened(source: str, most: int) -> str:
    """One line of at most so many characters, without what turns its direction."""
    cleaned = markup.clean(source)
    return cleaned if len(cleaned) <= most else cleaned[: most - 1].rstrip() + "…"


def _apart(sign: re.Match[str]) -> str:
    return sign[0] + _MARK


def _escaped(sign: re.Match[str]) -> str:
    return "\\" + sign[0] if sign[0] in _BY_BACKSLASH else f"&#{ord(sign[0])};"
