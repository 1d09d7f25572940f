"""Sends digests by mail: which digest is due, its file, and one message to each list address.

Takes an archive and settings from the environment; writes files or sends, updates the sent log, and
reports line by line. No digest is lost or sent twice: an address is marked as `sending` before the
first byte of its message is sent, and if the outcome is unknown, a person decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Literal

from msgspec import Struct

from generator.archive.model import Archive
from generator.archive.period import PeriodKind, newest_over, period_of
from generator.core import files
from generator.core.errors import OutsideError, UsageError
from generator.mail import compose, smtp
from generator.mail.compose import Envelope
from generator.mail.digest import Digest, Selection, digest_for
from generator.mail.sent_log import SendState, SentLog
from generator.mail.smtp import (
    PREFIX,
    OutgoingMessage,
    RefusedError,
    SmtpServer,
    UncertainError,
)

UNSUBSCRIBE = "PAPER_ARCHIVE_UNSUBSCRIBE"
FROM, TO = f"{PREFIX}FROM", f"{PREFIX}TO"
IfUnknown = Literal["ask", "resend", "skip"]
"""What to do with addresses for which it is unknown whether the digest was sent."""


class Addresses(Struct, frozen=True):
    """Sender and recipients, from the environment."""

    sender: str = ""
    to: tuple[str, ...] = ()
    """Addresses of mailing lists, each once."""
    unsubscribe: tuple[str, ...] = ()
    are_public: bool = False
    """Whether anybody can read what is printed, as in the log of a workflow."""

    def shown(self, to: str) -> str:
        """An address as it is printed, shortened if anybody can read it."""
        return f"{to[:2]}…@{to.rpartition('@')[2]}" if self.are_public else to


class Mailing(Struct, frozen=True):
    """A digest, its sender and recipients, and the folder of the sent log."""

    archive: Archive
    digest: Digest
    addresses: Addresses
    folder: Path

    @property
    def sent_log(self) -> SentLog:
        """The sent log of this digest."""
        digest, settings = self.digest, self.archive.settings
        name = f"{digest.name}.{digest.selection.key}.json"
        path = self.folder / digest.period.kind / f"{digest.period.first.year:04}" / name
        return SentLog(path, compose.message_id(settings, digest), settings.id)

    def message(self, to: str) -> OutgoingMessage:
        """The message to one address."""
        envelope = Envelope(self.addresses.sender, to, self.addresses.unsubscribe)
        message = compose.message(self.archive.settings, self.digest, envelope)
        sender = message["From"].addresses[0].addr_spec
        return OutgoingMessage(sender, compose.address(to).addr_spec, message.as_bytes())


def addresses(environment: Mapping[str, str]) -> Addresses:
    """The addresses in the environment. Raises UsageError if they are malformed."""
    sender = environment.get(FROM, "").strip()
    to = tuple(filter(None, (each.strip() for each in environment.get(TO, "").split(","))))
    if sender:
        compose.address(sender)
    return Addresses(
        sender,
        tuple(dict.fromkeys(compose.address(each).addr_spec for each in to)),
        compose.unsubscribe(environment.get(UNSUBSCRIBE, "")),
        are_public=bool(environment.get("CI")),
    )


def due_digest(
    archive: Archive, selection: Selection, kind: PeriodKind, day: date | None
) -> Digest | None:
    """The digest of a day's period, or else the newest; None if there is none or it is empty."""
    period = period_of(day, kind) if day else newest_over(archive.days, kind)
    if period is None:
        return None
    digest = digest_for(archive, selection, period)
    return digest if digest.count else None


def write(archive: Archive, digest: Digest, addresses: Addresses, folder: Path) -> Path:
    """Write a digest into a folder as a file that mail programs open; gives its path."""
    envelope = Envelope(addresses.sender, "", addresses.unsubscribe)
    message = compose.message(archive.settings, digest, envelope)
    path = folder / f"{digest.name}.{digest.selection.key}.eml"
    files.write(path, message.as_bytes())
    return path


def preview(mailing: Mailing) -> Iterator[str]:
    """What would be sent, one line for each address; sends and writes nothing, needs no server."""
    settings, digest, addresses = mailing.archive.settings, mailing.digest, mailing.addresses
    envelope = Envelope(addresses.sender, "", addresses.unsubscribe)
    message = compose.message(settings, digest, envelope)
    yield f"{digest.name}: {message['Subject']}"
    yield f"  {len(message.as_bytes()):,} bytes, {mailing.sent_log.message_id}"
    for to in addresses.to:
        yield f"  to {addresses.shown(to)}: {_PREVIEWS[mailing.sent_log.state(to)]}"
    if not addresses.to:
        yield f"  to nobody: set {TO} to the addresses of mailing lists"


_PREVIEWS: Mapping[SendState | None, str] = {
    None: "would be sent",
    "sent": "already sent",
    "sending": "unknown whether it was sent; see --if-unknown",
}


def reserve(mailing: Mailing, if_unknown: IfUnknown = "ask") -> Iterator[str]:
    """Mark each address that is due as `sending`, and send nothing.

    For sent logs that are stored elsewhere before anything is sent. Raises OutsideError if it is
    unknown whether an earlier message was sent.
    """
    _check(mailing)
    states = {to: mailing.sent_log.state(to) for to in mailing.addresses.to}
    unclear = [to for to, state in states.items() if state == "sending"]
    if unclear and if_unknown == "ask":
        raise OutsideError(_unclear(mailing, unclear))
    for to, state in states.items():
        was_sent = state == "sent" or (state == "sending" and if_unknown == "skip")
        mailing.sent_log.mark(to, "sent" if was_sent else "sending")
        yield f"{_label(mailing, to)}: {'already sent' if was_sent else 'reserved'}"


def send(mailing: Mailing, server: SmtpServer, if_unknown: IfUnknown = "ask") -> Iterator[str]:
    """Send the digest to each address that doesn't have it; reports each.

    Raises OutsideError at the end if an address didn't get it, or may not have.
    """
    _check(mailing)
    todo: list[str] = []
    unclear: list[str] = []
    for to in mailing.addresses.to:
        state = mailing.sent_log.state(to)
        if state == "sent" or (state == "sending" and if_unknown == "skip"):
            mailing.sent_log.mark(to, "sent")
            yield f"{_label(mailing, to)}: already sent"
        elif state == "sending" and if_unknown == "ask":
            unclear.append(to)
        else:
            todo.append(to)
    failed: list[str] = []
    if todo:
        yield from _send_all(mailing, server, todo, failed, unclear)
    if unclear:
        failed.append(_unclear(mailing, unclear))
    if failed:
        raise OutsideError("\n".join(failed))


def _send_all(
    mailing: Mailing, server: SmtpServer, todo: list[str], failed: list[str], unclear: list[str]
) -> Iterator[str]:
    """Send to each address in one session; failures are added to `failed` and `unclear`."""
    messages = {to: mailing.message(to) for to in todo}
    hostname = next(iter(messages.values())).sender.rpartition("@")[2]
    remaining = list(todo)
    try:
        with smtp.connected(server, hostname) as session:
            while remaining:
                to = remaining.pop(0)
                line = _label(mailing, to)
                try:
                    _send_one(
                        mailing.sent_log, to, partial(smtp.submit, session, server, messages[to])
                    )
                except RefusedError as error:
                    failed.append(f"{line}: {error}")
                except UncertainError as error:
                    unclear.append(to)
                    raise error
                except OutsideError as error:
                    failed.append(f"{line}: not sent")
                    raise error
                else:
                    yield f"{line}: sent"
    except OutsideError as error:
        failed.append(str(error))
    for to in remaining:
        mailing.sent_log.mark(to, None)
        failed.append(f"{_label(mailing, to)}: not sent; run the command again")


def _label(mailing: Mailing, to: str) -> str:
    return f"{mailing.digest.name} to {mailing.addresses.shown(to)}"


def _send_one(sent_log: SentLog, to: str, submit: Callable[[], None]) -> None:
    """Submit one message; the sent log is updated before and after."""
    sent_log.mark(to, "sending")
    try:
        submit()
    except UncertainError:
        raise
    except OutsideError:
        sent_log.mark(to, None)
        raise
    sent_log.mark(to, "sent")


def _check(mailing: Mailing) -> None:
    """Raise an error if the digest can't be sent at all."""
    digest = mailing.digest
    if not mailing.addresses.to:
        raise OutsideError(f"no recipient: set {TO} to the addresses of mailing lists")
    if not mailing.addresses.sender:
        raise OutsideError(f"no sender: set {FROM} to a mail address")
    newest = mailing.archive.newest
    if not (newest and digest.period.is_over(newest.date)):
        raise UsageError(
            f"{digest.name} is not over: papers may still be added, and a digest is sent only "
            "once; send it when the archive has a list of its last day or of a later one"
        )


def _unclear(mailing: Mailing, to: list[str]) -> str:
    shown = ", ".join(map(mailing.addresses.shown, to))
    return (
        f"{mailing.digest.name} to {shown}: unknown whether it was sent. Look for the message "
        f"{mailing.sent_log.message_id} in the list's archive, then run the command again with "
        "--if-unknown skip if it is there, or --if-unknown resend if it isn't"
    )
