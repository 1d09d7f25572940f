"""What the project says of itself is true: commands, targets, keys, paths and modules it names."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import fields

from generator.cli import main
from generator.content import reader
from generator.content.problems import CODES
from generator.core import paths
from generator.core.model import Paper, Settings
from generator.core.page_kinds import GENERATED, KINDS
from generator.site import generated

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(
            ROOT / name
            for name in subprocess.run(
                ["git", "ls-files", "docs/*.md"],
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=True,
            ).stdout.split()
        ),
    ]
)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")


def commands(text: str) -> Iterator[list[str]]:
    """The commands of a page: lines of shell blocks, and inline code that begins as one."""
    for language, block in FENCE.findall(text):
        if language == "sh":
            for line in block.splitlines():
                words = shlex.split(line, comments=True)
                if words:
                    yield words
    for code in INLINE.findall(FENCE.sub("", text)):
        if code.startswith(("paper-archive ", "make ")):
            yield shlex.split(code)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
class TestPage:
    def test_its_commands_exist(self, page: Path) -> None:
        targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
        for words in commands(page.read_text()):
            if words[0] == "make":
                assert {word for word in words[1:] if "=" not in word} <= targets, words
            if words[0] == "paper-archive" and len(words) > 2 and "…" not in words:
                main.parser().parse_args(words[1:])
            elif words[0] == "paper-archive":
                assert words[1] in main.parser().format_help(), words

    def test_files_it_names_exist(self, page: Path) -> None:
        for code in INLINE.findall(FENCE.sub("", page.read_text())):
            if re.fullmatch(r"(generator|tests|docs|content|benchmarks)/[\w./-]*", code):
                # Which files are in `content/` is up to whoever runs the archive.
                folders = "|".join(reader._FOLDERS)
                content = re.fullmatch(rf"content/(\w+\.yaml|(?:{folders})/.*)?", code)
                made = r"\.site|docs/\.(archive|generated|set-aside)|node_modules"
                example = re.search(made, code)
                assert content or example or (ROOT / code).exists(), code

    def test_codes_it_names_exist(self, page: Path) -> None:
        if page.name == "problems.md":
            assert set(re.findall(r"^\| `([a-z0-9-]+)` \|", page.read_text(), re.MULTILINE)) == set(
                CODES
            )


def table_keys(text: str, after: str) -> list[str]:
    """The code words in the first column of the first table behind a sentence."""
    table = text.split(after, 1)[1].split("\n\n|", 1)[1].split("\n\n", 1)[0]
    rows = re.findall(r"^\|? ?(`[^|]+`) \|", table, re.MULTILINE)
    return [key for row in rows for key in re.findall(r"`(\w+)`", row)]


def test_contributing_lists_the_keys_of_a_paper() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    assert table_keys(text, "The keys of a paper") == [field.name for field in fields(Paper)]


def test_contributing_lists_the_keys_of_the_settings() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    assert set(table_keys(text, "An archive of your own")) == {
        field.name for field in fields(Settings)
    }


def test_the_page_of_site_paths_shows_them() -> None:
    text = (ROOT / "docs/dev/site-paths.md").read_text()
    for path in (
        paths.site_path(paths.paper_page("2503.01496")),
        paths.site_path(paths.listing_year_page(paths.tag_page("rag"), 2025)),
        paths.site_path(paths.author_letter_page("d")),
        paths.site_path(paths.week_page("2025-W11")),
    ):
        assert f"/{path}" in text


def test_git_ignores_what_the_build_makes_and_nothing_else() -> None:
    """Everything in the table of kinds but what people write, and what only the site has.

    Builds refuse other files in just these places.
    """
    ignored = (ROOT / "docs/.gitignore").read_text().splitlines()
    tops = {f"/{generated.MANIFEST}"}
    for kind in KINDS:
        first, slash, _ = kind.path.partition("/")
        if "{any}" not in first and first not in {"assets", "search"}:
            tops |= {f"/{name}{slash}" for name in (paths.FEED_TYPES if "{" in first else [first])}
    assert {top.strip("/") for top in tops} == {*GENERATED, generated.MANIFEST}
    assert {line for line in ignored if line and not line.startswith("#")} == tops
