"""The only module that knows MkDocs: builds and serves the site, and is MkDocs' hook file.

Takes a folder of Markdown with the archive's settings in a hidden file, leaves a site. Never
looks at `content/`. What MkDocs itself calls are the functions named `on_…`.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")

from markupsafe import escape
from mkdocs.commands import build as mkdocs_build
from mkdocs.config import load_config
from mkdocs.exceptions import MkDocsException, PluginError
from mkdocs.livereload import LiveReloadServer

from generator import files, output, urls
from generator.archive import Archive
from generator.errors import OutsideError, UsageError
from generator.model import OutputFile
from generator.progress import say

CONFIG = "mkdocs.yml"
SETTINGS = ".archive.json"
MARK = "assets/archive.css"
"""A file that each site made here holds: only such a folder may be replaced."""
HOST, PORT = "127.0.0.1", 8000


def settings_files(archive: Archive) -> Iterator[OutputFile]:
    """The hidden file that tells MkDocs' hooks what the archive is called and where it lives."""
    settings = archive.settings
    newest = archive.newest
    values = {
        "title": settings.title,
        "description": settings.description,
        "site_url": settings.site_url,
        "repository": settings.repository,
        "branch": settings.branch,
        "language": settings.language,
        "maintainers": settings.maintainers,
        "newest": newest.date.isoformat() if newest else "1980-01-01",
    }
    text = json.dumps(values, ensure_ascii=False, indent=1) + "\n"
    yield OutputFile(PurePosixPath(SETTINGS), text.encode())


def hand_written(project: Path, docs: Path) -> Iterator[OutputFile]:
    """The project's own pages, where the site is made from another folder than its `docs/`."""
    own = project / "docs"
    if docs.resolve() == own.resolve() or not own.is_dir():
        return
    generated = output.listed(own)
    with files.outside(f"cannot read {own}"):
        for path in sorted(own.rglob("*")):
            name = path.relative_to(own)
            hidden = any(part.startswith(".") for part in name.parts)
            if path.is_file() and not hidden and name.as_posix() not in generated:
                yield OutputFile(PurePosixPath(name.as_posix()), path.read_bytes())


def build(
    project: Path, docs: Path, site: Path, finish: Callable[[Path], object] | None = None
) -> None:
    """Make the site beside the old one, let `finish` add to it, then put it in its place.

    Raises OutsideError; the old site stays until the new one is whole.
    """
    stage, old = _beside(site)
    with files.outside(f"cannot build {site}"):
        site.parent.mkdir(parents=True, exist_ok=True)
        _remove(stage)
        try:
            _run(project, docs, stage)
            if finish:
                finish(stage)
            if site.exists():
                site.rename(old)
            stage.rename(site)
        finally:
            _recover(site, old)
            _remove(stage)
        _remove(old)


def check_folder(site: Path) -> None:
    """Put an old site back that an interrupted build left aside, and refuse what is no site.

    Raises UsageError for a folder that a build must not replace, OutsideError.
    """
    if not site.name:
        raise UsageError(f"{site} cannot be the site: name a folder of its own")
    with files.outside(f"cannot read {site}"):
        _recover(site, _beside(site)[1])
        if not site.exists() or (site / MARK).is_file():
            return
        if not site.is_dir() or any(site.iterdir()):
            raise UsageError(
                f"{site} was not made by paper-archive, and building would replace it: "
                "move it away, or pass another folder with --site"
            )


def serve(project: Path, docs: Path, content: Path, refresh: Callable[[], None]) -> None:
    """Serve the site and build it anew on each edit, until interrupted.

    `refresh` renders `docs/` from the content; it says itself what is wrong and never raises.
    """
    stage = docs.parent / ".serve"
    mount = urlsplit(_settings(docs)["site_url"]).path
    address = f"http://{HOST}:{PORT}{mount}"

    def rebuild() -> None:
        refresh()
        try:
            config = _config(project, docs, stage)
            config.site_url = address
            mkdocs_build.build(config, serve_url=address)
        except (MkDocsException, SystemExit, OSError) as error:
            say(f"not rebuilt: {error}")

    with files.outside(f"cannot serve on {HOST}:{PORT}"):
        server = LiveReloadServer(
            builder=rebuild, host=HOST, port=PORT, root=str(stage), mount_path=mount
        )
        try:
            rebuild()
            say(f"serving {address}, and building again on each edit; Ctrl-C ends it")
            for path in (content, project / "docs", project / CONFIG, project / "generator"):
                server.watch(str(path))
            with contextlib.suppress(KeyboardInterrupt):
                server.serve()  # type: ignore[no-untyped-call]
        finally:
            server.server_close()
            _remove(stage)


def _run(project: Path, docs: Path, stage: Path) -> None:
    try:
        config = _config(project, docs, stage)
        config.plugins.on_startup(command="build", dirty=False)
        mkdocs_build.build(config)
        config.plugins.on_shutdown()
    except (MkDocsException, SystemExit) as error:
        raise OutsideError(f"MkDocs could not make the site: {error}") from error


def _config(project: Path, docs: Path, stage: Path) -> Any:
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
        site_dir=str(stage.resolve()),
        strict=True,
    )


def _beside(site: Path) -> tuple[Path, Path]:
    """Where the new site is made, and where the old one waits while they change places."""
    return site.with_name(f".{site.name}.new"), site.with_name(f".{site.name}.old")


def _recover(site: Path, old: Path) -> None:
    """Put the old site back where an interruption left none in its place."""
    if old.exists() and not site.exists():
        old.rename(site)


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)


# --- MkDocs' hooks --------------------------------------------------------------------------


def on_config(config: Any) -> Any:
    """Fill in what a fork sets in `content/archive.yaml` rather than in `mkdocs.yml`.

    MkDocs' templates don't escape, so texts go in as escaped markup.
    """
    values = _settings(Path(config.docs_dir))
    config.site_name = escape(values["title"])
    config.site_description = escape(values["description"])
    config.site_url = config.site_url or values["site_url"]
    config.theme["language"] = values["language"]
    config.extra["archive"] = values
    config.extra["rss"] = urls.RSS_FILE
    config.extra["material"] = _material_files(config)
    # MkDocs stamps its sitemap with the clock unless told otherwise.
    newest = datetime.fromisoformat(values["newest"]).replace(tzinfo=UTC)
    os.environ["SOURCE_DATE_EPOCH"] = str(max(0, int(newest.timestamp())))
    return config


def _settings(docs: Path) -> dict[str, str]:
    path = docs / SETTINGS
    if not path.is_file():
        raise PluginError(f"{path} is missing: run `paper-archive build`, which makes it")
    values: dict[str, str] = json.loads(path.read_text("utf-8"))
    return values


def _material_files(config: Any) -> dict[str, str]:
    """Material's style sheet and scripts, whose names hold a hash that each release changes."""
    patterns = {
        "css": "assets/stylesheets/main.*.min.css",
        "js": "assets/javascripts/bundle.*.min.js",
    }
    found: dict[str, str] = {}
    for name, pattern in patterns.items():
        for folder in map(Path, config.theme.dirs):
            for path in sorted(folder.glob(pattern)):
                found.setdefault(name, path.relative_to(folder).as_posix())
    return found


def on_env(env: Any, **_: Any) -> Any:
    """Leave no white space where template tags stood: a page is half as long again otherwise."""
    env.trim_blocks = env.lstrip_blocks = True
    env.policies["json.dumps_kwargs"] = {"separators": (",", ":"), "sort_keys": True}
    return env


def on_page_markdown(markdown: str, page: Any, config: Any, **_: Any) -> str:
    """Escape what the head shows, and give hand-written pages the links that forks differ in."""
    if "citation" in page.meta:
        page.meta["json_ld"] = _json_ld(page)
    for key in ("title", "description"):
        if key in page.meta:
            page.meta[key] = escape(page.meta[key])
    if "kind" in page.meta:
        return markdown
    if markdown.startswith("---"):  # else it would be shown as text, and its markup as markup
        raise PluginError(f"{page.file.src_uri}: its front matter can't be read")
    archive = config.extra["archive"]
    repository = archive["repository"] or "https://example.org/"
    return f"{markdown}\n\n[repository]: {repository}\n[site]: {archive['site_url']}\n"


def _json_ld(page: Any) -> dict[str, Any]:
    """The paper as schema.org's ScholarlyArticle."""
    citation = page.meta["citation"]
    values = {
        "@context": "https://schema.org",
        "@type": "ScholarlyArticle",
        "headline": page.meta["title"],
        "author": [{"@type": "Person", "name": name} for name in citation.get("authors", ())],
        "datePublished": citation["date"].replace("/", "-"),
        "url": page.canonical_url,
        "sameAs": citation.get("abstract"),
        "keywords": citation.get("keywords"),
    }
    return {key: value for key, value in values.items() if value}
