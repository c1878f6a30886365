from __future__ import annotations

import os
import time
from pathlib import Path

from jupyter_envkernels.envs.fingerprints import MISSING, SETTLE_NS, fingerprint, stamp_of


def test_stamps(tmp_path: Path) -> None:
    file = tmp_path / "file"
    now = time.time_ns()
    assert stamp_of(str(file), now) == MISSING
    file.touch()
    assert stamp_of(str(file), now) is None
    assert stamp_of(str(file), now + 2 * SETTLE_NS) == fingerprint(file.stat())


def test_a_time_stamp_of_the_future_is_not_trusted(tmp_path: Path) -> None:
    later = time.time() + 3600
    os.utime(tmp_path, (later, later))
    assert stamp_of(str(tmp_path), time.time_ns()) is None


def test_a_file_that_took_the_place_of_another_of_the_same_age(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for file in (first, second):
        file.touch()
        os.utime(file, (1, 1))
    assert fingerprint(first.stat()) != fingerprint(second.stat())
