"""The uses of MkDocs: the frame of the site, pages that only MkDocs can render, and the preview.

Takes folders of Markdown with the archive's settings in a hidden file. MkDocs makes the frame:
hand-written pages, the theme's files, and the page templates into which the archive's pages are
filled. Plain `mkdocs build` makes the whole site from the same folder, only slower. Never looks at
`content/`.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")

from mkdocs.commands import build as mkdocs_build
from mkdocs.config import load_config
from mkdocs.exceptions import MkDocsException
from mkdocs.livereload import LiveReloadServer
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

from generator.core import interruption
from generator.core.errors import OutsideError, UsageError
from generator.core.files import outside
from generator.core.progress import say
from generator.site import mkdocs_hooks
from generator.site.mkdocs_hooks import REQUESTED_PAGES, LazyFiles, RequestedPages, mkdocs_file
from generator.site.page_template import Frame

CONFIG = "mkdocs.yml"
HOST, PORT = "127.0.0.1", 8000


# --- the frame ------------------------------------------------------------------------------


def frame(project: Path, docs: Path, site: Path, is_target: Callable[[str], bool]) -> Frame:
    """Write hand-written pages and the theme's files into the folder `site`; gives the frame.

    `docs` has only hand-written pages and the settings; `is_target` says whether the archive will
    have a file at any other path. Raises OutsideError.
    """
    config = _config(project, docs, site)
    in_nav = frozenset(path for path in _nav_paths(config.nav or ()) if is_target(path))
    pages = config.extra[REQUESTED_PAGES] = RequestedPages(is_target, in_nav)
    try:
        config.plugins.on_startup(command="build", dirty=False)
        mkdocs_build.build(config)
        config.plugins.on_shutdown()
    except (MkDocsException, SystemExit) as error:
        raise OutsideError(f"MkDocs could not make the site: {error}") from error
    return Frame(pages.templates, in_nav, pages.asked)


def _nav_paths(nav: Iterable[Any]) -> Iterator[str]:
    for item in nav:
        values = item.values() if isinstance(item, dict) else (item,)
        for value in values:
            if isinstance(value, str):
                yield value
            else:
                yield from _nav_paths(value)


class Fallback:
    """Renders Markdown outside `fast_markdown`'s dialect by MkDocs itself."""

    def __init__(self, project: Path, docs: Path, is_file: Callable[[str], bool]) -> None:
        self._config = mkdocs_hooks.on_config(
            _config(project, docs, docs.with_name(f".{docs.name}.none"))
        )
        self._files = LazyFiles(Files([]), self._config, RequestedPages(is_file, frozenset()))

    def html(self, text: str, path: str) -> str:
        """The content of a page as HTML, from its Markdown."""
        page = Page(None, mkdocs_file(self._config, path), self._config)
        page.markdown = text
        page.render(self._config, self._files)
        return page.content or ""


def _config(project: Path, docs: Path, site: Path) -> Any:
    path = project / CONFIG
    if not path.is_file():
        raise UsageError(f"there is no {path}: run this in the folder of the archive")
    logger = logging.getLogger("mkdocs")
    if not logger.handlers:
        logger.addHandler(logging.StreamHandler())
        logger.setLevel(logging.WARNING)
    return load_config(
        config_file=str(path),
        docs_dir=str(docs.resolve()),
        site_dir=str(site.resolve()),
        strict=True,
    )


def serve(root: Path, site_url: str, watched: Iterable[Path], rebuild: Callable[[], None]) -> None:
    """Serve a folder at the path of `site_url`, and rebuild on each edit, until interrupted.

    `rebuild` reports problems itself and never raises.
    """
    mount = urlsplit(site_url).path
    with outside(f"cannot serve on {HOST}:{PORT}"):
        server = LiveReloadServer(
            builder=rebuild, host=HOST, port=PORT, root=str(root), mount_path=mount
        )
        try:
            say(f"serving http://{HOST}:{PORT}{mount}, and building again after each edit")
            say("press Ctrl-C to stop")
            for path in watched:
                server.watch(str(path))
            server.serve()  # type: ignore[no-untyped-call]
        except (KeyboardInterrupt, RuntimeError) as error:
            # Python replaces one that comes while a lock is taken back, as it couldn't be.
            asked = error if isinstance(error, KeyboardInterrupt) else error.__context__
            if not isinstance(asked, KeyboardInterrupt):
                raise
            if not interruption.is_ctrl_c(asked):
                raise asked from None
        finally:
            server.server_close()
