"""Reading YAML strictly: no guessed types, no anchors, a place for every problem, never a crash."""

from __future__ import annotations

import itertools
import re
from datetime import date
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from generator.content import yaml_fields
from generator.content.problems import CODES
from generator.core import limits
from generator.core.model import Problem
from tests.effort import little_work

ANY_YAML = st.text(alphabet="abc:-?[]{}#&*!|>'\"%@`,. \n\t\\~0", max_size=60)


def read(text: str) -> tuple[yaml_fields.YamlFields, list[Problem]]:
    problems: list[Problem] = []
    fields = yaml_fields.read_fields("a.yaml", text.encode(), problems)
    assert fields is not None, problems
    return fields, problems


def value_of(text: str) -> str:
    fields, problems = read(f"key: {text}\n")
    value = fields.text("key")
    assert problems == []
    return value


# ---- no implicit types


@pytest.mark.parametrize(
    "written",
    [
        "2401.10020",
        "no",
        "on",
        "12:30",
        "0x1F",
        "1e3",
        "true",
        "2025-03-11",
        ".5",
        "1_000",
        "<<",
        "=",
    ],
)
def test_a_scalar_stays_the_text_that_is_written(written: str) -> None:
    assert value_of(written) == written


@pytest.mark.parametrize(
    "written", ["2401.10020", "1984", "no", "Yes", "0x1F", "1e3", "~", "null", ".inf"]
)
def test_an_id_that_others_read_as_something_else_must_be_quoted(written: str) -> None:
    fields, problems = read(f"id: {written}\n")
    fields.identifier("id")
    assert {problem.code for problem in problems} & {"unquoted-id", "empty-value"}
    quoted, none = read(f'id: "{written}"\n')
    assert (quoted.identifier("id"), none) == (written, [])


@pytest.mark.parametrize("written", ["a-slug", "doi:10.1000/x", "2503.00001a", "cs/0101001"])
def test_an_id_that_is_a_text_for_everybody_needs_no_quotes(written: str) -> None:
    fields, problems = read(f"id: {written}\n")
    assert (fields.identifier("id"), problems) == (written, [])


@pytest.mark.parametrize("blank", ["", "~", "null", "# a comment"])
def test_nothing_and_null_are_an_empty_text(blank: str) -> None:
    assert value_of(blank) == ""


def test_quotes_keep_null_a_text() -> None:
    assert value_of('"null"') == "null"


# ---- texts, days, numbers, addresses


def test_white_space_of_a_text_collapses_and_that_of_prose_stays() -> None:
    fields, _ = read('key: "  a \\n\\t b  "\n')
    assert fields.text("key") == "a b"
    assert fields.prose("key") == "a \n\t b"


def test_windows_line_ends_and_a_byte_order_mark_do_no_harm() -> None:
    problems: list[Problem] = []
    fields = yaml_fields.read_fields("a.yaml", b"\xef\xbb\xbfkey: a\r\nother: b\r\n", problems)
    assert fields is not None
    assert (fields.text("key"), fields.text("other"), problems) == ("a", "b", [])


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2025-03-11", date(2025, 3, 11)),
        ("0001-01-01", date(1, 1, 1)),
        ("2024-02-29", date(2024, 2, 29)),
    ],
)
def test_a_day_is_read(written: str, day: date) -> None:
    assert yaml_fields.parse_day(written) == day


@pytest.mark.parametrize(
    "written",
    [
        "2025-3-11",
        "2025-02-29",
        "20250311",
        "2025-W11-2",
        "11 March",
        "٢٠٢٥-٠٣-١١",
        "2025-03-11T00",
        "0000-01-01",
    ],
)
def test_anything_else_is_no_day(written: str) -> None:
    assert yaml_fields.parse_day(written) is None


@given(st.dates())
def test_every_day_is_read_as_it_is_written(day: date) -> None:
    assert yaml_fields.parse_day(day.isoformat()) == day


@pytest.mark.parametrize("written", ["0", "12", "007"])
def test_a_whole_number_is_read(written: str) -> None:
    fields, problems = read(f"key: {written}\n")
    assert (fields.integer("key"), problems) == (int(written), [])


@pytest.mark.parametrize("written", ["-1", "1.5", "many", "1e3", "²", "٣", "9" * 500])
def test_anything_else_is_no_whole_number(written: str) -> None:
    fields, problems = read(f"key: {written}\n")
    assert fields.integer("key") is None
    assert [problem.code for problem in problems] == ["wrong-type"]


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org",
        "http://example.org/a?b=c#d",
        "HTTPS://EXAMPLE.ORG:8080/",
        "https://例.example.org/é",
        "https://example.org/@user/page?mail=a@b.example",
        "https://пример.example.org/",
    ],
)
def test_addresses_on_the_web(url: str) -> None:
    assert yaml_fields.is_web_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "example.org",
        "//example.org",
        "ftp://example.org",
        "javascript:alert(1)",
        "https://",
        "https:///path",
        "https://example.org/a b",
        "https://example.org/<b>",
        'https://example.org/"',
        "https://example.org/\\",
        "https://example.org/\x01",
        "https://[",
        "https://?a",
        "data:text/html,https://example.org",
        "https://example.org/\x7f",
        "https://example.org/\x9f",
        "https://example.org/\ufffe",
        "https://example.org/\u202e",
        "https://user@example.org/",
        "https://user:pw@example.org/",
        "https://example.org@example.net/",
        "https://@example.org/",
        "https://example.org:port/",
        "https://example.org:99999/",
        "https://ex\u0430mple.org/",
        "https://example.org/" + "a" * 2000,
    ],
)
def test_what_is_no_address_on_the_web(url: str) -> None:
    assert not yaml_fields.is_web_url(url)


def test_a_password_in_an_address_is_in_no_message() -> None:
    fields, problems = read("key: https://user:secret@example.org/\n")
    assert fields.url("key") == ""
    assert "example.org" in problems[0].message
    assert "secret" not in str(problems[0])


# ---- what every problem says


def test_a_key_that_nobody_asks_for_is_reported_with_the_nearest_one() -> None:
    fields, problems = read("tilte: a\n")
    fields.text("title")
    fields.done()
    assert [str(problem) for problem in problems] == [
        "a.yaml:1:1: unknown-key 'tilte' is not a known key here (did you mean 'title'?)"
    ]


def test_without_a_near_key_all_keys_are_named() -> None:
    fields, problems = read("zzz: a\n")
    fields.text("title")
    fields.texts("authors")
    fields.done()
    assert problems[0].hint == "the keys are authors, title"


@pytest.mark.parametrize("read_as", ["day", "url", "integer"])
def test_no_message_is_longer_than_a_line_on_a_screen(read_as: str) -> None:
    fields, problems = read(f"key: {'x' * 5000}\n")
    getattr(fields, read_as)("key")
    fields.done()
    (problem,) = problems
    assert len(str(problem)) < 200


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a:\n  b: [1, 2]\n", (2, 10)),
        ("a: {b: [1, 2]}\n", (1, 12)),
    ],
)
def test_a_value_is_found_by_its_keys(text: str, place: tuple[int, int]) -> None:
    assert yaml_fields.locate(text.encode(), ["a", "b", 1]) == place


def test_what_is_missing_is_found_at_the_deepest_place_that_is_there() -> None:
    assert yaml_fields.locate(b"a:\n  b: 1\n", ["a", "zzz", 3]) == (2, 3)
    assert yaml_fields.locate(b"a: [", ["a"]) == (0, 0)


# ---- did you mean


@given(st.text("abcdefgh", min_size=4, max_size=12), st.data())
def test_a_word_with_one_letter_wrong_is_recognised(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 1))
    misspelt = data.draw(
        st.sampled_from(
            [
                word[:at] + word[at + 1 :],
                word[:at] + "z" + word[at + 1 :],
                word[:at] + "z" + word[at:],
            ]
        )
    )
    assert yaml_fields.did_you_mean(misspelt, [word, "qqqqqqqqqq"]) == f"did you mean '{word}'?"


def test_every_word_of_four_letters_is_recognised_with_one_letter_wrong() -> None:
    """All of them, since those in which letters repeat are rare among random ones."""
    for word in map("".join, itertools.product("abc", repeat=4)):
        for at in range(len(word)):
            for start, end in ((at, at + 1), (at, at), (at + 1, at + 1)):
                for letter in ("", *"abcz"):
                    misspelt = word[:start] + letter + word[end:]
                    assert yaml_fields.did_you_mean(misspelt, [word]) == f"did you mean '{word}'?"


def test_a_short_word_is_not_taken_for_another_short_word() -> None:
    assert yaml_fields.did_you_mean("ab", ["cb", "ac"]) == ""


@given(st.text("abcd", max_size=8), st.lists(st.text("abcd", max_size=8), max_size=6))
def test_the_suggestion_is_a_known_word_whatever_the_order(word: str, known: list[str]) -> None:
    hint = yaml_fields.did_you_mean(word, known)
    assert hint in ("", *(f"did you mean '{each}'?" for each in known))
    assert hint == yaml_fields.did_you_mean(word, reversed(known))


def test_a_word_that_is_like_none_gets_no_suggestion() -> None:
    assert yaml_fields.did_you_mean("zzzz", ["graphs", "methods"]) == ""


# ---- never a crash


def _read_everything(fields: yaml_fields.YamlFields) -> None:
    for name in (*fields.names(), "missing"):
        fields.text(name, required=True)
        fields.prose(name)
        fields.texts(name)
        fields.day(name)
        fields.integer(name)
        fields.url(name)
        fields.identifier(name)
        inner = fields.fields(name)
        if inner is not None:
            _read_everything(inner)
        for item in fields.items(name):
            _read_everything(item)
    fields.done()


def _check(data: bytes) -> None:
    problems: list[Problem] = []
    fields = yaml_fields.read_fields("a.yaml", data, problems)
    if fields is None:
        assert problems
    else:
        _read_everything(fields)
    for problem in problems:
        assert problem.code in CODES
        assert problem.line >= 1
        assert problem.column >= 1
        assert problem.message


@given(st.binary(max_size=80))
def test_any_bytes_are_fields_or_problems(data: bytes) -> None:
    _check(data)


@given(ANY_YAML)
def test_any_text_made_of_what_yaml_means_is_fields_or_problems(text: str) -> None:
    _check(text.encode())


@given(st.text(max_size=40))
def test_any_text_survives_quoting(text: str) -> None:
    written = yaml.safe_dump({"key": text.encode("utf-8", "replace").decode()}, allow_unicode=True)
    fields, problems = read(written)
    assert fields.text("key") == " ".join(text.encode("utf-8", "replace").decode().split())
    assert problems == []


@pytest.mark.parametrize("depth", [10, 50])
def test_some_nesting_is_no_problem_of_the_syntax(depth: int) -> None:
    problems: list[Problem] = []
    yaml_fields.read_fields("a.yaml", b"a: " + b"[" * depth + b"]" * depth, problems)
    assert problems == []


@pytest.mark.parametrize(
    "text",
    [
        "a: &x 1\n",
        "a: &x 1\nb: *x\n",
        "&x a: 1\n",
        "a: &x [*x]\n",
        "a: &x {b: 1}\n<<: *x\n",
        "\ufeff&x a: 1\n",
        "\ufeff\ufeff&x a: 1\n",
        "a:\n\ufeff- &x 1\n",
        "a: 1\r&x b: 2\r",
        "a: 1\x85&x b: 2\n",
        "{?&x a: b}\n",
    ],
)
def test_anchors_and_aliases_are_refused(text: str) -> None:
    problems: list[Problem] = []
    fields = yaml_fields.read_fields("a.yaml", text.encode(), problems)
    assert (fields, [problem.code for problem in problems]) == (None, ["yaml-anchor"])


@pytest.mark.parametrize(
    "text",
    [
        "a: !!str 1\n",
        "a: !!binary aGk=\n",
        "a: !own 1\n",
        "a: !<tag:example.org,2025:x> 1\n",
        "!!map {a: 1}\n",
        "a: [!!int 1]\n",
        "a: {!!str b: 1}\n",
        "a: ! 1\n",
        "%TAG !e! tag:example.org,2025:\n---\na: !e!x 1\n",
        "\ufeff!!map {a: 1}\n",
        "\ufeff\ufeff!!map {a: 1}\n",
    ],
)
def test_tags_are_refused(text: str) -> None:
    problems: list[Problem] = []
    fields = yaml_fields.read_fields("a.yaml", text.encode(), problems)
    assert (fields, [problem.code for problem in problems]) == (None, ["yaml-tag"])


@pytest.mark.parametrize("text", ["a: wow!\n", "a: b ! c\n", "a: '!!x &y *z'\n", "a: >-\n  !b\n"])
def test_an_exclamation_mark_within_a_text_is_no_tag(text: str) -> None:
    fields, problems = read(text)
    assert fields.text("a")
    assert problems == []


@given(st.text(alphabet="ab:-?[]{}&*! \n\r\t\ufeff\x85\u2028,'\"", max_size=30))
def test_no_anchor_and_no_tag_slips_past(text: str) -> None:
    """What libyaml sees decides, not what its first look at the text lets pass."""
    try:
        events = list(yaml.parse(text, yaml.CSafeLoader))
    except yaml.YAMLError:
        return
    refused = any(getattr(e, "anchor", None) or getattr(e, "tag", None) for e in events)
    problems: list[Problem] = []
    # With one mark more, since the first is taken off before the text is parsed.
    yaml_fields.read_fields("a.yaml", b"\xef\xbb\xbf" + text.encode(), problems)
    assert refused == any(each.code in {"yaml-anchor", "yaml-tag"} for each in problems)


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\x85", "\u2028", "\n\ufeff"])
def test_deep_nesting_is_refused_whatever_ends_the_lines(end: str) -> None:
    text = "".join(f"{' ' * level}a:{end}" for level in range(60))
    problems: list[Problem] = []
    assert yaml_fields.read_fields("a.yaml", text.encode(), problems) is None
    assert [problem.message for problem in problems] == ["this is nested too deeply"]


@pytest.mark.parametrize("parted", ["[" + "a," * 9 + "]", "\n- a" * 9, "{" + "a: b, " * 9 + "}"])
def test_too_many_values_are_refused_before_each_takes_memory(
    parted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "YAML_VALUES", limits.YAML_VALUES._replace(most=8))
    problems: list[Problem] = []
    assert yaml_fields.read_fields("a.yaml", f"key: {parted}\n".encode(), problems) is None
    assert [(each.code, each.message) for each in problems] == [
        ("too-large", "the file has more than 8 values")
    ]


# ---- sizes

SMALL = limits.TEXT._replace(most=3)


@pytest.mark.parametrize("written", ["abcd", '"ab cd"', "[a, b, c, d]", "[abcd]"])
def test_what_is_larger_than_its_limit_is_reported_and_left_out(written: str) -> None:
    fields, problems = read(f"key: {written}\n")
    if written.startswith("["):
        assert fields.texts("key", SMALL, SMALL) == ()
    else:
        assert (fields.text("key", SMALL), fields.prose("key", SMALL)) == ("", "")
    assert {problem.code for problem in problems} == {"too-large"}
    assert all(problem.hint == SMALL.way_out for problem in problems)
    assert [problem.column for problem in problems] in ([6, 6], [7], [16])


@pytest.mark.parametrize("written", ["abc", "[a, b, c]", "[abc]"])
def test_what_is_as_large_as_its_limit_is_read(written: str) -> None:
    fields, problems = read(f"key: {written}\n")
    assert fields.texts("key", SMALL, SMALL) if "[" in written else fields.text("key", SMALL)
    assert problems == []


def test_no_text_is_without_a_limit() -> None:
    long = "x" * (limits.URL.most + 1)
    fields, problems = read(f"key: {long}\nlist: [{long}]\nmap: {{a: 'https://{long}'}}\n")
    for each in (fields.text, fields.label, fields.prose, fields.identifier, fields.url):
        assert each("key") == ""
    assert (fields.texts("list"), fields.urls("map")) == ((), ())
    assert {problem.code for problem in problems} == {"too-large"}


def test_a_mapping_of_links_has_a_limit() -> None:
    many = "".join(f"  k{n}: https://example.org/\n" for n in range(limits.LINKS.most + 1))
    fields, problems = read(f"links:\n{many}")
    assert fields.urls("links") == ()
    assert [(each.line, each.code) for each in problems] == [(limits.LINKS.most + 2, "too-large")]


def test_a_huge_unknown_key_takes_no_long_look_for_the_nearest() -> None:
    fields, problems = read(f"? {'tilte' * 100_000}\n: a\n")
    fields.text("title")
    with little_work():
        fields.done()
    assert [problem.code for problem in problems] == ["unknown-key"]


def test_very_many_unknown_keys_take_no_long_look_for_the_nearest() -> None:
    known = [f"known key number {n}" for n in range(100)]
    fields, problems = read("".join(f"unknown key number {n}: a\n" for n in range(3_000)))
    for key in known:
        fields.text(key)
    with little_work():
        fields.done()
    assert {problem.code for problem in problems} == {"unknown-key"}
    assert len(problems) == 3_000
    assert all(problem.hint for problem in problems)


@pytest.mark.parametrize(("written", "number"), [("0", None), ("1", None), ("2", 2), ("3", 3)])
def test_a_number_may_have_a_least_value(written: str, number: int | None) -> None:
    fields, problems = read(f"key: {written}\n")
    assert fields.integer("key", 2) == number
    assert [problem.code for problem in problems] == ([] if number else ["too-small"])


def test_a_billion_laughs_is_refused_at_once() -> None:
    lines = ["a: &a [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]"]
    lines += [
        f"{b}: &{b} [{', '.join([f'*{a}'] * 10)}]"
        for a, b in zip("abcdefghi", "bcdefghij", strict=True)
    ]
    problems: list[Problem] = []
    assert yaml_fields.read_fields("a.yaml", "\n".join(lines).encode(), problems) is None
    assert [problem.code for problem in problems] == ["yaml-anchor"]


def test_the_fast_reader_is_used() -> None:
    """Places and messages are those of libyaml; PyYAML's own reader words them otherwise."""
    assert yaml.__with_libyaml__


@pytest.mark.parametrize(
    ("text", "way_out"),
    [
        ("a: b: c\n", "': '"),
        ("a: @b\n", "quotes"),
        ("a:\n\t- b\n", "spaces"),
        ("a: 1\n---\nb: 2\n", "one document"),
        ("a: \x07\n", "control character"),
        ("- a: 1\n b: 2\n", "indent"),
        ("a: 'b' c\n", "quote"),
        ('a: "b\n', "quote"),
        ('a: "\\mathcal"\n', "backslash"),
        ("a: [b\n", "bracket"),
    ],
)
def test_each_common_slip_gets_a_way_out_of_its_own(text: str, way_out: str) -> None:
    """The messages are those of libyaml: hints must not wait for other words."""
    problems: list[Problem] = []
    yaml_fields.read_fields("a.yaml", text.encode(), problems)
    (problem,) = problems
    assert problem.code == "yaml-syntax"
    assert way_out in problem.hint


# ---- the place of one character

MARKED = """\
plain: tag:a AND  X b
single: 'it''s  X b'
double: "a \\" \\x41\\u00e9 \\
  \\  X b"
folded: >-  # a remark
  a b

  c  X b
literal: |
   a
   X b
over lines: a
  b
    X b
list: [{in: a X b}]
"""


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        (["plain"], (1, 19)),
        (["single"], (2, 17)),
        (["double"], (4, 6)),
        (["folded"], (8, 6)),
        (["literal"], (11, 4)),
        (["over lines"], (14, 5)),
        (["list", 0, "in"], (15, 15)),
    ],
)
def test_a_character_of_a_value_has_a_place(keys: list[str | int], place: tuple[int, int]) -> None:
    value: Any = yaml.load(MARKED, yaml.BaseLoader)
    for key in keys:
        value = value[key]
    value = " ".join(value.split())
    line, column = place
    assert MARKED.splitlines()[line - 1][column - 1] == "X"
    assert yaml_fields.locate(MARKED.encode(), keys, value.index("X")) == place
    assert yaml_fields.locate(MARKED.encode(), keys, len(value)) == (line, column + 3)


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n"), max_size=30),
    st.sampled_from([None, "'", '"', "|", ">"]),
    st.integers(0, 30),
)
def test_a_character_is_found_however_the_value_is_written(
    text: str, style: str, offset: int
) -> None:
    written = yaml.safe_dump({"key": text}, default_style=style, width=12, allow_unicode=True)
    value = read(written)[0].text("key")
    if offset >= len(value) or value[offset].isspace():
        return
    line, column = yaml_fields.locate(written.encode(), ["key"], offset)
    lines = re.split("\r\n|[\n\r\x85\u2028\u2029]", written)
    found = lines[line - 1][column - 1 :]
    assert found.startswith((value[offset], "\\"))
