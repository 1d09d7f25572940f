"""A Pelican project that makes the pages of our `docs/`: its own theme, converted metadata.

Takes our `docs/` and the finished site's assets, makes a project folder. Preparation isn't timed.
Pelican is installed into its own virtual environment in the work folder.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath
from typing import Any

from benchmarks import dialects
from benchmarks.rivals import shared

PACKAGE = "pelican[markdown]==4.12.0"


def install(work: Path) -> Path:
    """The command `pelican`, installed if missing. Raises CalledProcessError, OSError."""
    folder = work / "venv"
    command = folder / "bin" / "pelican"
    if not command.is_file():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "--quiet"]
        pip += ["--disable-pip-version-check", "install", PACKAGE]
        subprocess.run(pip, check=True, capture_output=True, text=True)
    return command


def prepare(docs: Path, site: Path, project: Path) -> None:
    """Make the project in which `pelican` builds the site."""
    shutil.rmtree(project, ignore_errors=True)
    shutil.copytree(Path(__file__).parents[1] / "pelican", project)
    settings = json.loads((docs / ".archive.json").read_text("utf-8"))
    values = {"archive": settings, "material": shared.material(site)}
    shared.write(project / "values.json", json.dumps(values))
    content = project / "content"
    for path, name in shared.sources(docs):
        if path.suffix == ".md":
            shared.write(content / name, page(path.read_text("utf-8"), name, settings))
        else:
            shared.copy(path, project / "content" / "static" / name)
    for path in shared.assets(site):
        shared.copy(path, project / "content" / "static" / path.relative_to(site))


def page(text: str, name: PurePosixPath, settings: dict[str, Any]) -> str:
    """One page as Pelican reads it: its metadata are flat, so the citation stays JSON."""
    front, body = dialects.split(text)
    folder = name.parent if name.stem == "index" else name.with_suffix("")
    address = "" if str(folder) == "." else f"{folder}/"
    written_by_hand = "kind" not in front
    values = {
        "title": front["title"],
        "slug": address.strip("/").replace("/", "-") or "index",
        "save_as": f"{address}index.html",
        "url": address or ".",
        "description": front.get("description", ""),
        "kind": front.get("kind", "text"),
    }
    if "citation" in front:
        values["citation"] = json.dumps(front["citation"], ensure_ascii=False)
    lines = "".join(f"{key}: {value}\n" for key, value in values.items() if value)
    body = dialects.with_urls(dialects.without_formulas(body), name)
    if written_by_hand:
        body += f"\n\n[repository]: {settings['repository']}\n[site]: {settings['site_url']}\n"
    return f"{lines}\n{body}"


def command(pelican: Path, target: Path) -> list[str]:
    """The command that builds the site, to run in the project."""
    return [str(pelican), "--quiet", "--settings", "pelicanconf.py", "--output", str(target)]
