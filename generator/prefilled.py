"""Links into the repository's host with a request for tags filled in: its file, and a form.

Takes the archive's settings, a paper and tags, gives addresses; none where the archive names no
repository. Does no I/O, and escapes nothing for Markdown or HTML: whoever shows an address does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from generator import urls
from generator.model import Settings, Tagging

FORM = "tag.yml"
"""The form for tags of a paper, in `.github/ISSUE_TEMPLATE/`; its fields are filled in by id."""
MOST_NAME = 60
"""Characters, once encoded, of a title in an address: it is there for people to recognise."""


def file_address(
    settings: Settings, key: str, tagging: Tagging | None, tags: Sequence[str] = ()
) -> str:
    """The editor with a paper's tagging file open or, where there is none, begun.

    A host fills in only what is new: tags for a paper that has a file get one beside it.
    """
    if not settings.repository:
        return ""
    if tagging and not tags:
        file = "content/" + urls.tagging_file(key, tagging.part)
        return urls.edit_address(settings.repository, settings.branch, file)
    file = "content/" + urls.tagging_file(key, tags[0] if tagging else "")
    lines = [f"- {slug}\n" for slug in tags] or ["- "]
    text = "tags:\n" + "".join(lines)
    return urls.new_file_address(settings.repository, settings.branch, file, text)


def form_address(settings: Settings, paper_id: str, title: str, tags: Iterable[str] = ()) -> str:
    """A new issue of the form, with the paper and tags to add filled in."""
    if not settings.repository:
        return ""
    fields = {
        "title": f"Tags for {paper_id}",
        "paper": paper_id,
        "name": _short(title),
    }
    added = "\n".join(tags)
    return urls.form_address(settings.repository, FORM, fields | ({"add": added} if added else {}))


def _short(title: str) -> str:
    """A title that is at most `MOST_NAME` characters long in an address, whole words if it can."""
    if _fits(title):
        return title
    words = title.split()
    while len(words) > 1 and not _fits(" ".join(words) + "..."):
        words.pop()
    cut = " ".join(words)
    while not _fits(cut + "..."):
        cut = cut[:-1]
    return cut + "..."


def _fits(text: str) -> bool:
    return len(urls.query({"name": text})) <= len("name=") + MOST_NAME
