"""Texts that look like others are found, and ordinary names in several scripts are left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.text import look_alikes

CYRILLIC_A, CYRILLIC_E, GREEK_ALPHA, OMICRON = "\u0430", "\u0435", "\u0391", "\u03bf"
ORDINARY = (
    "Röntgen imaging",
    "β-VAE",
    "αNLI",
    "μP",
    "\u00b5Transfer",
    "λ-calculus",
    "ΔΣ converters",
    "GPT模型",
    "LLMを用いた要約",
    "Ελλάδα",
    "модель",
    "GPT-модель",
    "Ångström",
    "ℓ1 regularization",
    "R²",
    "نماذج GPT",
)


@pytest.mark.parametrize("name", ORDINARY)
def test_an_ordinary_name_mixes_no_alphabets_and_hides_nothing(name: str) -> None:
    assert (look_alikes.mixed_word(name), look_alikes.hidden(name)) == ("", "")


@pytest.mark.parametrize(
    "word",
    [
        f"{CYRILLIC_A}gents",
        f"ag{CYRILLIC_E}nts",
        f"{GREEK_ALPHA}gents",
        f"l{OMICRON}ng",
        f"{CYRILLIC_A}{GREEK_ALPHA}",
        "\uff41gents\u0430",
        "\u13aagents",
        "\u0570ello",
    ],
)
def test_a_word_of_mixed_alphabets_is_found(word: str) -> None:
    assert look_alikes.mixed_word(f"on {word} here")


@pytest.mark.parametrize(
    ("other", "name"),
    [
        (f"{CYRILLIC_A}gents", "agents"),
        ("\u0410\u0406", "AI"),
        (f"{GREEK_ALPHA}I", "AI"),
        ("\uff21\uff29", "AI"),
        ("\u03bd-SVM", "v-SVM"),  # nu
        ("\U0001d400I", "AI"),
        ("gra\u00adphs", "graphs"),
        ("graphs\u200b", "graphs"),
        ("graphs\ufe0f", "graphs"),
    ],
)
def test_what_looks_alike_has_the_same_skeleton(other: str, name: str) -> None:
    assert look_alikes.skeleton(other) == look_alikes.skeleton(name)


@pytest.mark.parametrize("char", ["\u200b", "\u00ad", "\u2060", "\ufeff", "\u200e", "\U000e0041"])
def test_a_character_that_nobody_sees_is_found(char: str) -> None:
    assert look_alikes.hidden(f"gra{char}phs") == char


def test_characters_that_join_or_part_letters_are_no_hidden_ones() -> None:
    assert look_alikes.hidden("می\u200cخواهم") == ""


@given(st.text(st.characters(codec="ascii")))
def test_nothing_in_ascii_looks_like_anything_else(text: str) -> None:
    assert look_alikes.skeleton(text) == text
    assert look_alikes.mixed_word(text) == ""


@given(st.text())
def test_a_skeleton_is_that_of_itself(text: str) -> None:
    once = look_alikes.skeleton(text)
    assert look_alikes.skeleton(once) == once
