"""Archives of which the beginning is there."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from jupyter_envkernels.engine.fetch.partial_archives import (
    Part,
    RangeResponse,
    TooManyBytes,
    part_of,
    sweep_parts,
    tree_of,
)
from jupyter_envkernels.models import PlannedPackage

DAY = 86400


@pytest.mark.parametrize("ending", [".conda", ".tar.bz2"])
def test_its_name_is_the_hash_of_the_whole(tmp_path: Path, ending: str) -> None:
    package = PlannedPackage("demo", "1", "0", "c", "noarch", f"c/demo-1-0{ending}", "ab12", 9, cached=False, record="")
    assert part_of(tmp_path, package) == tmp_path / f"ab12{ending}"


def test_the_rest_is_appended(tmp_path: Path) -> None:
    with Part(tmp_path / "a" / "x.conda") as part:
        assert (part.size(), part.is_joined) == (0, False)
        RangeResponse(part, 12).write(b"first ")
        rest = RangeResponse(part, 12)
        rest.write(b"sec")
        rest.write(b"ond")
        assert part.is_joined
    assert (tmp_path / "a" / "x.conda").read_bytes() == b"first second"
    with Part(tmp_path / "a" / "x.conda") as part:
        assert part.is_joined, "who knows who wrote it"


def test_the_whole_in_place_of_the_rest_takes_the_place_of_all(tmp_path: Path) -> None:
    with Part(tmp_path / "x.conda") as part:
        RangeResponse(part, 10).write(b"PK one")
        whole = RangeResponse(part, 10)
        whole.write(b"PK")
        whole.write(b" one two")
        assert not part.is_joined
        assert part.head(99) == b"PK one two"


def test_an_answer_that_was_given_up_writes_no_more(tmp_path: Path) -> None:
    with Part(tmp_path / "x.conda") as part:
        answer = RangeResponse(part, 6)
        answer.write(b"one")
        answer.end()
        with pytest.raises(BrokenPipeError):
            answer.write(b"two")
        assert part.size() == 3


def test_no_more_is_written_than_the_archive_has(tmp_path: Path) -> None:
    with Part(tmp_path / "x.conda") as part:
        RangeResponse(part, 6).write(b"PK one")
        with pytest.raises(TooManyBytes):
            RangeResponse(part, 6).write(b"PK one two")
        assert part.size() == 0, "what came in place of the rest took the place of all"
        RangeResponse(part, 6).write(b"PK")
        with pytest.raises(TooManyBytes):
            RangeResponse(part, 6).write(b"12345")
        assert part.head(99) == b"PK"


def test_one_writes_at_a_time(tmp_path: Path) -> None:
    with Part(tmp_path / "x.conda") as part:
        with pytest.raises(BlockingIOError):
            Part(tmp_path / "x.conda")
        part.delete()
        assert part.is_gone()
    with Part(tmp_path / "x.conda") as part:
        assert not part.is_gone()


def test_what_nobody_goes_on_with_is_deleted(tmp_path: Path) -> None:
    for name, age in (
        ("old.conda", 8),
        ("new.conda", 6),
        ("old.tar.bz2", 8),
        ("busy.conda", 8),
        ("extracted.conda", 0),
    ):
        path = tmp_path / name
        path.write_bytes(b"PK")
        os.utime(path, (time.time() - age * DAY, time.time() - age * DAY))
    for name in ("extracted.conda", "busy.conda", "absent.conda"):
        tree_of(tmp_path / name).mkdir()
        (tree_of(tmp_path / name) / "file").touch()
    with Part(tmp_path / "busy.conda"):
        sweep_parts(tmp_path)
    there = sorted(path.name for path in tmp_path.iterdir())
    assert there == ["busy.conda", "busy.conda.tree", "extracted.conda", "new.conda"]
    sweep_parts(tmp_path / "nowhere")
