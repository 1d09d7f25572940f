"""Digests sent to a real SMTP server on loopback: nothing is lost, nothing is sent twice."""

from __future__ import annotations

import json
import os
import signal
import smtplib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from generator.cli import main
from generator.core import lock
from generator.core.errors import OutsideError, UsageError
from generator.mail import smtp
from tests.archives import MONDAY, ROOT, daily, paper, tree, varied, whole, write
from tests.postbox import HANGS, PASSWORD, USER, Postbox, certificate, serving
from tests.processes import said_to_the_end, start, until

CAPSYS = pytest.CaptureFixture[str]
ONE, TWO, THREE = (f"{name}@lists.example.org" for name in ("one", "two", "three"))


class Desk:
    """A content folder, a sent log, and the command called on them."""

    def __init__(self, root: Path, capsys: CAPSYS, monkeypatch: pytest.MonkeyPatch) -> None:
        self.content, self.sent_log = write(root / "content", varied()), root / "sent"
        self._capsys, self._monkeypatch = capsys, monkeypatch
        self.out = self.err = ""

    def digest(
        self, *arguments: str, to: str = f"{ONE},{TWO}", period: str = "day", **environment: str
    ) -> int:
        folders = ["--content", str(self.content), "--sent-log", str(self.sent_log)]
        with self._monkeypatch.context() as patch:
            for name in (*os.environ,):
                if name.startswith("PAPER_ARCHIVE_") or name == "CI":
                    patch.delenv(name)
            patch.setenv("PAPER_ARCHIVE_SMTP_TO", to)
            for name, value in environment.items():
                patch.setenv(name, value)
            try:
                code = main.main(["digest", "--period", period, *folders, *arguments])
            except SystemExit as ending:
                code = int(str(ending.code))
        self.out, self.err = self._capsys.readouterr()
        assert "Traceback" not in self.err
        assert PASSWORD not in self.out + self.err
        return code

    def states(self) -> list[str]:
        """All states that the sent log holds."""
        return [
            state
            for name, data in tree(self.sent_log).items()
            if name.endswith(".json")
            for state in json.loads(data)["addresses"].values()
        ]


@pytest.fixture
def desk(tmp_path: Path, capsys: CAPSYS, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.chdir(ROOT)
    return Desk(tmp_path, capsys, monkeypatch)


@pytest.fixture
def box() -> Postbox:
    return Postbox()


# ---- once


def test_each_address_gets_a_digest_once(desk: Desk, box: Postbox) -> None:
    with serving(box) as server:
        assert desk.digest("--send", **server) == 0
        assert desk.out == f"2025-03-12 to {ONE}: sent\n2025-03-12 to {TWO}: sent\n"
        assert desk.digest("--send", **server) == 0
        assert desk.out.count("already sent") == 2
    assert box.to == [ONE, TWO]
    assert [each["To"] for each in box.parsed()] == [ONE, TWO]
    assert desk.states() == ["sent", "sent"]


def test_a_new_address_gets_a_digest_that_others_have(desk: Desk, box: Postbox) -> None:
    with serving(box) as server:
        assert desk.digest("--send", to=ONE, **server) == 0
        assert desk.digest("--send", to=f"{TWO}, List <{ONE.upper()}>,{TWO}", **server) == 0
    assert box.to == [ONE, TWO]


def test_another_day_period_or_tag_is_another_digest(desk: Desk, box: Postbox) -> None:
    with serving(box) as server:
        for more in ([], ["--date", "2025-03-10"], ["--tag", "graphs"]):
            assert desk.digest("--send", *more, to=ONE, **server) == 0
        assert desk.digest("--send", to=ONE, period="week", **server) == 0
    ids = [each["Message-ID"] for each in box.parsed()]
    assert len(set(ids)) == len(ids) == 4


def test_the_message_arrives_unchanged(desk: Desk, box: Postbox, tmp_path: Path) -> None:
    with serving(box) as server:
        assert desk.digest("--send", to=ONE, **server) == 0
        assert desk.digest("--out", str(tmp_path / "out"), **server) == 0
    (made,) = (tmp_path / "out").iterdir()
    assert box.messages[0][1] == made.read_bytes().replace(
        b"To: undisclosed-recipients:;", f"To: {ONE}".encode()
    )


def test_the_sent_log_holds_no_address(desk: Desk, box: Postbox) -> None:
    with serving(box) as server:
        desk.digest("--send", **server)
    (name,) = (name for name in tree(desk.sent_log) if name.endswith(".json"))
    assert name == "day/2025/2025-03-12.all.json"
    assert b"lists.example.org" not in b"".join(tree(desk.sent_log).values())


def test_a_week_that_is_not_over_is_not_sent(desk: Desk, box: Postbox) -> None:
    with serving(box) as server:
        assert desk.digest("--send", "--date", "2025-03-12", period="week", **server) == 2
        assert "2025-W11 is not over" in desk.err
        assert desk.digest("--send", "--date", "2025-01-02", period="week", to=ONE, **server) == 0
    assert box.to == [ONE]


def test_two_processes_do_not_send_at_once(desk: Desk, box: Postbox) -> None:
    with serving(box) as server, lock.writing(desk.sent_log, "another digest"):
        for arguments in (["--send"], ["--reserve"]):
            assert desk.digest(*arguments, **server) == 3
            assert f"{desk.sent_log} is in use by another digest (process " in desk.err
    assert box.to == []
    assert not desk.sent_log.exists()


def test_a_damaged_sent_log_sends_nothing(desk: Desk, box: Postbox) -> None:
    path = desk.sent_log / "day" / "2025" / "2025-03-12.all.json"
    path.parent.mkdir(parents=True)
    path.write_text("{")
    with serving(box) as server:
        assert desk.digest("--send", **server) == 3
    assert str(path) in desk.err
    assert box.to == []


# ---- a server that dies midway, and a rerun after that


@pytest.mark.parametrize("moment", ["rcpt", "before", "after"])
@pytest.mark.parametrize("dies_at", [0, 1, 2])
def test_a_server_that_dies(desk: Desk, box: Postbox, moment: str, dies_at: int) -> None:
    """Whatever the moment, the rerun gives each address the digest, and none a second time."""
    everybody = f"{ONE},{TWO},{THREE}"
    box.dies, box.dies_at = moment, dies_at
    with serving(box) as server:
        assert desk.digest("--send", to=everybody, **server) == 3
    is_uncertain = moment != "rcpt"
    assert ("unknown whether it was sent" in desk.err) == is_uncertain
    assert sorted(desk.states()) == ["sending"] * is_uncertain + ["sent"] * dies_at

    box.dies = ""
    with serving(box) as server:
        code = desk.digest("--send", to=everybody, **server)
        assert code == (3 if is_uncertain else 0)
        if is_uncertain:
            assert "--if-unknown" in desk.err
            # What a person finds in the list's archive decides.
            decision = "resend" if moment == "before" else "skip"
            assert desk.digest("--send", "--if-unknown", decision, to=everybody, **server) == 0
    assert sorted(box.to) == sorted([ONE, TWO, THREE])
    assert desk.states() == ["sent"] * 3


def test_resending_is_the_same_message(desk: Desk, box: Postbox) -> None:
    """Where a person guesses wrong, a list's service drops the second by its Message-ID."""
    box.dies = "after"
    with serving(box) as server:
        assert desk.digest("--send", to=ONE, **server) == 3
        box.dies = ""
        assert desk.digest("--send", "--if-unknown", "resend", to=ONE, **server) == 0
    first, second = box.messages
    assert first == second


def test_a_killed_process_leaves_the_outcome_unknown(desk: Desk, box: Postbox) -> None:
    class Killed(BaseException):
        pass

    with serving(box) as server, pytest.MonkeyPatch.context() as patch:
        patch.setattr(smtp, "submit", lambda *_: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            desk.digest("--send", to=ONE, **server)
    assert desk.states() == ["sending"]
    with serving(box) as server:
        assert desk.digest("--send", to=ONE, **server) == 3
    assert box.to == []


@pytest.mark.parametrize("answer", ["451 later", "554 never"])
def test_a_refused_message_can_be_sent_again(desk: Desk, box: Postbox, answer: str) -> None:
    box.answer = answer
    with serving(box) as server:
        assert desk.digest("--send", **server) == 3
        assert answer in desk.err
        assert desk.states() == []
        box.answer = "250 taken"
        assert desk.digest("--send", **server) == 0
    assert box.to == [ONE, TWO]


def test_a_refused_address_does_not_stop_the_others(desk: Desk, box: Postbox) -> None:
    box.refuse[ONE] = "550 no such list"
    with serving(box) as server:
        assert desk.digest("--send", **server) == 3
    assert f"2025-03-12 to {ONE}" in desk.err
    assert "550 no such list" in desk.err
    assert box.to == [TWO]
    assert desk.states() == ["sent"]


def test_a_digest_is_reserved_first_then_sent(desk: Desk, box: Postbox) -> None:
    """As the workflow does it: the sent log is pushed before the first byte is sent."""
    assert desk.digest("--reserve", PAPER_ARCHIVE_SMTP_FROM="papers@example.org") == 0
    assert desk.states() == ["sending", "sending"]
    with serving(box) as server:
        assert desk.digest("--send", "--if-unknown", "resend", **server) == 0
        assert desk.digest("--reserve", **server) == 0
        assert desk.digest("--send", "--if-unknown", "resend", **server) == 0
    assert box.to == [ONE, TWO]


def test_a_run_that_was_cut_off_after_reserving_is_not_repeated(desk: Desk, box: Postbox) -> None:
    with serving(box) as server:
        assert desk.digest("--reserve", **server) == 0
        assert desk.digest("--reserve", **server) == 3
    assert "unknown whether it was sent" in desk.err


def test_a_reservation_is_removed_if_nothing_was_sent(desk: Desk, box: Postbox) -> None:
    with serving(box) as server:
        assert desk.digest("--reserve", **server) == 0
    assert desk.digest("--send", "--if-unknown", "resend", **server) == 3  # the server is down
    assert desk.states() == []


# ---- a dry run


def test_a_dry_run_needs_nothing_and_sends_nothing(desk: Desk) -> None:
    assert desk.digest("--dry-run", to="") == 0
    assert "Archive of Placeholders: 1 paper, 12 March 2025" in desk.out
    assert "bytes" in desk.out
    assert "to nobody" in desk.out
    assert tree(desk.sent_log) == {}


def test_a_dry_run_shows_what_the_sent_log_has(desk: Desk, box: Postbox) -> None:
    with serving(box) as server:
        assert desk.digest("--send", to=ONE, **server) == 0
        assert desk.digest("--send", "--dry-run", **server) == 0
    assert f"to {ONE}: already sent\n" in desk.out
    assert f"to {TWO}: would be sent\n" in desk.out
    assert box.to == [ONE]


def test_the_log_of_a_workflow_shows_no_whole_address(desk: Desk, box: Postbox) -> None:
    with serving(box) as server:
        assert desk.digest("--send", "--dry-run", CI="true", **server) == 0
        assert desk.digest("--send", CI="true", **server) == 0
    assert ONE not in desk.out + desk.err
    assert "on…@lists.example.org: sent" in desk.out


# ---- TLS and logins


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_tls_with_a_custom_authority(
    desk: Desk, box: Postbox, tmp_path: Path, security: str
) -> None:
    context, authority = certificate(tmp_path)
    with serving(box, security, context, login=True) as server:
        assert desk.digest("--send", SSL_CERT_FILE=str(authority), **server) == 0, desk.err
    assert box.to == [ONE, TWO]
    assert box.logins == [USER]


@pytest.mark.parametrize("security", ["tls", "starttls"])
@pytest.mark.parametrize("name", ["127.0.0.1", "mail.example.org"])
def test_a_wrong_certificate_is_refused_before_the_login(
    desk: Desk, box: Postbox, tmp_path: Path, security: str, name: str
) -> None:
    """Of an authority nobody trusts, or of another host."""
    context, authority = certificate(tmp_path, name)
    trusted = {"SSL_CERT_FILE": str(authority)} if name != "127.0.0.1" else {}
    with serving(box, security, context, login=True) as server:
        assert desk.digest("--send", **trusted, **server) == 3
    assert "certificate is not trusted" in desk.err
    assert "SSL_CERT_FILE" in desk.err
    assert (box.to, box.logins, desk.states()) == ([], [], [])


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_no_mail_is_sent_in_clear_if_tls_is_required(
    desk: Desk, box: Postbox, security: str
) -> None:
    with serving(box) as server:
        code = desk.digest("--send", **server | {"PAPER_ARCHIVE_SMTP_SECURITY": security})
    assert code == 3
    assert "TLS" in desk.err
    assert (box.to, desk.states()) == ([], [])


def test_a_refused_login(desk: Desk, box: Postbox, tmp_path: Path) -> None:
    context, authority = certificate(tmp_path)
    with serving(box, "tls", context, login=True) as server:
        wrong = server | {"PAPER_ARCHIVE_SMTP_PASSWORD": "another secret"}
        assert desk.digest("--send", SSL_CERT_FILE=str(authority), **wrong) == 3
    assert "the login failed: 535" in desk.err
    assert "another secret" not in desk.err
    assert (box.to, desk.states()) == ([], [])


def test_a_password_is_sent_in_clear_only_on_loopback(desk: Desk, box: Postbox) -> None:
    with serving(box, login=True) as server:
        assert desk.digest("--send", **server) == 0
        elsewhere = server | {"PAPER_ARCHIVE_SMTP_HOST": "mail.example.org"}
        assert desk.digest("--send", to=THREE, **elsewhere) == 2
    assert "not sent without TLS" in desk.err


def test_the_password_is_masked_in_an_answer() -> None:
    to = smtp.SmtpServer("h", password="p@ss")
    assert smtp._shown(b"535 p@ss is wrong\r\nfor you", to) == "535 *** is wrong for you"


# ---- servers that can't be used


@contextmanager
def silent() -> Iterator[int]:
    """A server that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def test_a_silent_server(desk: Desk) -> None:
    with silent() as port:
        server = {"HOST": "127.0.0.1", "PORT": str(port), "SECURITY": "none", "FROM": ONE}
        environment = {f"PAPER_ARCHIVE_SMTP_{name}": value for name, value in server.items()}
        assert desk.digest("--send", "--timeout", "1", **environment) == 3
    assert "no answer within 1 seconds" in desk.err
    assert desk.states() == []


def test_a_server_that_answers_too_late_leaves_the_outcome_unknown(
    desk: Desk, box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the last answer is too late: patience ends once the message is there."""
    send = smtplib.SMTP.send

    def send_and_lose_patience(client: smtplib.SMTP, data: bytes) -> None:
        send(client, data)
        if data == b".\r\n":
            assert client.sock
            client.sock.settimeout(0.01)

    monkeypatch.setattr(smtplib.SMTP, "send", send_and_lose_patience)
    box.is_silent = True
    with serving(box) as server:
        assert desk.digest("--send", to=ONE, **server) == 3
    assert "unknown whether" in desk.err
    assert desk.states() == ["sending"]


def test_a_command_that_is_terminated_while_it_sends(desk: Desk, box: Postbox) -> None:
    """It ends at once, waits for no answer, and whether the message arrived stays unknown."""
    box.is_silent = True
    with serving(box) as server:
        folders = ["--content", str(desk.content), "--sent-log", str(desk.sent_log)]
        environment = server | {"PAPER_ARCHIVE_SMTP_TO": ONE}
        process = start("digest", "--period", "day", "--send", *folders, **environment)
        until(lambda: desk.sent_log.exists() and desk.states() == ["sending"])
        process.send_signal(signal.SIGTERM)
        _, errors = said_to_the_end(process, seconds=smtp.TIMEOUT / 2)
        assert errors.endswith("paper-archive: terminated; no file is half-written\n")
        assert process.returncode == 143
        assert desk.states() == ["sending"]
        assert desk.digest("--send", to=ONE, **server) == 3
    assert "unknown whether" in desk.err


def test_a_server_that_speaks_something_else(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        server = {"HOST": "127.0.0.1", "PORT": str(listening.getsockname()[1]), "FROM": ONE}
        environment = {f"PAPER_ARCHIVE_SMTP_{name}": value for name, value in server.items()}
        assert desk.digest("--send", "--timeout", str(HANGS), **environment) == 3
        thread.join()
    assert "cannot connect" in desk.err


@pytest.mark.parametrize(
    ("environment", "code", "said"),
    [
        ({"HOST": ""}, 3, "PAPER_ARCHIVE_SMTP_HOST"),
        ({"PORT": "smtp"}, 2, "PAPER_ARCHIVE_SMTP_PORT"),
        ({"PORT": "0"}, 2, "PAPER_ARCHIVE_SMTP_PORT"),
        ({"SECURITY": "ssl"}, 2, "starttls"),
        ({"USER": "someone"}, 2, "PAPER_ARCHIVE_SMTP_PASSWORD"),
        ({"FROM": ""}, 3, "PAPER_ARCHIVE_SMTP_FROM"),
        ({"FROM": "nobody"}, 2, "'nobody'"),
        ({"TO": ""}, 3, "PAPER_ARCHIVE_SMTP_TO"),
        ({"TO": "a@example.org\nRCPT TO:<b@example.org>"}, 2, "not a mail address"),
        ({"TO": "ü@example.org"}, 2, "not a mail address"),
    ],
)
def test_malformed_settings_are_refused(
    desk: Desk, environment: dict[str, str], code: int, said: str
) -> None:
    good = {"HOST": "127.0.0.1", "PORT": "9", "FROM": ONE, "TO": TWO} | environment
    to = good.pop("TO")
    given = {f"PAPER_ARCHIVE_SMTP_{name}": value for name, value in good.items()}
    assert desk.digest("--send", to=to, **given) == code
    assert said in desk.err
    assert desk.states() == []


@pytest.mark.parametrize(
    "arguments",
    [[], ["--out", "x", "--send"], ["--out", "x", "--dry-run"], ["--send", "--tag", "grahps"]],
)
def test_wrong_usage(desk: Desk, arguments: list[str]) -> None:
    assert desk.digest(*arguments) == 2


def test_nothing_to_send(desk: Desk, tmp_path: Path, capsys: CAPSYS) -> None:
    assert desk.digest("--send", "--date", "2025-03-11") == 0
    assert "no papers for the day of 2025-03-11: nothing to send" in desk.err
    assert desk.digest("--send", "--tag", "unused") == 0
    assert "no papers for the newest day: nothing to send" in desk.err
    desk.content = write(tmp_path / "other", whole(daily(MONDAY, paper())))
    assert desk.digest("--send", period="week") == 0
    assert "no papers for the newest week that is over: nothing to send" in desk.err


def test_the_server_of_an_environment() -> None:
    def server(**settings: str) -> smtp.SmtpServer:
        return smtp.server({f"PAPER_ARCHIVE_SMTP_{name}": settings[name] for name in settings})

    assert server(HOST="h").security == "tls"
    assert (server(HOST="h").port, server(HOST="h", PORT="587").security) == (465, "starttls")
    assert PASSWORD not in repr(server(HOST="h", USER=USER, PASSWORD=PASSWORD))
    with pytest.raises(OutsideError):
        server()
    with pytest.raises(UsageError):
        server(HOST="h", PORT="70000")
