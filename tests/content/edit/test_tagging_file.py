"""A tagging file edited: tags by slug, each once, in order; what people wrote beside them stays."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from generator.content import yaml_fields
from generator.content.edit import tagging_file
from generator.core.model import Problem

ALIASES = {"RAG": "retrieval", "Retrieval": "retrieval", "Graphs": "graphs"}
SLUGS = ("agents", "graphs", "retrieval", "survey")


def edited(text: str, add: tuple[str, ...] = (), remove: tuple[str, ...] = ()) -> str:
    return tagging_file.edited(text, add, remove, lambda name: ALIASES.get(name, name))


@pytest.mark.parametrize(
    ("before", "add", "remove", "after"),
    [
        ("", ("graphs",), (), "tags:\n- graphs\n"),
        ("", (), ("graphs",), "remove:\n- graphs\n"),
        ("", ("survey", "agents", "agents"), (), "tags:\n- agents\n- survey\n"),
        ("tags:\n- agents\n- survey\n", ("graphs",), (), "tags:\n- agents\n- graphs\n- survey\n"),
        ("tags:\n- survey\n- agents\n", ("graphs",), (), "tags:\n- survey\n- agents\n- graphs\n"),
        ("tags:\n- RAG\n- retrieval\n", (), (), "tags:\n- retrieval\n"),
        ("tags:\n- graphs\n", (), ("graphs",), "remove:\n- graphs\n"),
        ("remove:\n- graphs\n", ("graphs",), (), "tags:\n- graphs\n"),
        ("tags: [survey, 'agents']\n", ("graphs",), (), "tags:\n- survey\n- agents\n- graphs\n"),
        ("tags: []\n", ("graphs",), (), "tags:\n- graphs\n"),
        ('tags:\n  - "RAG"\n', (), (), "tags:\n- retrieval\n"),
        ("tags:\r\n- agents\r\n", ("graphs",), (), "tags:\n- agents\n- graphs\n"),
    ],
)
def test_tags_are_slugs_each_once_and_in_order(
    before: str, add: tuple[str, ...], remove: tuple[str, ...], after: str
) -> None:
    assert edited(before, add, remove) == after


NOTED = """\
# Read it twice.
tags:  # by hand
- agents  # its second half
# the title says so
- survey
# and no more

remove:
- graphs  # only a figure
# the end
"""


def test_comments_stay_where_they_were() -> None:
    assert edited(NOTED) == NOTED
    assert edited(NOTED, ("retrieval",)) == NOTED.replace(
        "# the title says so\n", "- retrieval\n# the title says so\n"
    )


def test_comments_of_a_tag_that_goes_stay() -> None:
    after = edited(NOTED, ("graphs",), ("agents", "survey"))
    comments = [line[line.index("#") :] for line in NOTED.splitlines() if "#" in line]
    assert yaml.safe_load(after) == {"tags": ["graphs"], "remove": ["agents", "survey"]}
    assert sorted(line[line.index("#") :] for line in after.splitlines() if "#" in line) == sorted(
        comments
    )


def test_a_file_that_says_nothing_more_is_empty_unless_somebody_wrote_in_it() -> None:
    text = "tags:\n- graphs\n"
    undone = tagging_file.edited(edited(text, (), ("graphs",)), ("graphs",), (), str)
    assert undone == text
    assert edited("") == ""
    assert edited("# why\ntags: []\n") == "# why\ntags: []\n"


NAMES = st.lists(st.sampled_from([*SLUGS, *ALIASES]), max_size=4)
COMMENT = st.sampled_from(["", "", "# why", "# a: [b] - 'c'"])


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Tagging files in the forms that people write."""
    tags = {key: draw(NAMES) for key in draw(st.permutations(["tags", "remove"]))}
    taken: set[str] = set()
    for key, names in tags.items():
        tags[key] = [name for name in names if ALIASES.get(name, name) not in taken]
        taken |= {ALIASES.get(name, name) for name in names}
    if draw(st.booleans()):
        dumped: str = yaml.safe_dump(tags, default_flow_style=draw(st.booleans()), sort_keys=False)
        return dumped
    lines = []
    for key, names in tags.items():
        lines += [draw(COMMENT), f"{key}:{'' if names else ' []'}  {draw(COMMENT)}".rstrip()]
        for name in names:
            lines += [draw(COMMENT), f"- {name}  {draw(COMMENT)}".rstrip()]
    return "".join(f"{line}\n" for line in lines)


SOME = st.sets(st.sampled_from(SLUGS), max_size=3)


@given(text=texts(), add=SOME, remove=SOME)
def test_an_edit_does_what_it_says_and_loses_no_comment(
    text: str, add: set[str], remove: set[str]
) -> None:
    remove -= add
    after = edited(text, tuple(add), tuple(remove))
    before = yaml.safe_load(text) or {}
    found = yaml.safe_load(after) or {}
    given_before = {ALIASES.get(name, name) for name in before.get("tags") or ()}
    removed_before = {ALIASES.get(name, name) for name in before.get("remove") or ()}
    assert set(found.get("tags") or ()) == (given_before | add) - remove
    assert set(found.get("remove") or ()) == (removed_before | remove) - add
    assert all(len(set(names)) == len(names) for names in found.values() if names)
    assert after.count("# why") == text.count("# why")
    assert edited(after, tuple(add), tuple(remove)) == after


def test_odd_names_that_stay_are_quoted_and_stay_the_same() -> None:
    """Nobody's tags they are; but a file must not come to say something else."""
    odd = [
        "{{ 7 }}",
        "[x](y)",
        "a: b",
        "# x",
        "&a",
        "*a",
        "- x",
        'a "b" \\',
        "\u202ex",
        "'x'",
        "a b",
    ]
    text = tagging_file.edited("", odd, [], str)
    problems: list[Problem] = []
    read = yaml_fields.read_fields("", text.encode(), problems)
    assert read is not None
    assert (read.texts("tags"), problems) == (tuple(sorted(odd)), [])
    assert "\n- a b\n" in text
    assert "\u202e" not in text
    assert tagging_file.filed({"x": "tags: [b, a]\n"}, ["c"], [], str) == {"c": "tags:\n- c\n"}


FILES = st.dictionaries(st.sampled_from(["", "graphs-2", *SLUGS]), texts(), max_size=4)


@given(files=FILES, to=FILES)
def test_no_tag_of_files_that_are_added_is_lost(files: dict[str, str], to: dict[str, str]) -> None:
    added = tagging_file.added(files, to, lambda name: ALIASES.get(name, name))
    assert not added.keys() & to.keys()
    own, came, now = (said(each) for each in (to, files, to | added))
    assert {slug: now[slug] for slug in own} == own
    assert {slug: now[slug] for slug in came.keys() - own.keys()} == {
        slug: how for slug, how in came.items() if slug not in own
    }
    assert now.keys() == own.keys() | came.keys()


def said(texts: dict[str, str]) -> dict[str, set[str]]:
    """How files speak of each tag."""
    found: dict[str, set[str]] = {}
    for text in texts.values():
        for how, names in (yaml.safe_load(text) or {}).items():
            for name in names or ():
                found.setdefault(ALIASES.get(name, name), set()).add(how)
    return found


def test_added_files_keep_their_names_if_they_are_free() -> None:
    own = {"": "tags: [agents]\n", "graphs": "# mine\ntags: [graphs]\n"}
    files = {
        "": "tags:\n- survey  # yes\n- RAG\n",
        "graphs": "tags: [Graphs]\nremove: [survey]\n",
        "retrieval": "# as it is\ntags: [ RAG ]\n",
    }
    assert tagging_file.added(files, own, lambda name: ALIASES.get(name, name)) == {
        "survey": "tags:\n- survey  # yes\n- RAG\n",
        "graphs-2": "remove:\n- survey\n",
        "retrieval": "# as it is\ntags: [ RAG ]\n",
    }
