"""Digests by mail: which issue is due, its files, and the issue to each list address once.

Takes an archive and the environment's settings, writes files or sends, keeps the sent log. What it
did is told line by line. Nothing is lost and nothing goes twice by the order of things: an
address is marked before the first byte goes, and what is uncertain stays so until a person decides.
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
from generator.mail import compose, digest, smtp
from generator.mail.compose import Envelope
from generator.mail.digest import Digest, Selection
from generator.mail.sent_log import SendState, SentLog, locked
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
"""What to do where nobody knows whether an issue arrived."""


class Addresses(Struct, frozen=True):
    """Who writes to whom, as the environment says."""

    sender: str = ""
    to: tuple[str, ...] = ()
    """Addresses of lists, each once."""
    unsubscribe: tuple[str, ...] = ()
    are_public: bool = False
    """Whether what is printed may be read by anybody, as the log of a workflow is."""

    def shown(self, to: str) -> str:
        """An address for a line that is printed."""
        return f"{to[:2]}…@{to.rpartition('@')[2]}" if self.are_public else to


class Mailing(Struct, frozen=True):
    """One issue, where it goes, and the folder of the sent log."""

    archive: Archive
    issue: Digest
    addresses: Addresses
    folder: Path

    @property
    def sent_log(self) -> SentLog:
        """The digest's part of the sent log."""
        issue, settings = self.issue, self.archive.settings
        period = issue.period
        name = f"{issue.name}.{issue.selection.key}.json"
        path = self.folder / period.kind / f"{period.first.year:04}" / name
        return SentLog(path, compose.message_id(settings, issue), settings.id)

    def letter(self, to: str) -> OutgoingMessage:
        """The message to one address."""
        envelope = Envelope(self.addresses.sender, to, self.addresses.unsubscribe)
        message = compose.message(self.archive.settings, self.issue, envelope)
        sender = message["From"].addresses[0].addr_spec
        return OutgoingMessage(sender, compose.address(to).addr_spec, message.as_bytes())


def addresses(environment: Mapping[str, str]) -> Addresses:
    """What the environment says. Raises UsageError where it makes no sense."""
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
    """The issue of a day, or the newest there is; None where there is none or it is empty."""
    period = period_of(day, kind) if day else newest_over(archive.days, kind)
    if period is None:
        return None
    issue = digest.digest_for(archive, selection, period)
    return issue if issue.count else None


def write(archive: Archive, issue: Digest, told: Addresses, folder: Path) -> Path:
    """Put the issue into a folder as a file that mail programs open; gives its path."""
    message = compose.message(archive.settings, issue, Envelope(told.sender, "", told.unsubscribe))
    path = folder / f"{issue.name}.{issue.selection.key}.eml"
    files.write(path, message.as_bytes())
    return path


def preview(mailing: Mailing) -> Iterator[str]:
    """What would be sent, a line an address; sends and writes nothing, needs no server."""
    settings, issue, told = mailing.archive.settings, mailing.issue, mailing.addresses
    message = compose.message(settings, issue, Envelope(told.sender, "", told.unsubscribe))
    yield f"{issue.name}: {message['Subject']}"
    yield f"  {len(message.as_bytes()):,} bytes, {mailing.sent_log.message_id}"
    for to in told.to:
        yield f"  to {told.shown(to)}: {_TOLD[mailing.sent_log.state(to)]}"
    if not told.to:
        yield f"  to nobody: set {TO}"


_TOLD: Mapping[SendState | None, str] = {
    None: "would be sent",
    "sent": "was sent",
    "sending": "unknown whether it was sent; see --if-unknown",
}


def reserve(mailing: Mailing, if_unknown: IfUnknown = "ask") -> Iterator[str]:
    """Mark each address that is due, and send nothing: for a sent log that is kept elsewhere first.

    Raises OutsideError where something is uncertain since before.
    """
    _check(mailing)
    with locked(mailing.folder):
        states = {to: mailing.sent_log.state(to) for to in mailing.addresses.to}
        unclear = [to for to, state in states.items() if state == "sending"]
        if unclear and if_unknown == "ask":
            raise OutsideError(_unclear(mailing, unclear))
        for to, state in states.items():
            line = f"{mailing.issue.name} to {mailing.addresses.shown(to)}"
            was_sent = state == "sent" or (state == "sending" and if_unknown == "skip")
            mailing.sent_log.mark(to, "sent" if was_sent else "sending")
            yield f"{line}: {'was sent before' if was_sent else 'noted'}"


def send(mailing: Mailing, server: SmtpServer, if_unknown: IfUnknown = "ask") -> Iterator[str]:
    """Send the issue to each address that doesn't have it; tells of each.

    Raises OutsideError at the end where an address didn't get it, or may not have.
    """
    _check(mailing)
    with locked(mailing.folder):
        todo: list[str] = []
        unclear: list[str] = []
        for to in mailing.addresses.to:
            state = mailing.sent_log.state(to)
            if state == "sent" or (state == "sending" and if_unknown == "skip"):
                mailing.sent_log.mark(to, "sent")
                yield f"{mailing.issue.name} to {mailing.addresses.shown(to)}: was sent before"
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
    """Send to each address in one session; what went wrong goes into the two last lists."""
    letters = {to: mailing.letter(to) for to in todo}
    hello = next(iter(letters.values())).sender.rpartition("@")[2]
    waiting = list(todo)
    try:
        with smtp.connected(server, hello) as session:
            while waiting:
                to = waiting.pop(0)
                line = f"{mailing.issue.name} to {mailing.addresses.shown(to)}"
                try:
                    _send_one(
                        mailing.sent_log, to, partial(smtp.hand_over, session, server, letters[to])
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
    for to in waiting:
        mailing.sent_log.mark(to, None)
        failed.append(
            f"{mailing.issue.name} to {mailing.addresses.shown(to)}: not sent; run it again"
        )


def _send_one(sent_log: SentLog, to: str, hand_over: Callable[[], None]) -> None:
    """Hand over one message between the two entries of the sent log."""
    sent_log.mark(to, "sending")
    try:
        hand_over()
    except UncertainError:
        raise
    except OutsideError:
        sent_log.mark(to, None)
        raise
    sent_log.mark(to, "sent")


def _check(mailing: Mailing) -> None:
    """Refuse what can't be sent at all."""
    issue = mailing.issue
    if not mailing.addresses.to:
        raise OutsideError(f"nobody to send to: set {TO} to addresses of lists")
    if not mailing.addresses.sender:
        raise OutsideError(f"nobody to send from: set {FROM}")
    newest = mailing.archive.newest
    if not (newest and issue.period.is_over(newest.date)):
        raise UsageError(
            f"{issue.name} is not over in the archive: papers may still come, and an issue is sent "
            "once; send it when there is a list of its last day or of a later one"
        )


def _unclear(mailing: Mailing, to: list[str]) -> str:
    shown = ", ".join(map(mailing.addresses.shown, to))
    return (
        f"{mailing.issue.name} to {shown}: unknown whether it was sent. Look for "
        f"{mailing.sent_log.message_id} in the list's archive, then run it again with "
        "--if-unknown skip if it is there, or --if-unknown resend if it isn't"
    )
