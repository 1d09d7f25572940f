"""The whole corpus: imported once and again, and what its pages link to."""

from __future__ import annotations

import posixpath
import re
import shutil
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from generator.archive.build import build_archive
from generator.archive.model import Archive
from generator.cli import main
from generator.content import checks, reader
from generator.core import ids
from generator.render.targets import all_targets
from tests.site.test_build import hashes


@pytest.fixture(scope="session")
def whole_corpus(
    corpus: Path, corpus_content: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A content folder with everything in ../shared/data."""
    root = shutil.copytree(corpus_content, tmp_path_factory.mktemp("corpus") / "content")
    page = corpus / "hf-page-2025-03-11.txt"
    assert (
        main.main(["import", "hf-page", str(page), "--date", "2025-03-11", "--content", str(root)])
        == 0
    )
    return root


@pytest.mark.corpus
def test_the_whole_corpus_is_imported_without_problems(whole_corpus: Path) -> None:
    loaded = reader.load_content(whole_corpus)
    assert checks.check(loaded, date.max) == []
    papers = {
        ids.paper_key(each.id) for daily_list in loaded.content.lists for each in daily_list.papers
    }
    assert len(loaded.content.lists) >= 544
    assert len(papers) >= 11_520


@pytest.fixture(scope="module")
def corpus_archive(whole_corpus: Path) -> Archive:
    return build_archive(reader.load_content(whole_corpus).content)


@pytest.mark.corpus
def test_importing_the_whole_corpus_again_changes_nothing(whole_corpus: Path, corpus: Path) -> None:
    before = hashes(whole_corpus)
    assert (
        main.main(
            [
                "import",
                "jsonl",
                str(corpus / "hf-daily-2024-2026.jsonl.gz"),
                "--content",
                str(whole_corpus),
            ]
        )
        == 0
    )
    assert hashes(whole_corpus) == before


@pytest.mark.corpus
@pytest.mark.slow
def test_every_page_of_the_whole_corpus_links_to_pages_that_are_there(
    corpus_archive: Archive,
) -> None:
    targets = all_targets(corpus_archive)
    there = {target.path for target in targets} | {"contribute.md", "about.md", "saved-queries.md"}
    link = re.compile(rb"(?<!\\)\]\(([^):\s]+?)(?:#[^)\s]*)?\)")
    missing = set()
    for page in targets:
        if page.path.endswith(".md"):
            folder = posixpath.dirname(page.path)
            for target in set(link.findall(page.make())):
                path = posixpath.normpath(posixpath.join(folder, target.decode()))
                if urlsplit(path).scheme == "" and path not in there:
                    missing.add(f"{page.path}: {target.decode()}")
    assert sorted(missing)[:20] == []
