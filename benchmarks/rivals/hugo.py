"""A Hugo project that makes the pages of our `docs/`: layouts from `hugo/`, bodies converted.

Takes our `docs/` and the finished site's assets, makes a project folder. Preparation isn't timed.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path, PurePosixPath
from typing import Any

from benchmarks import dialects
from benchmarks.rivals import shared

SKELETON = Path(__file__).parents[1] / "hugo"


def prepare(docs: Path, site: Path, project: Path) -> None:
    """Make the project in which `hugo` builds the site."""
    shutil.rmtree(project, ignore_errors=True)
    shutil.copytree(SKELETON, project)
    settings = json.loads((docs / ".archive.json").read_text("utf-8"))
    config = project / "config.json"
    values = json.loads(config.read_text("utf-8"))
    values |= {"baseURL": settings["site_url"], "title": settings["title"]}
    values["languageCode"] = settings["language"]
    values["params"] = {"archive": settings, "material": shared.material(site)}
    config.write_text(json.dumps(values, indent=1), "utf-8")
    content = project / "content"
    for path, name in shared.sources(docs):
        if path.suffix == ".md":
            text = page(path.read_text("utf-8"), name, settings)
            shared.write(content / _place(name), text)
        else:
            shared.copy(path, project / "static" / name)
    # Otherwise Hugo generates a page for each folder without one.
    for folder in sorted(path.name for path in docs.iterdir() if path.is_dir()):
        if not folder.startswith(".") and not (docs / folder / "index.md").exists():
            shared.write(content / folder / "_index.md", "---\n_build: {render: never}\n---\n")
    for path in shared.assets(site):
        shared.copy(path, project / "static" / path.relative_to(site))


def command(target: Path) -> list[str]:
    """The command that builds the site, to run in the project."""
    return ["hugo", "--quiet", "--destination", str(target)]


def page(text: str, name: PurePosixPath, settings: dict[str, Any]) -> str:
    """One page as Hugo reads it."""
    front, body = dialects.split(text)
    front.pop("search", None)
    body = dialects.commonmark(body, name)
    if "kind" not in front:
        body += f"\n\n[repository]: {settings['repository']}\n[site]: {settings['site_url']}\n"
    lines = (f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in front.items())
    return "---\n" + "\n".join(lines) + f"\n---\n\n{body}"


def _place(name: PurePosixPath) -> PurePosixPath:
    """The path of a page in Hugo, which uses `_index.md` for the page of a folder."""
    return name.with_name("_index.md") if name.name == "index.md" else name
