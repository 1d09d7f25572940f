"""The codes of all problems the checks can find, each with what it means.

Takes nothing; `docs/dev/problems.md` shows the same table and a test keeps the two alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

CODES: Mapping[str, str] = MappingProxyType(
    {
        "alias-collision": "Two tags share a name, slug or alias, so it is unclear which is meant.",
        "bad-date": "A value that should be a day isn't one written as YYYY-MM-DD.",
        "bad-former": "A former slug of a tag that is no slug, or no name of the tag.",
        "bad-id": "An id is neither an arXiv id without version, nor `doi:…`, nor a slug.",
        "bad-name": "A file's name isn't of the form that its folder asks for.",
        "bad-query": "A saved query that can't be read as one.",
        "bad-url": "A link isn't an absolute http or https URL.",
        "conflicting-tagging": "A paper's tagging files both give and remove the same tag.",
        "date-mismatch": "A daily list's `date` differs from the date in its file name.",
        "duplicate-key": "A key stands twice in one mapping, so one value would be lost.",
        "duplicate-paper": "The same paper stands twice in one daily list.",
        "early-correction": "A paper's `corrected` lies before the day of its list.",
        "empty-file": "A file holds nothing, or only comments.",
        "empty-value": "A value that must say something is empty.",
        "future-date": "A daily list, or a correction, is dated after today.",
        "missing-field": "A key that must be there isn't.",
        "missing-file": "A file that every archive needs isn't there.",
        "not-a-mapping": "A file, or an entry in it, isn't a mapping of keys to values.",
        "not-utf8": "A file isn't UTF-8 text.",
        "page-collision": "Two different ids would get the same page.",
        "parent-circle": "A tag is its own ancestor.",
        "too-large": "A file, or a list in it, is longer than a tag or a tagging can need.",
        "unknown-key": "A key that the format doesn't know.",
        "unknown-paper": "A tagging for a paper that no daily list holds.",
        "unknown-parent": "A tag's parent isn't in the vocabulary.",
        "unknown-tag": "A tag that isn't in the vocabulary.",
        "unquoted-id": "An id that other YAML readers take for a number, for want of quotes.",
        "unreadable": "A file that can't be opened, or a link to one.",
        "vanished-url": "A published page or feed would be gone, and no redirect leads on from it.",
        "wrong-type": "A value of another kind than the format asks for.",
        "yaml-anchor": "A YAML anchor or alias: not used here, and a way to hide large content.",
        "yaml-syntax": "A file that isn't valid YAML.",
    }
)
