"""The set-up: pinned requirements, the Makefile from a bare clone on, CI's script, the package."""

import ast
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PHONY = re.findall(r"^\.PHONY: (\S+)(?: (\S+))?$", MAKEFILE, re.MULTILINE)
TARGETS = sorted({target for target, _ in PHONY})
FORMER_TARGETS = {former for _, former in PHONY if former}
"""Names that targets had before; no help shows them."""


def names(requirements: list[str]) -> set[str]:
    return {re.sub(r"[._]", "-", re.split(r"[<>=!~;\[ ]", r)[0]).lower() for r in requirements}


DIRECT = names(PROJECT["dependencies"])
DIRECT_DEV = names(PROJECT["optional-dependencies"]["dev"])
BUILD = names(PYPROJECT["build-system"]["requires"])


def run(*command: str | Path, cwd: Path = ROOT, **extra: str) -> subprocess.CompletedProcess[str]:
    # Inside `make test` make's own variables would change what a make started here does.
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        command, cwd=cwd, env=environment | extra, capture_output=True, text=True, check=False
    )


# ---- requirements


def pins(name: str) -> dict[str, str]:
    """Package to version, of a file in which every line is a pin, a hash, a comment or empty."""
    found = {}
    text = (ROOT / name).read_text(encoding="utf-8")
    pin = r"(?P<name>[a-z0-9-]+)==(?P<version>[\w.]+)( ; [^\\]+)? \\\n"
    hashes = r"( {4}--hash=sha256:[0-9a-f]{64} \\\n)* {4}--hash=sha256:[0-9a-f]{64}\n"
    position = 0
    for match in re.finditer(rf"{pin}{hashes}|( *#.*)?\n", text):
        assert match.start() == position, text[position : match.start()]
        position = match.end()
        if match["name"]:
            found[match["name"]] = match["version"]
    assert position == len(text), text[position:]
    return found


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_requirements_are_hashed_pins_and_name_no_index_or_path(name: str) -> None:
    assert pins(name)
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "/" not in text
    assert "make lock" in text


def test_direct_dependencies_are_pinned() -> None:
    assert set(pins("requirements.txt")) >= DIRECT | BUILD
    assert set(pins("requirements-dev.txt")) >= DIRECT_DEV


def test_the_development_pins_hold_the_others_unchanged() -> None:
    assert pins("requirements.txt").items() <= pins("requirements-dev.txt").items()


def test_direct_dependencies_are_what_the_generator_imports() -> None:
    modules = {module for path in (ROOT / "generator").rglob("*.py") for module in imported(path)}
    distributions = metadata.packages_distributions()
    packages = {name for module in modules for name in distributions.get(module, [])}
    optional = names(PROJECT["optional-dependencies"]["suggest"])
    found = names(sorted(packages)) - names([PROJECT["name"]])
    assert found - optional | {"mkdocs-material"} == DIRECT


def imported(path: Path) -> set[str]:
    """The top-level modules a file imports."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    partly = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    return {name.partition(".")[0] for name in plain | partly}


def test_every_direct_dependency_is_documented() -> None:
    text = (ROOT / "docs" / "dev" / "dependencies.md").read_text(encoding="utf-8")
    documented = names(re.findall(r"^\| `([\w-]+)` \|", text, re.MULTILINE))
    browser = {"axe-core", "lighthouse"}
    assert documented == DIRECT | DIRECT_DEV | browser | names(
        PYPROJECT["build-system"]["requires"]
    )


# ---- Makefile


def test_help_lists_every_target_with_what_it_does() -> None:
    result = run("make", "help")
    assert result.returncode == 0, result.stderr
    listed = dict(re.findall(r"^make ([a-z-]+) +(\S.*)$", result.stdout, re.MULTILINE))
    assert sorted(listed) == TARGETS


FAKE_PYTHON = """\
#!/bin/sh
# Stands in for a Python: makes a venv that holds itself, and writes down what pip is asked.
case "$*" in
*ensurepip*) exit ${NO_VENV:-0} ;;
"-m venv .venv") mkdir -p .venv/bin && cp "$0" .venv/bin/python && echo venv >> log ;;
*"-m pip"*" -r .venv/builds.txt") echo builds >> log ;;
*"-m pip"*" -r "*) echo requirements >> log; exit ${PIP_EXIT:-0} ;;
*"-m pip"*) echo project >> log ;;
*version_info*) exit ${OLD:-0} ;;
esac
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone as far as the Makefile looks, whose Python only writes down what it is asked."""
    for name in ("Makefile", "pyproject.toml", "requirements.txt", "requirements-dev.txt"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "tests" / "browser").mkdir(parents=True)
    shutil.copy(ROOT / "tests" / "browser" / "package.json", tmp_path / "tests" / "browser")
    python = tmp_path / "fake-python"
    python.write_text(FAKE_PYTHON, encoding="utf-8")
    python.chmod(0o755)
    return tmp_path


def set_up(
    clone: Path, *targets: str, **extra: str
) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """Run what `make site`, or other targets, do first; give what they asked Python for."""
    (clone / "log").write_text("", encoding="utf-8")
    wanted = [stamp for target in targets or ["site"] for stamp in stamps_due(clone, target)]
    fake = f"PYTHON={clone / 'fake-python'}"
    result = run("make", fake, *(wanted or ["help"]), cwd=clone, **extra)
    return result, (clone / "log").read_text(encoding="utf-8").split()


def stamps_due(clone: Path, target: str) -> list[str]:
    """The stamp that a target would make first; none where it is there already."""
    dry = run("make", "--dry-run", target, cwd=clone).stdout
    return re.findall(r"touch (?:\S+ )*(\.venv/\.ready-\S+)$", dry, re.MULTILINE)


def stamps(clone: Path) -> list[Path]:
    return list((clone / ".venv").glob(".ready-*"))


def test_set_up_runs_once(clone: Path) -> None:
    result, asked = set_up(clone)
    assert result.returncode == 0, result.stderr
    assert asked == ["venv", "builds", "requirements", "project"]
    assert len(result.stdout.splitlines()) == 3, "a line a step"
    _, asked = set_up(clone)
    assert asked == []


@pytest.mark.parametrize(("targets", "installs"), [(("lint", "site"), 1), (("site", "lint"), 2)])
def test_two_targets_in_one_call_share_a_venv(
    clone: Path, targets: tuple[str, str], installs: int
) -> None:
    """What `lint` installed holds all that `site` needs; the other way round, more is added."""
    result, asked = set_up(clone, *targets)
    assert result.returncode == 0, result.stderr
    assert asked == ["venv", *["builds", "requirements", "project"] * installs]
    assert sorted(path.name[:12] for path in stamps(clone)) == [".ready-site-", ".ready-test-"]
    assert set_up(clone, *targets)[1] == []


def test_two_targets_in_one_call_mend_a_broken_venv_once(clone: Path) -> None:
    set_up(clone, "lint", "site")
    (clone / ".venv" / "bin" / "python").unlink()
    _, asked = set_up(clone, "lint", "site")
    assert asked == ["venv", "builds", "requirements", "project"]


def test_set_up_runs_again_when_the_requirements_change(clone: Path) -> None:
    set_up(clone)
    with (clone / "requirements.txt").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    _, asked = set_up(clone)
    assert asked == ["builds", "requirements", "project"]
    assert len(stamps(clone)) == 1


def test_a_failed_set_up_leaves_no_stamp_and_starts_afresh(clone: Path) -> None:
    result, _ = set_up(clone, PIP_EXIT="1")
    assert result.returncode != 0
    assert stamps(clone) == []
    _, asked = set_up(clone)
    assert asked == ["venv", "builds", "requirements", "project"]
    assert len(stamps(clone)) == 1


def test_set_up_runs_again_when_the_venv_is_broken(clone: Path) -> None:
    set_up(clone)
    (clone / ".venv" / "bin" / "python").unlink()
    _, asked = set_up(clone)
    assert asked == ["venv", "builds", "requirements", "project"]


def test_an_old_python_is_told(clone: Path) -> None:
    result, asked = set_up(clone, OLD="1")
    assert result.returncode != 0
    assert asked == []
    assert "Python 3.11 or newer is needed" in result.stderr


def test_a_missing_venv_module_is_told(clone: Path) -> None:
    result, asked = set_up(clone, NO_VENV="1")
    assert result.returncode != 0
    assert asked == []
    assert "python3-venv" in result.stderr


@pytest.mark.slow
def test_what_comes_as_source_is_built_by_what_is_pinned(clone: Path) -> None:
    """On a machine where pip has kept nothing: feedgen built earlier would hide what builds it."""
    requirements = clone / "requirements.txt"
    text = requirements.read_text(encoding="utf-8")
    needed = "|".join({"setuptools", *with_what_it_needs("feedgen")})
    pinned = re.findall(rf"^(?:{needed})==(?:.*\\\n)+.*\n", text, re.MULTILINE)
    requirements.write_text("".join(pinned), encoding="utf-8")
    for name in ("LICENSE", "README.md"):
        shutil.copy(ROOT / name, clone)
    (clone / "generator").mkdir()
    (clone / "generator" / "__init__.py").touch()

    (stamp,) = stamps_due(clone, "site")
    result = run("make", f"PYTHON={sys.executable}", stamp, cwd=clone, PIP_NO_CACHE_DIR="1")
    assert result.returncode == 0, result.stderr
    assert (clone / stamp).exists()
    frozen = run(clone / ".venv/bin/python", "-m", "pip", "freeze", "--all", cwd=clone).stdout
    assert {pin.split()[0] for pin in pinned} <= set(frozen.split())
    assert "feedgen==" in frozen
    assert "setuptools==" in frozen


def with_what_it_needs(name: str) -> set[str]:
    """A package's name with those of all that is installed for it."""
    needed = names([need for need in metadata.requires(name) or [] if "extra ==" not in need])
    return {name}.union(*map(with_what_it_needs, needed))


# ---- CI's script


def test_ci_script_is_sound() -> None:
    result = run("bash", "-n", ".ci/run")
    assert result.returncode == 0, result.stderr
    if shutil.which("shellcheck"):
        result = run("shellcheck", ".ci/run")
        assert result.returncode == 0, result.stdout


def test_ci_script_calls_targets_that_exist() -> None:
    text = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    called = re.findall(r"^(?:\w+=\S+ |twice )*make ([a-z-]+)(?: |$)", text, re.MULTILINE)
    assert called == ["browser", "test", "site"]
    assert set(called) <= set(TARGETS)  # no workflow uses a former name


# ---- the package


def test_the_command_and_the_version() -> None:
    assert PROJECT["scripts"] == {"paper-archive": "generator.__main__:main"}
    assert PROJECT["requires-python"] == ">=3.11"


@pytest.mark.slow
def test_pip_install_gives_the_command_and_every_file(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for name in ("LICENSE", "README.md", "pyproject.toml"):
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, source)
    ignored = shutil.ignore_patterns("__pycache__", ".*")
    shutil.copytree(ROOT / "generator", source / "generator", ignore=ignored)

    # Without network: the dependencies, and setuptools to build with, are those of this Python.
    venv.create(tmp_path / "venv", symlinks=True)
    bin_path = tmp_path / "venv" / "bin"
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    packages = tmp_path / "venv" / "lib" / version / "site-packages"
    (packages / "these.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    pip: list[str | Path] = [sys.executable, "-m", "pip", "--python", bin_path / "python"]
    options = ["--quiet", "--no-index", "--no-deps", "--no-build-isolation"]
    installed = run(*pip, "install", *options, ".", cwd=source)
    assert installed.returncode == 0, installed.stderr

    outside = tmp_path / "outside"
    outside.mkdir()
    helped = run(bin_path / "paper-archive", "--help", cwd=outside, PYTHONPATH="")
    assert helped.returncode == 0, helped.stderr
    assert "import" in helped.stdout
    assert files_below(packages / "generator") == files_below(source / "generator")


def files_below(folder: Path) -> set[str]:
    paths = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
    return {path.as_posix() for path in paths if "__pycache__" not in path.parts}
