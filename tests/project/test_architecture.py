"""The order of the folders: which may import which, and who alone reaches the world outside.

The order is read from the picture in `docs/dev/architecture.md`, so the two always agree.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.archives import ROOT

PACKAGE = ROOT / "generator"
PICTURE = re.search(
    r"^```text\n(cli/.+?)^```",
    (ROOT / "docs/dev/architecture.md").read_text(encoding="utf-8"),
    re.MULTILINE | re.DOTALL,
)
LINES = PICTURE[1].splitlines() if PICTURE else []
LEVEL = {
    folder: -line
    for line, text in enumerate(LINES)
    for folder in re.findall(r"(\w+)/(?=\s)", re.split(r"/\s{4,}", f"{text}    ")[0] + "/ ")
}
"""By folder; a line further down is a lower level."""

OUTSIDE = frozenset(
    "asyncio ctypes fcntl fileinput glob http io logging mmap multiprocessing os pathlib random"
    " requests select shelve shutil signal socket sqlite3 ssl subprocess sys tempfile threading"
    " time tqdm urllib.request".split()
)
"""Libraries that reach the disk, the network, the terminal, the clock or chance."""
OUTSIDE_CALLS = frozenset(
    {"open", "print", "input", "exec", "eval", "compile", "__import__", "breakpoint"}
)
DOORS = frozenset(
    {
        *"core.cache core.files core.git core.interruption core.journal core.lock".split(),
        *"core.parallel core.programs core.progress core.toolchain".split(),
        *"content.reader content.writer content.edit.from_issues content.edit.tag_paper".split(),
        *"content.edit.moved_papers content.edit.rename_tag archive.load".split(),
        *"render.search.index_record render.search.pagefind_bundle".split(),
        "render.search.search_index",
        *"mail.send mail.sent_log mail.smtp".split(),
        *"review.baseline review.feeds.check review.feeds.sources".split(),
    }
)
"""Modules that read or write outside the process. All of `site/`, `sources/` and `cli/` may."""
DOOR_FOLDERS = frozenset({"cli", "site", "sources", "__main__"})
CLOCK_CALLS = frozenset({"now", "today", "utcnow"})
ONLY_USERS: Mapping[str, frozenset[str]] = {
    "mkdocs": frozenset({"site.mkdocs_hooks", "site.mkdocs_site"}),
    "slugify": frozenset({"core.ids"}),
    "feedgen": frozenset({"render.feeds.rss_atom"}),
    "lark": frozenset({"content.query_language"}),
    "math_core": frozenset({"text.mathml"}),
    "smtplib": frozenset({"mail.smtp"}),
    "subprocess": frozenset({"core.git", "core.programs"}),
    "urllib.request": frozenset({"review.feeds.sources"}),
    "material": frozenset(),
    "random": frozenset(),
    "secrets": frozenset(),
    "time": frozenset(),
    "uuid": frozenset(),
}
"""The only modules that import a library; all of `content/` may import yaml, and nobody else."""


def name_of(path: Path) -> str:
    """The module's dotted name within `generator`; empty for the package itself."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


MODULES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}


def folder_of(module: str) -> str:
    return module.partition(".")[0]


def imports(module: str) -> Iterator[tuple[str, str]]:
    """What a module imports anywhere in it: module and name, which may be empty."""
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative import"
            yield from ((node.module or "", alias.name) for alias in node.names)


def own_imports(module: str) -> set[str]:
    """Modules of `generator` that a module imports."""
    found = set()
    for source, name in imports(module):
        if source == "generator" or source.startswith("generator."):
            inner = f"{source}.{name}".removeprefix("generator").lstrip(".")
            found.add(inner if inner in MODULES else inner.rpartition(".")[0])
    return found


def test_the_picture_names_every_folder() -> None:
    folders = {folder_of(name) for name in MODULES} - {"", "__main__"}
    assert set(LEVEL) == folders
    assert len(set(LEVEL.values())) == len(LINES) > 1


def test_a_folder_imports_only_from_folders_on_lines_below_its_own() -> None:
    up_or_across = [
        f"{module} imports {imported}"
        for module in MODULES
        for imported in own_imports(module)
        if folder_of(module) in LEVEL
        and folder_of(module) != folder_of(imported)
        and LEVEL.get(folder_of(imported), 0) >= LEVEL[folder_of(module)]
    ]
    assert up_or_across == []
    assert own_imports("__main__") == {"cli.main", "core.interruption"}


@pytest.mark.parametrize("folder", sorted({name.rpartition(".")[0] for name in MODULES} - {""}))
def test_within_a_folder_there_are_no_circles(folder: str) -> None:
    """Neither of modules, nor of the folders within a folder."""
    graph: dict[str, set[str]] = {}
    for module in MODULES:
        if module.startswith(f"{folder}."):
            part = ".".join(module.split(".")[: folder.count(".") + 2])
            within = {each for each in own_imports(module) if each.startswith(f"{folder}.")}
            parts = {".".join(each.split(".")[: folder.count(".") + 2]) for each in within}
            graph.setdefault(part, set()).update(parts - {part})
    TopologicalSorter(graph).prepare()


def test_a_folder_says_what_it_is_and_holds_no_code_of_its_own() -> None:
    """Who imports a module loads what is in the folders above it, too."""
    packages = [name for name, path in MODULES.items() if path.name == "__init__.py"]
    assert [name for name in packages if len(TREES[name].body) != 1] == []
    folders = [name for name in packages if name]
    assert [name for name in folders if "in:" not in said(name) and "Takes" not in said(name)] == []


def said(module: str) -> str:
    return ast.get_docstring(TREES[module]) or ""


def test_only_doors_reach_the_world_outside() -> None:
    reaching = {
        module
        for module in MODULES
        if folder_of(module) not in DOOR_FOLDERS
        and (
            any(
                {source, source.partition(".")[0], f"{source}.{name}"} & OUTSIDE
                for source, name in imports(module)
                if (source, name) != ("pathlib", "PurePosixPath")
            )
            or any(
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in OUTSIDE_CALLS
                for node in ast.walk(TREES[module])
            )
        )
    }
    assert reaching == DOORS


def test_only_the_commands_look_at_the_clock() -> None:
    looking = {
        module
        for module in MODULES
        for node in ast.walk(TREES[module])
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CLOCK_CALLS
    }
    assert looking == {"cli.options"}


@pytest.mark.parametrize("library", ONLY_USERS)
def test_a_library_has_the_users_it_should_have(library: str) -> None:
    users = {
        module
        for module in MODULES
        for source, name in imports(module)
        if library in (source, source.partition(".")[0], f"{source}.{name}")
    }
    assert users == ONLY_USERS[library]


def test_only_one_module_calls_git() -> None:
    callers = {
        module
        for module, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value == "git"
    }
    assert callers == {"core.git"}


def test_only_content_knows_yaml() -> None:
    users = {module for module in MODULES for source, _ in imports(module) if source == "yaml"}
    assert {folder_of(module) for module in users} == {"content"}


@pytest.mark.parametrize("module", MODULES, ids=lambda name: name or "generator")
def test_every_module_and_everything_public_says_what_it_is(module: str) -> None:
    assert said(module)
    assert [
        node.name
        for node in TREES[module].body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ] == []


def test_a_class_name_means_one_thing() -> None:
    found: dict[str, list[str]] = {}
    for module, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                found.setdefault(node.name, []).append(module)
    assert {name: places for name, places in found.items() if len(places) > 1} == {}
