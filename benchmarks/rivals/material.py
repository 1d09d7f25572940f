"""Stock Material for MkDocs on the same Markdown, as a beginner and a tuned configuration.

Takes our `docs/`, makes a project folder with both. Preparation isn't timed.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

from benchmarks import dialects
from benchmarks.rivals import shared

STARTED = "mkdocs-started.yml"
"""All pages in the navigation, search and tags, as on the first page of the manual."""
LEARNED = "mkdocs-learned.yml"
"""A navigation of seven entries, no plugins."""


def prepare(docs: Path, project: Path) -> None:
    """Make a project with the sources and two configurations."""
    shutil.rmtree(project, ignore_errors=True)
    shutil.copytree(Path(__file__).parents[1] / "material", project)
    settings = json.loads((docs / ".archive.json").read_text("utf-8"))
    for name in (STARTED, LEARNED):
        configuration = project / name
        text = configuration.read_text("utf-8")
        configuration.write_text(text.replace("https://example.org/", settings["site_url"]))
    for path, place in shared.sources(docs):
        target = project / "docs" / place
        if path.suffix == ".md":
            shared.write(target, page(path.read_text("utf-8"), settings))
        else:
            shared.copy(path, target)


def page(text: str, settings: dict[str, str]) -> str:
    """One page as stock Material reads it: the paper's tags where its plugin looks for them."""
    front, body = dialects.split(text)
    if "kind" not in front:
        links = {"repository": settings["repository"], "site": settings["site_url"]}
        return text + "\n\n" + "".join(f"[{key}]: {value}\n" for key, value in links.items())
    kept = {key: front[key] for key in ("title", "description")}
    tags = front.get("citation", {}).get("keywords")
    if tags:
        kept["tags"] = tags
    lines = (f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in kept.items())
    return f"---\n{''.join(lines)}---\n\n{body}"


def command(configuration: str, target: Path) -> list[str]:
    """The command that builds the site, to run in the project."""
    mkdocs = [sys.executable, "-m", "mkdocs", "build", "--quiet"]
    return [*mkdocs, "--config-file", configuration, "--site-dir", str(target)]
