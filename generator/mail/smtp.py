"""Submits messages to an SMTP server (RFC 5321), one after another, and says whether it took them.

Takes a server and messages, whose content it never looks at. TLS always verifies the certificate,
with the system's authorities or those of `SSL_CERT_FILE`. A message counts as sent once the server
has said so after its last byte; if the connection ends between the two, the outcome is unknown, and
an error says so. No error contains the password.
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
_MAX_ANSWER_LENGTH = 200
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
_DONE, _FORWARDED, _START_INPUT = 250, 251, 354
"""Reply codes (RFC 5321, 4.2.3)."""


class UncertainError(OutsideError):
    """The connection ended after the last byte, before the answer: it may have arrived."""


class RefusedError(OutsideError):
    """The server refused this message or address; it may take others."""


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """A server that messages are submitted to."""

    host: str
    port: int = IMPLICIT_TLS
    security: Security = "tls"
    user: str = ""
    password: str = field(default="", repr=False)
    timeout: float = TIMEOUT


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A message to one address, with the addresses of its envelope."""

    sender: str
    to: str
    data: bytes = field(repr=False)


def server(environment: Mapping[str, str], timeout: float = TIMEOUT) -> SmtpServer:
    """The server in the environment. Raises OutsideError without one, UsageError if malformed."""

    def setting(name: str) -> str:
        return environment.get(f"{PREFIX}{name}", "").strip()

    host = setting("HOST")
    if not host:
        raise OutsideError(f"no mail server: set {PREFIX}HOST")
    port = setting("PORT") or str(IMPLICIT_TLS)
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 1 << 16):
        raise UsageError(f"{PREFIX}PORT is not a port: set it to a number such as 465 or 587")
    user, password = setting("USER"), environment.get(f"{PREFIX}PASSWORD", "")
    if bool(user) != bool(password):
        raise UsageError(f"set both {PREFIX}USER and {PREFIX}PASSWORD, or neither")
    security = _security(setting("SECURITY"), int(port))
    if security == "none" and password and not _is_loopback(host):
        raise UsageError(
            f"a password is not sent without TLS: unset {PREFIX}SECURITY, or {PREFIX}USER and "
            f"{PREFIX}PASSWORD"
        )
    return SmtpServer(host, int(port), security, user, password, timeout)


@contextlib.contextmanager
def connected(to: SmtpServer, hostname: str) -> Iterator[smtplib.SMTP]:
    """A session, logged in if there is a user; `hostname` is the name for EHLO.

    Raises OutsideError.
    """
    with _library_errors(to, "cannot connect"):
        smtp = _connect(to, hostname)
    with contextlib.closing(smtp):
        try:
            with _library_errors(to, "the login failed"):
                if to.user:
                    smtp.login(to.user, to.password)
            yield smtp
        except Exception:
            _quit(smtp)
            raise
        # If the command is interrupted, nothing is said any more: the server may be in the middle
        # of a message, and waiting for its answer may take a minute.
        _quit(smtp)


def _quit(smtp: smtplib.SMTP) -> None:
    with contextlib.suppress(smtplib.SMTPException, OSError):
        smtp.quit()


def submit(smtp: smtplib.SMTP, to: SmtpServer, message: OutgoingMessage) -> None:
    """Submit a message; returns once the server has taken it.

    Raises RefusedError if the message is refused, UncertainError if the outcome is unknown, and
    OutsideError if the connection ended before the last byte.
    """
    with _library_errors(to, "the connection ended, nothing was sent"):
        smtp.rset()  # clears what is left of a message that was refused before
        _expect(smtp.mail(message.sender), "the sender", to, _DONE)
        _expect(smtp.rcpt(message.to), "the address", to, _DONE, _FORWARDED)
        _expect(smtp.docmd("DATA"), "the message", to, _START_INPUT)
        # The dot that ends the message is sent separately: the server accepts nothing before it.
        smtp.send(_LEADING_DOT.sub(b"..", message.data))
    try:
        smtp.send(b".\r\n")
        answer = smtp.getreply()
    except (smtplib.SMTPException, OSError) as error:
        raise UncertainError(
            f"{to.host}:{to.port}: the connection ended before the server confirmed the message"
        ) from error
    with _library_errors(to, "the connection ended"):
        _expect(answer, "the message", to, _DONE)


def _connect(to: SmtpServer, hostname: str) -> smtplib.SMTP:
    smtp: smtplib.SMTP
    if to.security == "tls":
        context = ssl.create_default_context()
        smtp = smtplib.SMTP_SSL(
            to.host, to.port, local_hostname=hostname, timeout=to.timeout, context=context
        )
    else:
        smtp = smtplib.SMTP(to.host, to.port, local_hostname=hostname, timeout=to.timeout)
    try:
        if to.security == "starttls":
            smtp.starttls(context=ssl.create_default_context())
        smtp.ehlo_or_helo_if_needed()
    except BaseException:
        smtp.close()
        raise
    return smtp


def _expect(answer: tuple[int, bytes], what: str, to: SmtpServer, *codes: int) -> None:
    """Raise RefusedError unless the answer has one of the codes."""
    code, text = answer
    if code in codes:
        return
    raise RefusedError(f"{to.host}:{to.port} refused {what}: {code} {_shown(text, to)}")


@contextlib.contextmanager
def _library_errors(to: SmtpServer, doing: str) -> Iterator[None]:
    """Turn errors of the libraries into an OutsideError that says what to do."""
    where = f"{to.host}:{to.port}: {doing}"
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise OutsideError(
            f"{where}: its certificate is not trusted ({error.verify_message}); "
            "to trust an authority of your own, set SSL_CERT_FILE to a file with its certificate"
        ) from None
    except ssl.SSLError as error:
        raise OutsideError(
            f"{where}: TLS failed ({error.reason or error}); check {PREFIX}PORT: "
            "465 is for TLS from the start, 587 for STARTTLS"
        ) from None
    except smtplib.SMTPNotSupportedError:
        raise OutsideError(
            f"{where}: the server doesn't support it (STARTTLS, or a login)"
        ) from None
    except smtplib.SMTPResponseException as error:
        answer = f"{error.smtp_code} {_shown(error.smtp_error, to)}"
        raise OutsideError(f"{where}: {answer}") from None
    except TimeoutError:
        raise OutsideError(f"{where}: no answer within {to.timeout:g} seconds") from None
    except (smtplib.SMTPException, OSError) as error:
        if isinstance(error.__context__, TimeoutError):  # smtplib reports it as a lost connection
            raise OutsideError(f"{where}: no answer within {to.timeout:g} seconds") from None
        reason = getattr(error, "strerror", None) or str(error)
        raise OutsideError(f"{where}: {_shown(reason, to)}") from None


def _shown(answer: bytes | str, to: SmtpServer) -> str:
    """An answer of a server on one line, without the password."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    if to.password:
        text = text.replace(to.password, "***")
    return markup.clean(text)[:_MAX_ANSWER_LENGTH]


def _security(text: str, port: int) -> Security:
    for known in ("tls", "starttls", "none"):
        if text == known:
            return known
    if text:
        raise UsageError(
            f"{PREFIX}SECURITY is not tls, starttls or none; set it to one of them, or unset it"
        )
    return "tls" if port == IMPLICIT_TLS else "starttls"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
