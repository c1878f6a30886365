"""Facts as words."""

from __future__ import annotations

import pytest

from jupyter_envkernels.cli import texts
from jupyter_envkernels.models import Progress


@pytest.mark.parametrize(("seconds", "words"), [(0.4, "0:00"), (59.6, "1:00"), (67, "1:07"), (3723, "1:02:03")])
def test_duration(seconds: float, words: str) -> None:
    assert texts.duration(seconds) == words


def test_moment_and_day() -> None:
    assert texts.moment(1_800_000_000.0).startswith("2027-01-15 ")
    assert texts.day(1_800_000_000.0) == "2027-01-15"


def test_amount_and_rate() -> None:
    assert texts.amount(Progress(12_300_000, 40_200_000, "bytes")) == "12.3 MB of 40.2 MB"
    assert texts.amount(Progress(12_300_000, None, "bytes")) == "12.3 MB"
    assert texts.amount(Progress(3, 17, "packages")) == "3 of 17 packages"
    assert texts.amount(Progress(3, None, "packages")) == "3 packages"
    assert texts.amount(Progress(300, 14000, "files")) == "300 of 14000 files"
    assert texts.rate("bytes", 3_200_000) == "3.2 MB/s"
    assert texts.rate("packages", 4.2) == "4 packages/s"
    assert texts.rate("files", 41000.2) == "41000 files/s"
    assert texts.rate("bytes", None) == ""


def test_printable_text_moves_nothing_and_hides_nothing() -> None:
    assert texts.printable("plain, é and 環境") == "plain, é and 環境"
    assert texts.printable("\x1b[31m\n\u202e\udce9") == r"\x1b[31m\n\u202e\udce9"


def test_width_is_in_columns() -> None:
    assert texts.width_of("abc") == 3
    assert texts.width_of("環境") == 4
    assert texts.width_of("e\u0301") == 1


def test_wrapped() -> None:
    assert texts.wrapped("the quick brown fox", 10) == ["the quick", "brown fox"]
    assert texts.wrapped("an incomprehensible word", 8) == ["an", "incompre", "hensible", "word"]
    assert texts.wrapped("環境環境", 4) == ["環境", "環境"]
    assert texts.wrapped("", 4) == [""]
