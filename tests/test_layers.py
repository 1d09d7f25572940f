"""The layers of the design: a module imports only from layers below its own."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.archives import ROOT

PACKAGE = ROOT / "generator"

LAYERS: tuple[frozenset[str], ...] = (
    frozenset({"errors"}),
    frozenset({"model"}),
    frozenset({"codes", "feedforms", "urls", "matching", "yamltext", "mathml", "plan", "shells"}),
    frozenset({"feedcheck", "formulas", "heads", "latex", "queries"}),
    frozenset({"markup", "dialect", "selecting"}),
    frozenset({"authors", "budget", "gfm", "merging", "prefilled", "tagging", "vocabulary"}),
    frozenset({"issueform", "issues"}),
    # Up to here nothing does I/O.
    frozenset({"files", "progress"}),
    frozenset({"cache", "ledger", "processes", "published", "revisions", "stamp"}),
    frozenset({"commits", "contract", "shelf", "findings"}),
    frozenset({"content"}),
    frozenset({"archive"}),
    frozenset({"corrections", "waiting"}),
    frozenset(
        {
            "trends",
            "exports",
            "stats",
            "checks",
            "reports",
            "output",
            "bundles",
            "addresses",
            "likeness",
            "subscriptions",
            "suggestions",
        }
    ),
    frozenset({"digests"}),
    frozenset(
        {
            "survey",
            "pages",
            "api",
            "comparison",
            "feeds",
            "redirects",
            "sitemap",
            "importers",
            "publish",
            "mail",
            "making",
            "search",
            "sending",
            "site",
        }
    ),
    frozenset({"edits", "effects", "renaming", "frames", "joining", "mailing"}),
    frozenset({"state"}),
    frozenset({"build", "gathering"}),
    frozenset({"against"}),
    frozenset({"verbs"}),
    frozenset({"cli"}),
    frozenset({"__main__"}),
)
"""From the lowest up; of one layer, none imports another.

`pages`, `feeds` and `importers` are packages.
"""

PURE = frozenset().union(*LAYERS[:7])
LEVEL = {module: level for level, modules in enumerate(LAYERS) for module in modules}

IO_MODULES = frozenset(
    "asyncio ctypes fcntl fileinput glob http io logging mmap multiprocessing os pathlib random"
    " requests select shelve shutil signal socket sqlite3 ssl subprocess sys tempfile threading"
    " time tqdm urllib.request".split()
)
"""Libraries that reach the disk, the network, the terminal, the clock or chance."""

IO_CALLS = frozenset(
    {"open", "print", "input", "exec", "eval", "compile", "__import__", "breakpoint"}
)
CLOCK = frozenset({"now", "today", "utcnow"})


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    """The module's dotted name within `generator`; empty for the package itself."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def top(module: str) -> str:
    return module.partition(".")[0]


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imports(path: Path) -> Iterator[tuple[str, str, int]]:
    """What a module imports anywhere in it: (module, name or "", line)."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "", node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            yield from ((node.module or "", alias.name, node.lineno) for alias in node.names)


def own_imports(path: Path) -> Iterator[tuple[str, int]]:
    """Modules of `generator` that a module imports."""
    for module, name, line in imports(path):
        if module == "generator" and name:
            yield name, line
        elif module.startswith("generator."):
            package = module.removeprefix("generator.")
            inner = (PACKAGE / package / f"{name}.py").exists()
            yield f"{package}.{name}" if inner else package, line


def module_id(path: Path) -> str:
    return name_of(path) or "generator"


def test_every_module_has_a_layer_and_every_layer_its_modules() -> None:
    assert {top(name_of(path)) for path in modules()} - {""} == set(LEVEL)
    assert sum(map(len, LAYERS)) == len(LEVEL)


@pytest.mark.parametrize("path", modules(), ids=module_id)
def test_a_module_imports_only_from_layers_below(path: Path) -> None:
    own = top(name_of(path))
    wrong = [
        f"{path}:{line}: {own or 'generator'} imports {imported}"
        for imported, line in own_imports(path)
        if not own or (top(imported) != own and LEVEL[top(imported)] >= LEVEL[own])
    ]
    assert wrong == []


@pytest.mark.parametrize("package", ["pages", "feeds", "importers"])
def test_modules_of_a_package_do_not_import_the_package(package: str) -> None:
    """Its `__init__` imports them: the other way round would be a circle."""
    for path in sorted((PACKAGE / package).glob("[!_]*.py")):
        assert package not in [imported for imported, _ in own_imports(path)]


@pytest.mark.parametrize("path", [PACKAGE / f"{name}.py" for name in sorted(PURE)], ids=module_id)
def test_the_lower_layers_do_no_input_and_output(path: Path) -> None:
    allowed = {("pathlib", "PurePosixPath")}
    wrong = [
        f"{path}:{line}: imports {module} {name}"
        for module, name, line in imports(path)
        if {module, top(module), f"{module}.{name}"} & IO_MODULES and (module, name) not in allowed
    ]
    wrong += [
        f"{path}:{node.lineno}: calls {node.func.id}"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in IO_CALLS
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "path", [path for path in modules() if path != PACKAGE / "verbs" / "common.py"], ids=module_id
)
def test_only_verbs_look_at_the_clock(path: Path) -> None:
    calls = [
        f"{path}:{node.lineno}"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CLOCK
    ]
    assert calls == []
    assert {"time", "random", "secrets", "uuid"} & {
        top(module) for module, _, _ in imports(path)
    } == set()


@pytest.mark.parametrize("path", modules(), ids=module_id)
def test_one_module_knows_mkdocs_and_one_the_slugs(path: Path) -> None:
    libraries = {top(module) for module, _, _ in imports(path)}
    name = name_of(path)
    assert ("mkdocs" in libraries) == (name == "site")
    assert ("slugify" in libraries) == (name == "urls")
    assert "material" not in libraries
    assert "yaml" not in libraries or name in ("yamltext", "content")


@pytest.mark.parametrize("path", modules(), ids=module_id)
def test_every_module_and_everything_public_says_what_it_is(path: Path) -> None:
    missing = [f"{path}: the module"] if not ast.get_docstring(tree(path)) else []
    missing += [
        f"{path}:{node.lineno}: {name}"
        for name, node in public(tree(path).body)
        if not ast.get_docstring(node)
    ]
    assert missing == []


def public(body: list[ast.stmt]) -> Iterator[tuple[str, ast.FunctionDef | ast.ClassDef]]:
    """Functions and classes of a module whose names don't begin with an underscore."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node.name, node


def test_the_page_of_the_architecture_names_every_module() -> None:
    page = (ROOT / "docs" / "dev" / "architecture.md").read_text(encoding="utf-8")
    assert [module for module in LEVEL if f"`{module}" not in page] == []
