"""Real SMTP servers on loopback: with TLS or without, with logins, and one that dies midway."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import warnings
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

HANGS = 120
"""Seconds after which what is waited for is taken to never come, however busy the machine."""
USER, PASSWORD = "someone", "a secret phrase"


class Postbox:
    """What arrives, and how the server behaves; a handler of aiosmtpd."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, bytes]] = []
        """Address and bytes of each message it took."""
        self.refuse: dict[str, str] = {}
        """Answers to addresses."""
        self.dies = ""
        """Where it ends the connection at `dies_at`: `rcpt`, `data`, `before` or `after` taking."""
        self.dies_at = 0
        self.answer = "250 taken"
        self.is_silent = False
        """Whether it takes a message and then says nothing until the client has gone."""
        self.logins: list[str] = []
        self._count = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's names
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        self._count += 1
        self._die("rcpt", server)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's names
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if self.is_silent:
            await asyncio.Event().wait()
        self._die("before", server)
        if self.answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.messages.append((envelope.rcpt_tos[0], envelope.content))
        self._die("after", server)
        return self.answer

    def _die(self, where: str, server: SMTP) -> None:
        if self.dies == where and self._count > self.dies_at:
            assert server.transport is not None
            server.transport.abort()  # type: ignore[attr-defined]
            raise ConnectionResetError

    async def handle_exception(self, _error: Exception) -> str:
        return "421 gone"

    @property
    def to(self) -> list[str]:
        """Who got something, in order."""
        return [address for address, _ in self.messages]

    def parsed(self) -> list[EmailMessage]:
        """The messages as a mail program reads them."""
        return [message_from_bytes(data, policy=default) for _, data in self.messages]

    def login(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any
    ) -> AuthResult:
        """Whether somebody may come in."""
        assert isinstance(data, LoginPassword)
        self.logins.append(data.login.decode())
        return AuthResult(
            success=(data.login, data.password) == (USER.encode(), PASSWORD.encode()),
            handled=False,
        )


class _Server(Controller):
    """A server that may ask for logins without STARTTLS, which aiosmtpd warns of."""

    def factory(self) -> SMTP:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Requiring AUTH while not requiring TLS")
            return SMTP(self.handler, **self.SMTP_kwargs)


@contextlib.contextmanager
def serving(
    box: Postbox,
    security: str = "none",
    context: ssl.SSLContext | None = None,
    *,
    login: bool = False,
) -> Iterator[dict[str, str]]:
    """A server for a while; gives the environment that leads to it."""
    more: dict[str, Any] = {"authenticator": box.login} if login else {}
    if login:
        more |= {"auth_required": True, "auth_require_tls": security == "starttls"}
    if security == "starttls":
        more |= {"tls_context": context, "require_starttls": True}
    controller = _Server(
        box,
        hostname="127.0.0.1",
        port=_free_port(),
        server_hostname="localhost",
        ready_timeout=HANGS,
        ssl_context=context if security == "tls" else None,
        **more,
    )
    controller.start()
    try:
        environment = {
            "PAPER_ARCHIVE_SMTP_HOST": "127.0.0.1",
            "PAPER_ARCHIVE_SMTP_PORT": str(controller.port),
            "PAPER_ARCHIVE_SMTP_SECURITY": security,
            "PAPER_ARCHIVE_SMTP_FROM": "Papers <papers@example.org>",
        }
        if login:
            environment["PAPER_ARCHIVE_SMTP_USER"] = USER
            environment["PAPER_ARCHIVE_SMTP_PASSWORD"] = PASSWORD
        yield environment
    finally:
        controller.stop()


def certificate(folder: Path, name: str = "127.0.0.1") -> tuple[ssl.SSLContext, Path]:
    """A server's context with a certificate for a name, and the file of the authority behind it."""
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(context)
    path = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    return context, path


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
