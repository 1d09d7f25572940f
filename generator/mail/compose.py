"""An issue of a digest as a mail: headers, plain text and HTML, the same bytes each time.

Takes an issue and addresses, gives a message after RFC 5322. Sends nothing and reads no clock:
the date is the period's last day, the Message-ID comes of archive, period and selection (RFC 5322,
3.6.4), so that the same issue has the same id whenever and wherever it is made.
Whatever the content holds is text: templates escape it in HTML, and a header takes one line.
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

from generator.core.errors import UsageError
from generator.core.model import Settings
from generator.mail.digest import Digest
from generator.render.preview import byline
from generator.text import markup
from generator.text.dates import counted

WIDTH = 72
"""Characters of a line of plain text, but for addresses, which are never broken."""
MOST_AUTHORS = 3
"""A paper names so many and says how many more there are; one more is as short as "1 more"."""
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
_NO_HOST = "archive.invalid"
_NAME_LENGTH = 80
_DIRECTION = re.compile("[\u061c\u200e\u200f]")


class Envelope(Struct, frozen=True):
    """From whom, to whom, and how to leave; each may be unknown."""

    sender: str = ""
    """`Name <name@example.org>` or an address alone; empty: made of the archive's id."""
    to: str = ""
    """The address of a list; empty where nobody is named, as in a file."""
    unsubscribe: tuple[str, ...] = ()
    """`https:` and `mailto:` addresses (RFC 2369)."""


def message(settings: Settings, issue: Digest, envelope: Envelope) -> EmailMessage:
    """The mail, ready to be sent or stored."""
    title = _label(settings.title)
    heading = f"{title}: {_label(issue.selection.name)}" if issue.selection.name else title
    summary = f"{counted(issue.count, 'paper')}, {issue.period.words}"
    mail = EmailMessage(policy=SMTP)
    mail["From"] = address(envelope.sender) if envelope.sender else _sender(settings, title)
    mail["To"] = address(envelope.to) if envelope.to else "undisclosed-recipients:;"
    mail["Subject"] = f"{heading}: {summary}"
    mail["Date"] = format_datetime(datetime.combine(issue.period.last, time(), tzinfo=UTC))
    mail["Message-ID"] = message_id(settings, issue)
    mail["List-Id"] = f"<{list_id(settings, issue)}>"
    if envelope.unsubscribe:
        mail["List-Unsubscribe"] = ", ".join(f"<{each}>" for each in envelope.unsubscribe)
    if any(each.startswith("https:") for each in envelope.unsubscribe):
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    values = {
        "settings": settings,
        "issue": issue,
        "heading": heading,
        "summary": summary,
        "unsubscribe": envelope.unsubscribe,
    }
    text = _environment().get_template("digest.txt.j2").render(values)
    html = _environment().get_template("digest.html.j2").render(values)
    mail.set_content(text, cte="quoted-printable")
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    mail.set_boundary(f"=_{_digest(text, html)}")  # by chance otherwise
    return mail


def message_id(settings: Settings, issue: Digest) -> str:
    """The mail's id: of archive, selection and period, so of no text that may be mended."""
    told = _digest(settings.id, issue.selection.key, issue.name)
    return f"<{issue.name}.{told}@{_host(settings)}>"


def list_id(settings: Settings, issue: Digest) -> str:
    """What mail programs sort by (RFC 2919): one for each selection and period."""
    chosen = issue.selection.key
    if len(chosen) > _NAME_LENGTH:
        chosen = f"{chosen[:_NAME_LENGTH].rstrip('-')}-{_digest(chosen)[:8]}"
    return f"{chosen}.{issue.period.frequency}.{_host(settings)}"


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
    """Addresses to leave by, separated by commas. Raises UsageError for another kind."""
    found = tuple(filter(None, (each.strip().strip("<>") for each in text.split(","))))
    for each in found:
        if not re.fullmatch(r"(https://|mailto:)[!-;=?-~]+", each):
            shown = markup.clean(each)
            raise UsageError(f"'{shown}' is no way to unsubscribe; write https://… or mailto:…")
    return found


def _sender(settings: Settings, title: str) -> Address:
    return Address(title, "digest", _host(settings))


def _host(settings: Settings) -> str:
    """The domain in the archive's id, which stays when the site moves."""
    authority = settings.id.partition(",")[0].rpartition("@")[2].lower()
    return authority if _HOST.fullmatch(authority) else _NO_HOST


def _label(text: str) -> str:
    """A name for a header: one line, not too long, in no other direction than the rest."""
    plain = _DIRECTION.sub("", markup.plain(text))
    return plain if len(plain) <= _NAME_LENGTH else f"{plain[: _NAME_LENGTH - 1].rstrip()}…"


def _digest(*texts: str) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:24]


@functools.cache
def _environment() -> Environment:
    """The templates of both parts; what stands in HTML is escaped."""
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
        "byline": functools.partial(byline, most=MOST_AUTHORS, fewest_more=2),
        "wrapped": _wrapped,
        "underlined": _underlined,
    }
    return env


def _wrapped(text: str, indent: int = 0, first: str = "") -> str:
    """Lines of at most `WIDTH` characters, indented; `first` stands before the first one."""
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
