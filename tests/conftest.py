"""What every test may use: the marks' conditions, the tools of the browser, golden updates."""

import fcntl
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]
OWN_CONTENT = str(ROOT / "content")
CORPUS = ROOT.parent / "shared" / "data"
NODE_MODULES = ROOT / "tests" / "browser" / "node_modules"
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")

# How long an example takes is up to how busy the machine is. What hangs meets pytest's `timeout`.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")

NO_CORPUS = "there is no ../shared/data: the tests on large real data need it"
NO_NEWSBOAT = "there is no newsboat on the PATH; on Debian: apt-get install newsboat"
NO_CHROMIUM = "there is no Chromium on the PATH; on Debian: apt-get install chromium"
NO_NODE_TOOLS = "lighthouse and axe-core are not installed; with npm on the PATH: make browser"


def find_chromium() -> str | None:
    return next(filter(None, map(shutil.which, CHROMIUMS)), None)


def has_node_tools() -> bool:
    return all((NODE_MODULES / name).is_dir() for name in ("axe-core", "lighthouse"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="rewrite the expected files of golden tests"
    )


def pytest_configure() -> None:
    """Where CI says that a browser must be there, its absence is a failure, not a skip."""
    sys.addaudithook(_leave_own_content_alone)
    os.environ.pop("GITHUB_STEP_SUMMARY", None)  # the job's, where tests run in one
    if os.environ.get("REQUIRE_BROWSER"):
        if not find_chromium():
            raise pytest.UsageError(NO_CHROMIUM)
        if not has_node_tools():
            raise pytest.UsageError(NO_NODE_TOOLS)
        if not shutil.which("newsboat"):
            raise pytest.UsageError(NO_NEWSBOAT)


def _leave_own_content_alone(event: str, arguments: tuple[object, ...]) -> None:
    """Fail whatever looks into `content/`: whoever runs the archive may put anything there.

    That it is sound is for `make check` to say, and for a build within its budget.
    """
    opened = arguments[0] if event in {"open", "os.scandir", "os.listdir"} else None
    if isinstance(opened, str | os.PathLike):
        path = os.fspath(opened)
        if event == "open" and arguments[1] is None and not path.startswith(os.sep):
            return  # os.open, perhaps within a folder that only the system knows
        path = os.path.abspath(path)  # noqa: PTH100 - for every file opened
        if path == OWN_CONTENT or path.startswith(OWN_CONTENT + os.sep):
            pytest.fail(f"a test reads {path}: make an archive of its own (tests/example.py)")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip from one place, so that the summary shows one line a reason with its count."""
    if item.get_closest_marker("corpus") and not CORPUS.is_dir():
        pytest.skip(NO_CORPUS)
    if item.get_closest_marker("browser") and not find_chromium():
        pytest.skip(NO_CHROMIUM)
    if item.get_closest_marker("newsboat") and not shutil.which("newsboat"):
        pytest.skip(NO_NEWSBOAT)


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of large real data; for tests marked `corpus`."""
    if not CORPUS.is_dir():
        pytest.skip(NO_CORPUS)
    return CORPUS


@pytest.fixture(scope="session")
def corpus_content(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A content folder with all rows of the corpus and the example's tags; not to be written to.

    It is imported once for all processes of a run.
    """
    from generator.sources import run
    from tests import example
    from tests.archives import whole, write

    folder = shared_folder(tmp_path_factory) / "corpus"
    root = folder / "content"
    with alone(folder):
        if not root.exists():
            unfinished = folder / "unfinished"
            write(unfinished, whole(tags=example.TAGS))
            run.run_import(unfinished, "jsonl", corpus / "hf-daily-2024-2026.jsonl.gz", None)
            unfinished.rename(root)
    return root


def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for all processes of one run of pytest."""
    own = tmp_path_factory.getbasetemp()
    return (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "shared"


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Make a folder, and keep other processes out for as long as the block runs."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's executable; for tests marked `browser`."""
    return find_chromium() or pytest.skip(NO_CHROMIUM)


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The folder with lighthouse and axe-core; for tests marked `browser`."""
    if not has_node_tools():
        pytest.skip(NO_NODE_TOOLS)
    return NODE_MODULES


@pytest.fixture(scope="session")
def update_golden(pytestconfig: pytest.Config) -> bool:
    """Whether golden tests rewrite what they expect (`make update-golden`)."""
    return bool(pytestconfig.getoption("--update-golden"))
