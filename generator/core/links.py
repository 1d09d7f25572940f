"""URLs outside the site: where a paper is published, and the repository's pages for editing.

Takes ids, settings and paths, gives URLs; an empty one if the archive names no repository. Does no
I/O, and doesn't escape URLs for Markdown or HTML, which is up to the caller.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote, urlencode

from generator.core import paths
from generator.core.ids import is_arxiv_id, is_doi
from generator.core.model import Settings, Tagging

FORM = "tag.yml"
"""The issue form for tags, in `.github/ISSUE_TEMPLATE/`; its fields are filled in by their ids."""
MAX_NAME_LENGTH = 60
"""Characters, once encoded, of a title in a URL: it is there for people to recognise."""


def tagging_file_url(
    settings: Settings, key: str, tagging: Tagging | None, tags: Sequence[str] = ()
) -> str:
    """The repository's editor with a paper's tagging file, or with a new one that is begun.

    A host can fill in only a new file: tags for a paper that has a file get a second file.
    """
    if tagging and not tags:
        return edit_url(settings, paths.tagging_file(key, tagging.part))
    file = paths.tagging_file(key, tags[0] if tagging else "")
    lines = [f"- {slug}\n" for slug in tags] or ["- "]
    text = "tags:\n" + "".join(lines)
    return new_file_url(settings, file, text)


def tag_form_url(settings: Settings, paper_id: str, title: str, tags: Iterable[str] = ()) -> str:
    """A new issue with the form for tags, with the paper and tags to add filled in."""
    if not settings.repository:
        return ""
    fields = {
        "title": f"Tags for {paper_id}",
        "paper": paper_id,
        "name": _short(title),
    }
    added = "\n".join(tags)
    return issue_form_url(settings.repository, FORM, fields | ({"add": added} if added else {}))


def _short(title: str) -> str:
    """A title of at most `MAX_NAME_LENGTH` characters in a URL, cut between words if possible."""
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
    return len(query_string({"name": text})) <= len("name=") + MAX_NAME_LENGTH


# --- out of the archive -------------------------------------------------------------------


def abstract_url(paper_id: str) -> str:
    """The paper's abstract page: arXiv's or the one its DOI leads to; empty for a slug."""
    if is_arxiv_id(paper_id):
        return f"https://arxiv.org/abs/{paper_id}"
    if is_doi(paper_id):
        return f"https://doi.org/{quote(paper_id.removeprefix('doi:'), safe='/;()._-:')}"
    return ""


def pdf_url(paper_id: str) -> str:
    """The paper's PDF, if the id is an arXiv id; empty otherwise."""
    return f"https://arxiv.org/pdf/{paper_id}" if is_arxiv_id(paper_id) else ""


def edit_url(settings: Settings, path: str) -> str:
    """The repository's page for editing a file of the content."""
    return _repository_url(settings, "edit", f"/content/{quote(path)}")


def history_url(settings: Settings, path: str) -> str:
    """The repository's page of all changes of a file or folder of the content."""
    return _repository_url(settings, "commits", f"/content/{quote(path)}")


def new_file_url(settings: Settings, path: str, text: str) -> str:
    """The repository's page for a new file of the content, with its path and text filled in."""
    filled = {"filename": f"content/{path}", "value": text}
    return _repository_url(settings, "new", f"?{urlencode(filled, quote_via=quote, safe='/:')}")


def _repository_url(settings: Settings, what: str, rest: str) -> str:
    """Empty where the archive names no repository."""
    if not settings.repository:
        return ""
    return f"{settings.repository}/{what}/{quote(settings.branch)}{rest}"


def issue_form_url(repository: str, form: str, fields: Mapping[str, str]) -> str:
    """The repository's page for a new issue with a form, with fields filled in by their ids."""
    return f"{repository}/issues/new?{query_string({'template': form, **fields})}"


def query_string(fields: Mapping[str, str]) -> str:
    """Fields as the query of a URL, as a browser encodes those of a form."""
    return urlencode(fields, safe="/:")
