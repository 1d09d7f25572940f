"""Inputs of importers, read from fixtures or from what a test gives."""

import json
from datetime import date
from io import BufferedReader, BytesIO

from generator.core.model import DailyList
from generator.sources import hf_api, hf_page, jsonl
from tests.archives import ROOT

FIXTURES = ROOT / "tests" / "fixtures" / "importers"
MARCH_11 = date(2025, 3, 11)


def stream(data: bytes | str) -> BufferedReader:
    return BufferedReader(BytesIO(data.encode() if isinstance(data, str) else data))


def fixture(name: str) -> BufferedReader:
    return stream((FIXTURES / name).read_bytes())


def page(day: date | None = MARCH_11, name: str = "page.txt") -> DailyList:
    (daily,) = hf_page.parse(fixture(name), name, day)
    return daily


def api(name: str, day: date | None = None) -> DailyList:
    (daily,) = hf_api.parse(fixture(name), name, day)
    return daily


def api_body(body: object, name: str = "2025-04-17.json", day: date | None = None) -> DailyList:
    (daily,) = hf_api.parse(stream(json.dumps(body)), name, day)
    return daily


def lines(*rows: object, day: date | None = None) -> tuple[DailyList, ...]:
    text = "\n".join(json.dumps(row) for row in rows)
    return jsonl.parse(stream(text), "papers.jsonl", day)
