"""What a program that has failed said of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_envkernels.engine.traceback_summary import foreign_part, last_words

TRACE = ["Traceback (most recent call last):", '  File "<string>", line 1, in <module>']


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ([*TRACE, "ImportError: no way"], "ImportError: no way"),
        (
            [*TRACE, "ImportError: ", "", "IMPORTANT: read this", "and this", "", ""],
            "ImportError: IMPORTANT: read this",
        ),
        ([*TRACE, "zmq.error.ZMQError: first", "second", ""], "zmq.error.ZMQError: first"),
        ([*TRACE, "KeyboardInterrupt", ""], "KeyboardInterrupt"),
        (["ValueError: caught", *TRACE, "OSError: [Errno 2] x"], "OSError: [Errno 2] x"),
        (["first", " last: it fails ", "", ""], "last: it fails"),
        (["", ""], "exit code 3"),
        ([], "exit code 3"),
    ],
)
def test_the_reason(output: list[str], reason: str) -> None:
    assert last_words(output, 3) == reason


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/envs/lesson/lib/python3.12/site-packages/zmq.py", ""),
        ("/srv/mine/zmq.py", "/srv/mine/zmq.py is outside of the environment; an editable install"),
    ],
)
def test_files_of_others(path: str, words: str) -> None:
    output = [*TRACE, f'  File "{path}", line 3, in <module>', "ImportError: no way"]
    found = foreign_part(output, Path("/envs/lesson"))
    assert words in found
    assert bool(found) == bool(words)


def test_an_older_traceback_does_not_count() -> None:
    output = ["Traceback (most recent call last):", '  File "/x.py", line 3', "ValueError", *TRACE, "ImportError: no"]
    assert foreign_part(output, Path("/envs/lesson")) == ""
