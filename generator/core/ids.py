"""Ids and slugs: what a paper, a tag and an author are called in paths.

Takes names, titles and ids, gives texts. The only user of slugify. Does no I/O.
"""

from __future__ import annotations

import hashlib
import re
from urllib.parse import unquote, urlsplit

from slugify import slugify

TITLE_SLUG_LENGTH = 100
MAX_LENGTH = 150
"""Characters of a name in a path. File systems end at 255 bytes, with endings and hidden names."""
_WINDOWS = frozenset(
    {"con", "prn", "aux", "nul", *(f"{device}{n}" for device in ("com", "lpt") for n in range(10))}
)
"""Names of devices: Windows can't check out a file or folder of such a name, with any ending."""
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]|[. ]$')
"""What no file's name has on Windows."""
_RESERVED = frozenset({"index"}) | _WINDOWS
_SEPARATORS = re.compile(r"[.-]{2,}")
_ARXIV = re.compile(r"\d{4}\.\d{4,5}", re.ASCII)
_ARXIV_OLD = re.compile(r"[a-z-]+(\.[A-Z]{2})?/\d{7}", re.ASCII)
_DOI = re.compile(r"doi:10\.\d{4,9}/[!-~]+", re.ASCII)
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_KEY = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")
_KEY_PATTERN = re.compile(r"[^a-z0-9.]+")
_ARXIV_PREFIX = re.compile(r"arxiv:\s*", re.ASCII | re.IGNORECASE)
_ARXIV_DOI = re.compile(r"10\.48550/arxiv\.", re.ASCII | re.IGNORECASE)
_DOI_PREFIX = re.compile(r"doi:\s*", re.ASCII | re.IGNORECASE)
_DOI_HOSTS = frozenset({"doi.org", "dx.doi.org", "www.doi.org"})
_PLAIN_NAME = re.compile(r"[A-Za-z]+(?:[ -][A-Za-z]+)*")


_VERSION = re.compile(r"v\d+$", re.ASCII)


def slug(text: str) -> str:
    """Lower-case ASCII words joined by hyphens; a short hash if nothing else is left."""
    if _PLAIN_NAME.fullmatch(text):  # most names: slugify would take ten times as long
        return _shortened(text.lower().replace(" ", "-"), text)
    return _shortened(slugify(text), text)


def title_slug(title: str) -> str:
    """The id of a paper that has neither an arXiv id nor a DOI: a slug of its plain title."""
    cut = slugify(title, max_length=TITLE_SLUG_LENGTH, word_boundary=True)
    return cut if is_slug(cut) else f"paper-{_digest(title)}"


def distinct_slug(title: str) -> str:
    """A second slug for a title, if another paper of the list already has its `title_slug`."""
    return f"{title_slug(title)}-{_digest(title)}"


def is_slug(text: str) -> bool:
    """Whether a text is a slug as this module makes them."""
    return bool(_SLUG.fullmatch(text)) and text not in _RESERVED and len(text) <= MAX_LENGTH


def is_arxiv_id(paper_id: str) -> bool:
    """Whether an id is an arXiv id without version, new style or old."""
    return bool(_ARXIV.fullmatch(paper_id) or _ARXIV_OLD.fullmatch(paper_id))


def is_doi(paper_id: str) -> bool:
    """Whether an id is a DOI, written `doi:10.…`."""
    return bool(_DOI.fullmatch(paper_id))


def is_paper_id(paper_id: str) -> bool:
    """Whether a text may be a paper's id: see `core.model.Paper.id`."""
    return is_arxiv_id(paper_id) or is_slug(paper_id) or is_doi(paper_id)


def arxiv_id(text: str) -> str:
    """The arXiv id in a text such as `arXiv:2403.16981v2`, without version; empty if none."""
    bare = _VERSION.sub("", _ARXIV_PREFIX.sub("", text.strip(), count=1))
    return bare if is_arxiv_id(bare) else ""


def doi(text: str) -> str:
    """The id in a DOI with or without `doi:`; that of arXiv in a DOI of arXiv; empty if none."""
    bare = _DOI_PREFIX.sub("", text.strip(), count=1)
    found = f"doi:{bare}"
    return arxiv_id(_ARXIV_DOI.sub("", bare)) or (found if is_doi(found) else "")


def from_url(url: str) -> str:
    """A paper's id in a URL of arXiv or doi.org, or the id or key that another URL ends with.

    The inverse of `links.abstract_url` and `links.pdf_url`, for URLs as people paste them: without
    a scheme, of a version, with a query. Empty if it names no paper.
    """
    try:
        parts = urlsplit(url.strip() if "://" in url else f"https://{url.strip()}")
        host = parts.hostname or ""
    except ValueError:
        return ""
    path = unquote(parts.path).removesuffix("/index.html").strip("/")
    if host in _DOI_HOSTS:
        return doi(path)
    if host == "arxiv.org" or host.endswith(".arxiv.org"):
        return arxiv_id(path.partition("/")[2].removesuffix(".pdf"))
    last = path.rpartition("/")[2]
    return arxiv_id(last) or (last if is_paper_key(last) else "")


def paper_key(paper_id: str) -> str:
    """A paper's id as it stands in paths: arXiv ids and slugs as they are, DOIs made into slugs."""
    if _ARXIV.fullmatch(paper_id) or is_slug(paper_id):
        return paper_id
    return _shortened(_joined(slugify(paper_id, regex_pattern=_KEY_PATTERN)), paper_id)


def is_paper_key(text: str) -> bool:
    """Whether a text has the form of a key, so that it can safely be a file's name."""
    return bool(_KEY.fullmatch(text)) and not _is_reserved(text) and len(text) <= MAX_LENGTH


def is_portable(name: str) -> bool:
    """Whether every system can have a file or folder of this name."""
    return not _FORBIDDEN.search(name) and _before_dot(name).lower() not in _WINDOWS


def _is_reserved(name: str) -> bool:
    return name in _RESERVED or _before_dot(name) in _WINDOWS


def _before_dot(name: str) -> str:
    return name.partition(".")[0].rstrip(" ")


def _joined(key: str) -> str:
    """A key with single dots and hyphens between its parts."""
    return _SEPARATORS.sub(lambda found: found.group()[0], key).strip(".-")


def _shortened(name: str, text: str) -> str:
    """The name if it may be one, otherwise a shorter one, made distinct by a hash of the text."""
    if not name:
        return f"x-{_digest(text)}"
    if not _is_reserved(name) and len(name) <= MAX_LENGTH:
        return name
    cut = name[: MAX_LENGTH - 9].rstrip(".-")
    return f"{cut.replace('.', '-') if _is_reserved(cut) else cut}-{_digest(text)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]
