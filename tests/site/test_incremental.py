"""Builds after edits: the same bytes as a build from nothing, whatever was edited or damaged."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from msgspec.structs import replace

from generator.core import files, toolchain
from generator.core.model import Content, DailyList, Paper, Settings, Tag, Tagging
from generator.render.pages import days
from generator.site import build, staging
from generator.site.options import BuildOptions, Folders
from tests.archives import MONDAY, ROOT, SETTINGS, SOURCE, tree, whole, write

TODAY = date(2100, 1, 1)
NAMES = ("A. Author", "B. Author", "Ö. Müller", "C. Author")
WORDS = ("graphs", "retrieval", "$x^2$", "<b>bold</b>", "a_b *c*")
SLUGS = ("graphs", "retrieval", "methods")

MINE = "dev/mine.md"
"""A page written by hand."""

papers = st.integers(1, 12)
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)


def folders(root: Path, name: str) -> Folders:
    return Folders(root / "content", root / name / "docs", root / name / "site", ROOT,
                   root / name / "cache")  # fmt: skip


KEPT = ("site", "content", "papers", "rule-matches", "people", "checked-lists", "feed-templates")
"""Files and folders of a cache."""


class Archive(RuleBasedStateMachine):
    """Edits of an archive, and builds between them that are compared with one from nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="archive-"))
        self.papers: dict[str, Paper] = {}
        self.lists: dict[int, tuple[str, ...]] = {}
        self.tags: dict[str, Tag] = {}
        self.taggings: dict[str, Tagging] = {}
        self.settings: Settings = SETTINGS
        self.folders = folders(self.root, "kept")
        self.code = 10

    def teardown(self) -> None:
        if self.lists:
            self.build(2)
        shutil.rmtree(self.root, ignore_errors=True)

    @initialize(title=texts)
    def start(self, title: str) -> None:
        self.list_papers(0, [1, 2], title)
        self.build(1)

    # --- edits

    @rule(day=st.integers(0, 20), numbers=st.lists(papers, min_size=1, max_size=4, unique=True),
          title=texts)  # fmt: skip
    def list_papers(self, day: int, numbers: list[int], title: str) -> None:
        keys = tuple(f"2503.{number:05}" for number in numbers)
        for number, key in zip(numbers, keys, strict=True):
            authors = NAMES[: number % 5]
            self.papers.setdefault(key, Paper(key, f"{title} {number}", authors, upvotes=number))
        self.lists[day] = keys

    @rule(day=st.integers(0, 20))
    def remove_list(self, day: int) -> None:
        if len(self.lists) > 1:
            self.lists.pop(day, None)

    @rule(number=papers, title=texts, abstract=texts)
    def change_paper(self, number: int, title: str, abstract: str) -> None:
        key = f"2503.{number:05}"
        if key in self.papers:
            self.papers[key] = replace(self.papers[key], title=title, abstract=abstract)

    @rule(slug=st.sampled_from(SLUGS), name=texts, word=st.sampled_from(WORDS),
          parent=st.sampled_from(("", "methods")),
          alias=st.sampled_from(("", "old-{}", "Former {}")))  # fmt: skip
    def define_tag(self, slug: str, name: str, word: str, parent: str, alias: str) -> None:
        above = parent if parent in self.tags and slug != "methods" else ""
        text = f"About {name}."
        aliases = (alias.format(slug),) if alias else ()
        self.tags[slug] = Tag(slug, f"{slug} {name}", text, aliases, above, (word,))

    @rule(slug=st.sampled_from(SLUGS))
    def remove_tag(self, slug: str) -> None:
        self.tags.pop(slug, None)
        for key, tag in self.tags.items():
            if tag.parent == slug:
                self.tags[key] = replace(tag, parent="")

    @rule(number=papers, slug=st.sampled_from(SLUGS), removed=st.booleans())
    def tag_paper(self, number: int, slug: str, removed: bool) -> None:
        key = f"2503.{number:05}"
        given = () if removed else (slug,)
        self.taggings[key] = Tagging(key, given, (slug,) if removed else ())

    @rule(title=st.sampled_from(("One", "Two")), least=st.integers(1, 3))
    def change_settings(self, title: str, least: int) -> None:
        self.settings = replace(SETTINGS, title=title, author_min_papers=least)

    @rule(most=st.integers(1, 3))
    def change_the_code(self, most: int) -> None:
        """Change a number in the generator, which stands for a change of a template or library."""
        self.code = most

    @rule(text=texts)
    def write_a_page(self, text: str) -> None:
        files.write(self.folders.docs / MINE, f"# Mine\n\n{text}\n".encode())

    # --- what happens to what earlier builds left

    @rule(at=st.integers(1, 80))
    def interrupt_a_build(self, at: int) -> None:
        """Press Ctrl-C while some file is renamed or written."""
        calls = count(1)

        def interrupted(real: Callable[..., Any]) -> Callable[..., Any]:
            def call(*arguments: Any) -> Any:
                if next(calls) == at:
                    raise KeyboardInterrupt
                return real(*arguments)

            return call

        self.put_content()
        with (
            patch.object(os, "rename", interrupted(os.rename)),
            patch.object(files, "put", interrupted(files.put)),
            patch.object(files, "renew", interrupted(files.renew)),
            suppress(KeyboardInterrupt),
        ):
            self.make(self.folders)

    @rule()
    def use_the_cache_of_another_archive(self) -> None:
        """Use the cache of an archive with other papers in files of the same names."""
        other = folders(self.root, "foreign")
        what = whole(DailyList(MONDAY, SOURCE, (Paper("2503.00001", "Foreign"),)))
        other = replace(other, content=write(self.root / "foreign" / "content", what))
        self.make(other)
        self.forget_cache()
        shutil.copytree(other.cache or self.root, self.folders.cache or self.root)
        shutil.rmtree(self.root / "foreign")

    @rule(name=st.sampled_from(KEPT), at=st.integers(0, 400))
    def damage_cache(self, name: str, at: int) -> None:
        folder = self.folders.cache or self.root
        for path in [folder / name, *sorted((folder / name).glob("*"))]:
            if path.is_file():
                data = bytearray(path.read_bytes())
                data[at % len(data)] ^= 0xFF
                path.write_bytes(bytes(data))

    @rule()
    def forget_cache(self) -> None:
        shutil.rmtree(self.folders.cache or self.root, ignore_errors=True)

    @rule(kind=st.sampled_from(("docs", "site")), nth=st.integers(0, 200), whole=st.booleans())
    def damage_file(self, kind: str, nth: int, whole: bool) -> None:
        top = self.folders.docs if kind == "docs" else self.folders.site
        made = sorted(top.rglob("*.*ml" if kind == "site" else "*.md"))
        if made:
            path = made[nth % len(made)]
            path.unlink() if whole else path.write_bytes(path.read_bytes()[:-1])

    @rule()
    def leave_an_unexpected_file(self) -> None:
        if self.folders.site.exists():
            (self.folders.site / "papers" / "unexpected").mkdir(parents=True, exist_ok=True)
            (self.folders.site / "papers" / "unexpected" / "index.html").write_text("mine")

    # --- builds

    @rule(jobs=st.sampled_from((1, 2)))
    def build(self, jobs: int) -> None:
        self.put_content()
        self.make(self.folders, jobs)
        new = folders(self.root, "new")
        shutil.rmtree(self.root / "new", ignore_errors=True)
        if (self.folders.docs / MINE).exists():
            files.write(new.docs / MINE, (self.folders.docs / MINE).read_bytes())
        self.make(new)
        assert tree(self.folders.site) == tree(new.site)
        assert tree(self.folders.docs) == tree(new.docs)
        assert staging.mark_of(self.folders.site)

    def put_content(self) -> None:
        shutil.rmtree(self.root / "content", ignore_errors=True)
        write(self.root / "content", self.content())

    def make(self, where: Folders, jobs: int = 1) -> None:
        with (
            patch.object(days, "MAX_TAGS", self.code),
            patch.object(toolchain, "fingerprint", lambda _: bytes([self.code])),
        ):
            build.build(where, TODAY, BuildOptions(jobs, searchable=False))

    def content(self) -> Content:
        lists = [
            DailyList(MONDAY + timedelta(day), SOURCE, tuple(self.papers[key] for key in keys))
            for day, keys in self.lists.items()
        ]
        listed = {key for keys in self.lists.values() for key in keys}
        taggings = [
            replace(each, tags=self._known(each.tags), remove=self._known(each.remove))
            for key, each in self.taggings.items()
            if key in listed and self._known(each.tags + each.remove)
        ]
        made = whole(*lists, tags=tuple(self.tags.values()), taggings=taggings)
        return replace(made, settings=self.settings)

    def _known(self, slugs: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(slug for slug in slugs if slug in self.tags)

    @invariant()
    def nothing_is_left_beside_the_site(self) -> None:
        beside = self.folders.site.parent
        if beside.exists():
            hidden = [path.name for path in beside.iterdir() if path.name.startswith(".")]
            assert hidden == []


TestArchive = pytest.mark.slow(Archive.TestCase)
TestArchive.settings = settings(max_examples=20, stateful_step_count=12)
