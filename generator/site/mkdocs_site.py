"""MkDocs at work: the frame of the site, pages that only MkDocs can render, and the preview.

Takes folders of Markdown with the archive's settings in a hidden file. The frame is what MkDocs
makes itself: hand-written pages, the theme's files, and the page templates that the archive's pages
are filled into. Plain `mkdocs build` makes all of the site from the same folder, only slower. Never
looks at `content/`.
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

from generator.core.errors import OutsideError, UsageError
from generator.core.files import outside
from generator.core.progress import say
from generator.site import mkdocs_hooks
from generator.site.html_page import Frame
from generator.site.mkdocs_hooks import LazyFiles, RequestedPages, mkdocs_file

CONFIG = "mkdocs.yml"
HOST, PORT = "127.0.0.1", 8000


# --- the frame ------------------------------------------------------------------------------


def frame(project: Path, docs: Path, site: Path, known: Callable[[str], bool]) -> Frame:
    """Make hand-written pages and the theme's files in the folder `site`, and the page templates.

    `docs` holds hand-written pages and the settings only; `known` tells of any other path whether
    there will be such a file. Raises OutsideError.
    """
    config = _config(project, docs, site)
    in_nav = frozenset(path for path in _nav_paths(config.nav or ()) if known(path))
    asked = config.extra["asked"] = RequestedPages(known, in_nav)
    try:
        config.plugins.on_startup(command="build", dirty=False)
        mkdocs_build.build(config)
        config.plugins.on_shutdown()
    except (MkDocsException, SystemExit) as error:
        raise OutsideError(f"MkDocs could not make the site: {error}") from error
    return Frame(asked.templates, in_nav, asked.asked)


def _nav_paths(nav: Iterable[Any]) -> Iterator[str]:
    for item in nav:
        values = item.values() if isinstance(item, dict) else (item,)
        for value in values:
            if isinstance(value, str):
                yield value
            else:
                yield from _nav_paths(value)


class Fallback:
    """Markdown that the dialect doesn't know, rendered by MkDocs itself."""

    def __init__(self, project: Path, docs: Path, known: Callable[[str], bool]) -> None:
        self._config = mkdocs_hooks.on_config(
            _config(project, docs, docs.with_name(f".{docs.name}.none"))
        )
        self._files = LazyFiles(Files([]), self._config, RequestedPages(known, frozenset()))

    def html(self, text: str, path: str) -> str:
        """The content of a page."""
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
    """Serve a folder at the path it has on the web, and rebuild on each edit, until interrupted.

    `rebuild` says itself what is wrong and never raises.
    """
    mount = urlsplit(site_url).path
    with outside(f"cannot serve on {HOST}:{PORT}"):
        server = LiveReloadServer(
            builder=rebuild, host=HOST, port=PORT, root=str(root), mount_path=mount
        )
        try:
            say(f"serving http://{HOST}:{PORT}{mount}, and building again on each edit")
            say("Ctrl-C ends it")
            for path in watched:
                server.watch(str(path))
            server.serve()  # type: ignore[no-untyped-call]
        except KeyboardInterrupt:
            pass
        finally:
            server.server_close()
