"""Commands and options under the names they had before: scripts may still use them."""

from __future__ import annotations

import re

import pytest

from generator.cli import main
from tests.archives import ROOT

DIGEST = ["digest", "--period", "day", "--dry-run"]


@pytest.mark.parametrize(
    ("former", "now"),
    [
        (["queue", "--counted"], ["queue", "--no-model"]),
        ([*DIGEST, "--ledger", "x"], [*DIGEST, "--sent-log", "x"]),
        ([*DIGEST, "--uncertain", "ask"], [*DIGEST, "--if-unknown", "ask"]),
        ([*DIGEST, "--uncertain", "again"], [*DIGEST, "--if-unknown", "resend"]),
        ([*DIGEST, "--uncertain", "sent"], [*DIGEST, "--if-unknown", "skip"]),
    ],
)
def test_a_former_option_means_the_same_and_no_help_shows_it(
    former: list[str], now: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    parser = main.parser(now[0])
    assert parser.parse_args(former) == parser.parse_args(now)
    with pytest.raises(SystemExit):
        parser.parse_args([now[0], "--help"])
    shown = capsys.readouterr().out
    (gone,) = {word for word in former if word.startswith("--")} - set(now) or {"--uncertain"}
    assert gone not in shown


def test_a_former_option_refuses_what_it_never_took(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main.parser("digest").parse_args([*DIGEST, "--uncertain", "resend"])
    assert "ask, again, sent" in capsys.readouterr().err


def test_a_former_command_is_the_command_of_today(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main.main(["merge", "--help"])
    assert ended.value.code == 0
    assert "paper-archive merge-shards" in capsys.readouterr().out
    assert "merge" not in main.commands()


@pytest.mark.parametrize(
    ("former", "now"), [("merge", "merge-shards"), ("gather", "tags-from-issues")]
)
def test_a_former_target_of_make_leads_to_the_one_of_today(former: str, now: str) -> None:
    makefile = (ROOT / "Makefile").read_text()
    assert re.search(rf"^{former}: {now}$", makefile, re.MULTILINE)
