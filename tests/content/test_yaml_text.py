"""Texts written as YAML are read back unchanged."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from generator.content import yaml_fields, yaml_text
from generator.core.model import Problem


@given(st.text(max_size=40).filter(str.strip))
def test_any_text_is_a_scalar_in_lists_of_both_styles(text: str) -> None:
    scalar = yaml_text.scalar(text)
    assert scalar.isprintable()
    for written in (f"key: [{scalar}, b]\n", f"key:\n- {scalar}\n- b\n"):
        problems: list[Problem] = []
        fields = yaml_fields.read_fields("a.yaml", written.encode(), problems)
        assert fields is not None
        assert fields.texts("key") == (" ".join(text.split()), "b")
        assert problems == []


def test_comments_are_found_on_lines_of_their_own_and_after_values() -> None:
    text = "# one\nname: A  # two\nmatch: [a#b]\n  # three\n"
    assert yaml_text.comments(text) == ["# one", "# two", "# three"]
