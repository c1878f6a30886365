"""Revisions, with the numbers and the packages that conda finds in the same file."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_envkernels.envs.history import read_history, requested_specs
from jupyter_envkernels.models import Revision

Read = Callable[[str | bytes], tuple[Revision, ...]]

FULL_THEN_CHANGES = """\
==> 2016-02-16 13:31:33 <==
# cmd: /opt/conda/bin/conda update conda
python-2.7.11-0
zlib-1.2.8-0
==> 2016-02-16 13:31:41 <==
# cmd: /opt/conda/bin/conda update conda
# conda version: 4.5.1
-python-2.7.11-0
+defaults/linux-64::python-2.7.12-0
+defaults/linux-64::xz-5.2-0
# update specs: ['python', 'xz']
==> 2016-02-17 08:00:00 <==
# cmd: /opt/conda/bin/conda remove xz
-defaults/linux-64::xz-5.2-0
# remove specs: ['xz']
"""


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Writes a history and reads it."""

    def write(content: str | bytes) -> tuple[Revision, ...]:
        file = tmp_path / "conda-meta" / "history"
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_history(tmp_path)

    return write


def entry(*lines: str) -> str:
    return "\n".join(["==> 2026-01-01 00:00:00 <==", "# cmd: conda", *lines, ""])


def test_full_states_and_changes(read: Read) -> None:
    first, second, third = read(FULL_THEN_CHANGES)
    assert [revision.number for revision in (first, second, third)] == [0, 1, 2]
    assert first.packages == {"python-2.7.11-0", "zlib-1.2.8-0"}
    assert first.added == ("python-2.7.11-0", "zlib-1.2.8-0")
    assert second.packages == {"zlib-1.2.8-0", "defaults/linux-64::python-2.7.12-0", "defaults/linux-64::xz-5.2-0"}
    assert second.added == ("defaults/linux-64::python-2.7.12-0", "defaults/linux-64::xz-5.2-0")
    assert second.removed == ("python-2.7.11-0",)
    assert second.specs == ("python", "xz")
    assert third.packages == {"zlib-1.2.8-0", "defaults/linux-64::python-2.7.12-0"}
    assert (third.specs, third.remove_specs) == ((), ("xz",))
    assert third.command == "/opt/conda/bin/conda remove xz"


def test_a_later_full_state_takes_the_place_of_all(read: Read) -> None:
    revisions = read(entry("+a-1-0", "+b-1-0") + entry("b-1-0", "c-1-0"))
    assert revisions[1].packages == {"b-1-0", "c-1-0"}
    assert (revisions[1].added, revisions[1].removed) == (("c-1-0",), ("a-1-0",))


def test_an_entry_without_packages_is_an_empty_state_as_for_conda(read: Read) -> None:
    revisions = read(entry("+a-1-0") + entry("# update specs: ['a']") + entry("+a-1-0"))
    assert [sorted(revision.packages) for revision in revisions] == [["a-1-0"], [], ["a-1-0"]]


def test_among_changes_other_lines_are_nothing(read: Read) -> None:
    revisions = read(entry("a-1-0") + entry("+b-1-0", "odd"))
    assert revisions[1].packages == {"a-1-0", "b-1-0"}


def test_what_is_removed_and_added_at_once_is_there(read: Read) -> None:
    assert read(entry("+a-1-0") + entry("+a-1-0", "-a-1-0"))[1].packages == {"a-1-0"}


def test_time_is_local_time(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert read(entry())[0].time == 1767193200.0  # 2025-12-31 15:00 UTC
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01 00:00:00", "2026-01-01", "9999-12-31 23:59:59"])
def test_a_time_that_is_none(read: Read, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        (revision,) = read(f"==> {text} <==\n+a-1-0\n")
    finally:
        monkeypatch.undo()
        time.tzset()
    assert revision.time is None
    assert revision.packages == {"a-1-0"}


def test_comments_in_the_middle_and_odd_spaces(read: Read) -> None:
    (revision,) = read("  ==>2026-01-01 00:00:00<==  trailing\r\n\r\n\t+a-1-0 \r\n#cmd:  mamba   install a\r\n")
    assert revision.packages == {"a-1-0"}
    assert revision.command == "mamba   install a"


@pytest.mark.parametrize("content", ["", "\n", "# cmd: x\n+a-1-0\n", "nonsense", b"\xff\xfe\x00", b"\x00" * 4096])
def test_no_entry_no_revision(read: Read, content: str | bytes) -> None:
    assert read(content) == ()


def test_what_comes_before_the_first_entry_is_left_out(read: Read) -> None:
    (revision,) = read("# cmd: early\n+early-1-0\n" + entry("+a-1-0"))
    assert revision.packages == {"a-1-0"}
    assert revision.command == "conda"


def test_what_is_not_text_is_replaced(read: Read) -> None:
    (revision,) = read(entry("+a-1-0").encode() + b"# update specs: ['caf\xe9']\n")
    assert revision.packages == {"a-1-0"}
    assert revision.specs == ("caf\ufffd",)


def test_a_file_that_is_cut_gives_what_is_there(read: Read) -> None:
    for length in range(len(FULL_THEN_CHANGES)):
        revisions = read(FULL_THEN_CHANGES[:length])
        assert [revision.number for revision in revisions] == list(range(FULL_THEN_CHANGES[:length].count("<==")))


def test_bytes_at_random_raise_nothing(read: Read) -> None:
    chance = random.Random(4)
    words = [b"==> ", b" <==", b"\n", b"# update specs: [", b"'", b"#", b"+a-1-0", b"\xff", b"specs:", b"(" * 300, b"@"]
    for _ in range(200):
        revisions = read(b"".join(chance.choices(words, k=40)))
        assert [revision.number for revision in revisions] == list(range(len(revisions)))


@pytest.mark.parametrize("make", ["nothing", "folder", "pipe", "huge"])
def test_where_no_history_can_be_read(tmp_path: Path, make: str) -> None:

    file = tmp_path / "conda-meta" / "history"
    file.parent.mkdir()
    if make == "folder":
        file.mkdir()
    elif make == "pipe":
        os.mkfifo(file)
    elif make == "huge":
        file.write_text(entry("+a-1-0"))
        os.truncate(file, 1 << 40)
    assert read_history(tmp_path) == ()


def test_no_credentials(read: Read) -> None:
    secret = "https://me:hunter2@host/t/hunter3/lab"
    revisions = read(
        entry(f"# cmd: conda install -c {secret} xz", f"+{secret}/noarch::xz-1-0", f"# update specs: ['{secret}::xz']")
    )
    assert "hunter" not in repr(revisions)
    assert revisions[0].packages == {"https://host/lab/noarch::xz-1-0"}


@pytest.mark.parametrize(
    ("line", "specs"),
    [
        ("# update specs: ['python=3.12', \"numpy[version='>=2,<3']\"]", ("python=3.12", "numpy[version='>=2,<3']")),
        ('# create specs: ["python", "xz"]', ("python", "xz")),
        ("# install specs: python>=3.5.1,jupyter >=1.0,<2.0,0ad", ("python>=3.5.1", "jupyter >=1.0,<2.0", "0ad")),
        ("# install specs: >=1,xz", (">=1", "xz")),
        ("# update specs: ['mkl@', 'xz', '']", ("xz",)),
        ("# update specs: []", ()),
        ("# update specs:", ()),
        ("# update specs: [broken", ()),
        ("# update specs: numpy[version=2]", ()),
        ("# update specs: [f()]", ()),
        ("# update specs: [1, 'xz']", ("1", "xz")),
        (f"# update specs: {'[' * 5000}", ()),
        ("# unknown specs: ['xz']", ()),
    ],
)
def test_specs_of_a_line(read: Read, line: str, specs: tuple[str, ...]) -> None:
    assert read(entry(line))[0].specs == specs


def test_of_two_lines_of_one_sort_the_later_counts(read: Read) -> None:
    (revision,) = read(entry("# update specs: ['a']", "# install specs: ['b']", "# update specs: []"))
    assert revision.specs == ("b",)


def test_requested_up_to_a_revision(read: Read) -> None:
    revisions = read(
        entry("# update specs: ['python=3.11', 'Numpy', 'xz']")
        + entry("# update specs: ['lab::numpy >=2', 'python=3.12']", "# neutered specs: ['python']")
        + entry("# remove specs: ['xz', 'never']", "# update specs: ['zlib']")
        + "==> 2026-01-01 00:00:00 <==\n# update specs: ['nobody']\n"
    )
    assert requested_specs(revisions[:1]) == {"python": "python=3.11", "numpy": "Numpy", "xz": "xz"}
    assert requested_specs(revisions) == {"python": "python", "numpy": "lab::numpy >=2", "zlib": "zlib"}
    assert revisions[1].neutered_specs == ("python",)
    assert requested_specs(()) == {}
