"""Which phrases are found in a text."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from generator.text.phrases import PhraseIndex, normal_form, words

WORDS = st.text("abcdeé", min_size=1, max_size=5)
PHRASE = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)


def found(phrase: str, text: str) -> bool:
    return [value for _, value in PhraseIndex([(phrase, 1)]).find(text)] == [1]


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("linear attention", "We use Linear Attention."),
        ("linear attention", "LINEAR-ATTENTION"),
        ("text-to-image", "a text to image model"),
        ("text to image", "Text-to-image generation"),
        ("language model", "large language models"),
        ("language models", "a language model"),
        ("graph", "(graphs)"),
        ("graph", "graph-based"),
        ("graph", "under_graph_score"),
        ("RAG", "Better RAG"),
        ("RAG", "RAGs"),
        ("GPT-4", "gpt 4 says"),
        ("überblick", "ÜBERBLICK"),
        ("survey", "A Survey: of surveys elsewhere"),
    ],
)
def test_a_phrase_is_found(phrase: str, text: str) -> None:
    assert phrase in [each for each, _ in PhraseIndex([(phrase, 1)]).find(text)]


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("graph", "paragraph"),
        ("graph", "graphical"),
        ("linear attention", "attention linear"),
        ("linear attention", "linear self attention"),
        ("RAG", "rag and bone"),
        ("RAG", "Rag"),
        ("bias", "bia"),
        ("class", "clas"),
        ("a b c", "a b"),
        ("", "anything"),
        ("---", "anything --- else"),
        ("graph", ""),
    ],
)
def test_a_phrase_is_not_found(phrase: str, text: str) -> None:
    assert not found(phrase, text)


@given(st.lists(WORDS, max_size=4), PHRASE, st.lists(WORDS, max_size=4))
def test_a_phrase_is_found_wherever_it_stands(
    before: list[str], phrase: str, after: list[str]
) -> None:
    text = " ".join([*before, phrase, *after])
    assert (phrase, 1) in list(PhraseIndex([(phrase, 1)]).find(text))


@given(st.lists(PHRASE, max_size=5), st.text(max_size=60))
def test_an_index_finds_what_each_phrase_alone_would(phrases: list[str], text: str) -> None:
    together = {phrase for phrase, _ in PhraseIndex((each, 1) for each in phrases).find(text)}
    alone = {each for each in phrases if list(PhraseIndex([(each, 1)]).find(text))}
    assert together == alone


def test_phrases_come_by_their_place_in_the_text() -> None:
    index = PhraseIndex([("b", 1), ("a", 2), ("a c", 3)])
    assert [value for _, value in index.find("a c b")] == [2, 3, 1]


@given(st.text(max_size=30) | st.text("asS eGN-x2", max_size=12))
@example("Basses")
def test_a_second_normal_form_only_takes_plurals_for_singulars_again(text: str) -> None:
    """Only the last s of a word that was a plural may look like a plural again, as in "buss"."""
    once = normal_form(text)
    again = normal_form(once)
    for word, shorter in zip(once.split(), again.split(), strict=True):
        assert shorter in (word, word[:-1])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Long context", "long-contexts"),
        ("Text-to-Image", "text to image"),
        ("GNN", "gnns"),
        ("  LLM ", "llm"),
        ("Straße", "STRASSE"),
    ],
)
def test_spellings_that_match_have_the_same_normal_form(one: str, other: str) -> None:
    assert normal_form(one) == normal_form(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("bias", "bia"), ("class", "clas"), ("graph", "grap"), ("analysis", "analysi")],
)
def test_spellings_that_do_not_match_have_different_normal_forms(one: str, other: str) -> None:
    assert normal_form(one) != normal_form(other)


@given(
    phrases=st.lists(PHRASE | st.sampled_from(["AB", "ABs", "ab", "A", "ßs", "İ"]), max_size=6),
    text=st.lists(WORDS | st.sampled_from(["AB", "Ab", "ABS", "ß", "SS", "İ"]), max_size=12),
)
def test_phrases_are_found_as_by_looking_at_every_place(
    phrases: list[str], text: list[str]
) -> None:
    """The index is fast; this is the simple definition."""
    written = words(" ".join(text))
    folded = [word.casefold() for word in written]
    expected = []
    for start in range(len(written)):
        for value, phrase in enumerate(phrases):
            parts = words(phrase)
            is_acronym = len(parts) == 1 and len(parts[0]) > 1 and parts[0].isupper()
            looked_for = parts if is_acronym else [part.casefold() for part in parts]
            stream = written if is_acronym else folded
            if folded[start] == parts[0].casefold() and (
                stream[start : start + len(parts)] == looked_for
            ):
                expected.append((phrase, value))
    index = PhraseIndex((phrase, value) for value, phrase in enumerate(phrases))
    assert list(index.find(" ".join(text))) == expected


@given(st.text() | st.text(st.characters(max_codepoint=127)))
def test_words_are_letters_and_digits_of_any_script(text: str) -> None:
    """ASCII text is split in another way, which is faster."""
    found = "".join(char if char.isalnum() else " " for char in text).split()
    assert words(text) == words(" ".join(found))
    assert words("é " + text)[1:] == words(text)
