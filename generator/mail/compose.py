"""A digest as a mail with headers, plain text and HTML; the same digest gives the same bytes.

Takes a digest and addresses, gives a message (RFC 5322). Sends nothing and reads no clock: the date
is the last day of the period, and the Message-ID (section 3.6.4) is derived from archive, period
and selection, so it is the same whenever and wherever the mail is made.
Content is never trusted: templates escape it in HTML, and headers get it as a single line.
"""

from __future__ import annotations

import functools
import hashlib
import re
import textwrap
from datetime import UTC, datetime, time
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from msgspec import Struct

from generator.content.yaml_fields import is_web_url
from generator.core.errors import UsageError
from generator.core.model import Settings
from generator.mail.digest import Digest
from generator.render.preview import byline
from generator.text import markup
from generator.text.dates import counted

WIDTH = 72
"""Maximum characters in a line of plain text, except for URLs, which are never broken."""
MAX_AUTHORS = 3
"""Maximum authors named, except that a fourth is named instead of "1 more"."""
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
_NO_HOST = "archive.invalid"
_NAME_LENGTH = 80
_DIRECTION = re.compile("[\u061c\u200e\u200f]")


class Envelope(Struct, frozen=True):
    """Sender, recipient and ways to unsubscribe; each may be empty."""

    sender: str = ""
    """`Name <name@example.org>` or just an address; empty: derived from the archive's id."""
    to: str = ""
    """The address of the recipient; empty if there is none, as in a file."""
    unsubscribe: tuple[str, ...] = ()
    """`https:` and `mailto:` URLs (RFC 2369)."""


def message(settings: Settings, digest: Digest, envelope: Envelope) -> EmailMessage:
    """The complete mail, to be sent or written to a file."""
    title = _label(settings.title)
    heading = f"{title}: {_label(digest.selection.name)}" if digest.selection.name else title
    summary = f"{counted(digest.count, 'paper')}, {digest.period.words}"
    mail = EmailMessage(policy=SMTP)
    mail["From"] = address(envelope.sender) if envelope.sender else _sender(settings, title)
    mail["To"] = address(envelope.to) if envelope.to else "undisclosed-recipients:;"
    mail["Subject"] = f"{heading}: {summary}"
    mail["Date"] = format_datetime(datetime.combine(digest.period.last, time(), tzinfo=UTC))
    mail["Message-ID"] = message_id(settings, digest)
    mail["List-Id"] = f"<{list_id(settings, digest)}>"
    if envelope.unsubscribe:
        mail["List-Unsubscribe"] = ", ".join(f"<{each}>" for each in envelope.unsubscribe)
    if any(each.startswith("https:") for each in envelope.unsubscribe):
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    values = {
        "settings": settings,
        "digest": digest,
        "heading": heading,
        "summary": summary,
        "unsubscribe": envelope.unsubscribe,
    }
    text = _environment().get_template("digest.txt.j2").render(values)
    html = _environment().get_template("digest.html.j2").render(values)
    mail.set_content(text, cte="quoted-printable")
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    mail.set_boundary(f"=_{_hash(text, html)}")  # random by default
    return mail


def message_id(settings: Settings, digest: Digest) -> str:
    """The Message-ID of archive, selection and period; corrected texts don't change it."""
    unique = _hash(settings.id, digest.selection.key, digest.name)
    return f"<{digest.name}.{unique}@{_host(settings)}>"


def list_id(settings: Settings, digest: Digest) -> str:
    """The List-Id that mail programs filter by (RFC 2919), one for each selection and frequency."""
    chosen = digest.selection.key
    if len(chosen) > _NAME_LENGTH:
        chosen = f"{chosen[:_NAME_LENGTH].rstrip('-')}-{_hash(chosen)[:8]}"
    return f"{chosen}.{digest.period.frequency}.{_host(settings)}"


def address(text: str) -> Address:
    """A mail address with or without a name. Raises UsageError for anything else."""
    name, angle, bare = text.strip().rpartition("<")
    try:
        found = Address(
            name.strip().strip('"') if angle else "",
            addr_spec=(bare[: bare.rindex(">")] if angle else text).strip(),
        )
    except (ValueError, IndexError, HeaderParseError):
        found = Address()
    is_host = _HOST.fullmatch(found.domain.lower()) or found.domain == "localhost"
    if not (found.username and is_host and found.addr_spec.isascii() and text.isprintable()):
        raise UsageError(f"'{markup.clean(text)}' is not a mail address; write name@example.org")
    return found


def unsubscribe(text: str) -> tuple[str, ...]:
    """URLs to unsubscribe, given separated by commas. Raises UsageError for any other scheme."""
    found = tuple(filter(None, (each.strip().strip("<>") for each in text.split(","))))
    for each in found:
        is_safe = re.fullmatch(r"(https://|mailto:)[!-;=?-~]+", each)
        if not is_safe or (each.startswith("https:") and not is_web_url(each)):
            shown = markup.clean(each)
            raise UsageError(f"'{shown}' is no way to unsubscribe; write https://… or mailto:…")
    return found


def _sender(settings: Settings, title: str) -> Address:
    return Address(title, "digest", _host(settings))


def _host(settings: Settings) -> str:
    """The domain in the archive's id, which stays the same if the site moves."""
    authority = settings.id.partition(",")[0].rpartition("@")[2].lower()
    return authority if _HOST.fullmatch(authority) else _NO_HOST


def _label(text: str) -> str:
    """A name for a header: one line of limited length, without marks of text direction."""
    plain = _DIRECTION.sub("", markup.plain(text))
    return plain if len(plain) <= _NAME_LENGTH else f"{plain[: _NAME_LENGTH - 1].rstrip()}…"


def _hash(*texts: str) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:24]


@functools.cache
def _environment() -> Environment:
    """The environment of the mail's two templates; autoescape is on for HTML."""
    env = Environment(
        loader=PackageLoader("generator.mail"),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    env.filters |= {
        "byline": functools.partial(byline, most=MAX_AUTHORS, fewest_more=2),
        "wrapped": _wrapped,
        "underlined": _underlined,
    }
    return env


def _wrapped(text: str, indent: int = 0, first: str = "") -> str:
    """Wrap to `WIDTH` characters and indent; `first` is put in the indent of the first line."""
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=first.rjust(indent),
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _underlined(text: str) -> str:
    return f"{text}\n{'-' * min(len(text), WIDTH)}"
