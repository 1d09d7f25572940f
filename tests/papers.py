"""Any paper at all, for Hypothesis: each key's values by how they are read, so none is left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st

from generator.content.paper_keys import PAPER_KEYS, required_text
from generator.content.yaml_fields import YamlFields
from generator.core.model import Paper

# Surrogates can't be in a file; importers take them out, as they do NUL, which YAML could hold.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
# Not `str.split` itself: Hypothesis takes that for "not empty".
SOME_TEXT = TEXT.filter(lambda text: not text.isspace() and text != "")
LINES = st.lists(SOME_TEXT, max_size=3).map(tuple)
URL = st.sampled_from(
    ["https://example.org/", "http://example.org/a?b=c&d='e'#f", "https://example.org/:#,[]&*"]
)
PAPER_ID = st.from_regex(
    r"\d{4}\.\d{5}|[a-z0-9]{1,5}(-[a-z0-9]{1,5}){0,3}|doi:10\.1000/[!-~]{1,10}", fullmatch=True
)
_VALUES: Mapping[Callable[..., Any], st.SearchStrategy[Any]] = {
    YamlFields.identifier: PAPER_ID,
    YamlFields.text: TEXT,
    YamlFields.prose: TEXT,
    YamlFields.texts: LINES,
    YamlFields.day: st.none() | st.dates(),
    YamlFields.integer: st.none() | st.integers(0, 10**9),
    YamlFields.urls: st.dictionaries(TEXT, URL, max_size=3).map(lambda each: tuple(each.items())),
    required_text: SOME_TEXT,
}
PAPER = st.builds(Paper, **{key.name: _VALUES[key.read] for key in PAPER_KEYS})


def line(text: str) -> str:
    """What a file keeps of a text on one line: its white space collapses."""
    return " ".join(text.split())


def lines(texts: tuple[str, ...]) -> tuple[str, ...]:
    """What a file keeps of a list of texts."""
    return tuple(map(line, texts))


_KEPT: Mapping[Callable[..., Any], Callable[[Any], Any]] = {
    YamlFields.text: line,
    YamlFields.prose: str.strip,
    YamlFields.texts: lines,
    required_text: line,
}


def kept(paper: Paper) -> Paper:
    """What a file keeps of a paper: all but white space."""
    values = ((key.read, getattr(paper, key.name)) for key in PAPER_KEYS)
    return Paper(*[_KEPT[read](value) if read in _KEPT else value for read, value in values])
