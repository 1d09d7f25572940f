"""The share of feeds in the time of a full build with many tags.

`python -m benchmarks.feeds CONTENT [TAGS]` builds a copy of an archive with this many tags (500)
alternately with and without its feeds, and prints times, files and bytes. Writes only to a
temporary folder.
"""

from __future__ import annotations

import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from itertools import pairwise
from pathlib import Path
from time import perf_counter

import yaml

from generator.content import reader
from generator.core import ids, paths
from generator.text import phrases

ROUNDS = 3
MIN_PAPERS, MAX_PAPERS = 6, 400
"""Bounds on the papers of an added tag, estimated from titles."""
_BUILD = """\
import sys
from generator.cli import main
from generator.render import targets
if sys.argv.pop(1) == "without":
    targets.feed_targets = lambda *given: iter(())
sys.exit(main.main(sys.argv[1:]))
"""


def main() -> None:
    """Print the table."""
    source = Path(sys.argv[1])
    wanted = int(sys.argv[2]) if len(sys.argv) > 2 else 500
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        root = folder / "content"
        shutil.copytree(source, root, ignore=shutil.ignore_patterns("tagging", "feeds"))
        tags = _add_tags(root, wanted)
        runs: dict[str, list[tuple[float, float]]] = {"with": [], "without": []}
        for number in range(ROUNDS):
            for how, taken in runs.items():
                taken.append(_build(folder, how, number))
        made = [path for path in (folder / "with-0" / "site").rglob("*") if _is_feed(path)]
        size = sum(path.stat().st_size for path in made)
    print(f"{tags} tags, {len(made):,} feeds, {size / 1e6:.1f} MB")
    for at, what in enumerate(("time", "processor time")):
        whole, bare = (statistics.median(run[at] for run in each) for each in runs.values())
        share = f"feeds take {1 - bare / whole:.1%}"
        print(f"{what}: {whole:.2f} s with feeds, {bare:.2f} s without; {share}")


def _is_feed(path: Path) -> bool:
    return path.name in paths.FEED_TYPES or path.name == paths.OPML_FILE


def _build(folder: Path, how: str, number: int) -> tuple[float, float]:
    """Wall time and processor time of a full build into new folders, in seconds."""
    made = folder / f"{how}-{number}"
    folders = [f"--{each}={made / each}" for each in ("docs", "site", "cache")]
    command = ["build", "--no-search", f"--content={folder / 'content'}", *folders]
    before, used = perf_counter(), _used()
    done = subprocess.run(
        [sys.executable, "-c", _BUILD, how, *command], check=False, capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(f"{done.stdout}{done.stderr}")
    return perf_counter() - before, _used() - used


def _used() -> float:
    """Processor time of all finished child processes, in seconds."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _add_tags(root: Path, wanted: int) -> int:
    """Add tags for the most frequent word pairs of titles within the bounds; returns all tags."""
    loaded = reader.load_content(root).content
    known = {tag.slug for tag in loaded.tags}
    pairs: Counter[str] = Counter()
    for daily in loaded.lists:
        for paper in daily.papers:
            words = phrases.normal_form(paper.title).split()
            pairs.update({" ".join(pair) for pair in pairwise(words) if min(map(len, pair)) > 3})
    taken = {
        phrases.normal_form(name)
        for tag in loaded.tags
        for name in (tag.slug, tag.name, *tag.aliases, *tag.match)
    }
    for phrase, count in sorted(pairs.items(), key=lambda pair: (-pair[1], pair[0])):
        if len(known) >= wanted:
            break
        slug = ids.slug(phrase)
        form = phrases.normal_form(slug)
        if MIN_PAPERS <= count <= MAX_PAPERS and form not in taken:
            tag = {"name": phrase, "description": f"Papers on {phrase}.", "match": [phrase]}
            (root / paths.tag_file(slug)).write_text(yaml.safe_dump(tag), "utf-8")
            known.add(slug)
            taken.add(form)
    return len(known)


if __name__ == "__main__":
    main()
