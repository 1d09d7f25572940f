"""Hands one message after another to an SMTP server (RFC 5321), and tells what became of each.

Takes a server and letters; knows nothing of what they say. TLS always verifies the certificate,
with the system's authorities or those of `SSL_CERT_FILE`. A message counts as handed over once the
server said so after its last byte; where the connection ends between the two, nobody can know, and
that is said. No error tells the password.
"""

from __future__ import annotations

import contextlib
import ipaddress
import re
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from generator.core.errors import OutsideError, UsageError
from generator.text import markup

Security = Literal["tls", "starttls", "none"]
PREFIX = "PAPER_ARCHIVE_SMTP_"
IMPLICIT_TLS = 465
TIMEOUT = 60
"""Seconds to wait for an answer."""
_ANSWER_LENGTH = 200
_DOT = re.compile(rb"^\.", re.MULTILINE)
_GO_ON, _DONE = 354, 250


class UncertainError(OutsideError):
    """The connection ended after the last byte and before the answer: it may have arrived."""


class RefusedError(OutsideError):
    """The server refused this message or address; others may go."""


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where messages are handed over."""

    host: str
    port: int = IMPLICIT_TLS
    security: Security = "tls"
    user: str = ""
    password: str = field(default="", repr=False)
    timeout: float = TIMEOUT


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One message to one address, both as the server gets them."""

    sender: str
    to: str
    data: bytes = field(repr=False)


def server(environment: Mapping[str, str], timeout: float = TIMEOUT) -> SmtpServer:
    """The server that the environment names. Raises OutsideError without one, else UsageError."""

    def told(name: str) -> str:
        return environment.get(f"{PREFIX}{name}", "").strip()

    host = told("HOST")
    if not host:
        raise OutsideError(f"no server to send to: set {PREFIX}HOST")
    port = told("PORT") or str(IMPLICIT_TLS)
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 1 << 16):
        raise UsageError(f"{PREFIX}PORT is not a port: write a number such as 465 or 587")
    user, password = told("USER"), environment.get(f"{PREFIX}PASSWORD", "")
    if bool(user) != bool(password):
        raise UsageError(f"set both {PREFIX}USER and {PREFIX}PASSWORD, or neither")
    security = _security(told("SECURITY"), int(port))
    if security == "none" and password and not _is_loopback(host):
        raise UsageError(
            f"a password is not sent without TLS: leave {PREFIX}SECURITY=none out, or the password"
        )
    return SmtpServer(host, int(port), security, user, password, timeout)


@contextlib.contextmanager
def connected(to: SmtpServer, hello: str) -> Iterator[smtplib.SMTP]:
    """A session, logged in where there is a user; `hello` is the name to greet with.

    Raises OutsideError.
    """
    smtp: smtplib.SMTP | None = None
    try:
        with _told(to, "cannot connect"):
            smtp = _connect(to, hello)
        with _told(to, "the login failed"):
            if to.user:
                smtp.login(to.user, to.password)
        yield smtp
    finally:
        if smtp is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                smtp.quit()
            smtp.close()


def hand_over(smtp: smtplib.SMTP, to: SmtpServer, letter: OutgoingMessage) -> None:
    """Give one letter to the server; returns once it took it.

    Raises RefusedError where this letter is refused, UncertainError where nobody can know, and
    OutsideError where the connection ended before the letter did.
    """
    with _told(to, "the connection ended, nothing was sent"):
        smtp.rset()  # a letter that was refused before leaves nothing behind
        _expect(smtp.mail(letter.sender), "the sender", to, _DONE)
        _expect(smtp.rcpt(letter.to), "the address", to, _DONE, 251)
        _expect(smtp.docmd("DATA"), "the message", to, _GO_ON)
        # The dot that ends the message goes by itself: until then nothing can have been taken.
        smtp.send(_DOT.sub(b"..", letter.data))
    try:
        smtp.send(b".\r\n")
        answer = smtp.getreply()
    except (smtplib.SMTPException, OSError) as error:
        raise UncertainError(
            f"{to.host}:{to.port}: the connection ended before the server said whether it took it"
        ) from error
    with _told(to, "the connection ended"):
        _expect(answer, "the message", to, _DONE)


def _connect(to: SmtpServer, hello: str) -> smtplib.SMTP:
    smtp: smtplib.SMTP
    if to.security == "tls":
        context = ssl.create_default_context()
        smtp = smtplib.SMTP_SSL(
            to.host, to.port, local_hostname=hello, timeout=to.timeout, context=context
        )
    else:
        smtp = smtplib.SMTP(to.host, to.port, local_hostname=hello, timeout=to.timeout)
    try:
        if to.security == "starttls":
            smtp.starttls(context=ssl.create_default_context())
        smtp.ehlo_or_helo_if_needed()
    except BaseException:
        smtp.close()
        raise
    return smtp


def _expect(answer: tuple[int, bytes], what: str, to: SmtpServer, *codes: int) -> None:
    """Raise RefusedError unless the answer is one of those."""
    code, text = answer
    if code in codes:
        return
    raise RefusedError(f"{to.host}:{to.port} refused {what}: {code} {_shown(text, to)}")


@contextlib.contextmanager
def _told(to: SmtpServer, doing: str) -> Iterator[None]:
    """Turn what the libraries raise into an OutsideError with a way out."""
    where = f"{to.host}:{to.port}: {doing}"
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise OutsideError(
            f"{where}: its certificate is not trusted ({error.verify_message}); "
            "an authority of your own goes into the file that SSL_CERT_FILE names"
        ) from None
    except ssl.SSLError as error:
        raise OutsideError(
            f"{where}: no TLS ({error.reason or error}); is {PREFIX}PORT right? "
            "465 speaks TLS at once, 587 by STARTTLS"
        ) from None
    except smtplib.SMTPNotSupportedError:
        raise OutsideError(
            f"{where}: it offers no such thing (TLS by STARTTLS, or login)"
        ) from None
    except smtplib.SMTPResponseException as error:
        answer = f"{error.smtp_code} {_shown(error.smtp_error, to)}"
        raise OutsideError(f"{where}: {answer}") from None
    except TimeoutError:
        raise OutsideError(f"{where}: no answer within {to.timeout:g} seconds") from None
    except (smtplib.SMTPException, OSError) as error:
        if isinstance(error.__context__, TimeoutError):  # smtplib tells it as a lost connection
            raise OutsideError(f"{where}: no answer within {to.timeout:g} seconds") from None
        reason = getattr(error, "strerror", None) or str(error)
        raise OutsideError(f"{where}: {_shown(reason, to)}") from None


def _shown(answer: bytes | str, to: SmtpServer) -> str:
    """What a server said, as one line without the password."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    if to.password:
        text = text.replace(to.password, "***")
    return markup.clean(text)[:_ANSWER_LENGTH]


def _security(text: str, port: int) -> Security:
    for known in ("tls", "starttls", "none"):
        if text == known:
            return known
    if text:
        raise UsageError(f"{PREFIX}SECURITY is not tls, starttls or none; leave it out for TLS")
    return "tls" if port == IMPLICIT_TLS else "starttls"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
