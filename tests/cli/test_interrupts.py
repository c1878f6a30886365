"""An interrupt ends the program, wherever it is."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading

import pytest

from jupyter_envkernels.cli.interrupts import DOCUMENT, INTERRUPTED, leaving_at_once
from jupyter_envkernels.cli.output import print_failure
from jupyter_envkernels.errors import Cancelled

PRESSED_WHERE_PYTHON_FORGETS_IT = """
import os, signal, sys, time
from jupyter_envkernels.cli.interrupts import leaving_at_once

class Gone:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.01)

with leaving_at_once(as_json=len(sys.argv) > 1):
    Gone()
    print("it goes on")
"""


@pytest.mark.parametrize(("arguments", "out", "err"), [([], "", "Interrupted.\n"), (["--json"], DOCUMENT, "")])
def test_it_is_heeded_where_an_exception_would_be_forgotten(arguments: list[str], out: str, err: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PRESSED_WHERE_PYTHON_FORGETS_IT, *arguments], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (INTERRUPTED, out, err)


def test_the_document_is_that_of_any_failure(capsys: pytest.CaptureFixture[str]) -> None:
    print_failure(Cancelled("Interrupted."), as_json=True)
    assert capsys.readouterr().out == DOCUMENT


def test_afterwards_all_is_as_it_was() -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with leaving_at_once(as_json=False):
            assert signal.getsignal(signal.SIGINT) is not signal.default_int_handler
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # as a shell does for what runs in the background
        with leaving_at_once(as_json=False):
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_in_a_thread_nothing_is_changed() -> None:
    seen = []

    def look() -> None:
        with leaving_at_once(as_json=False):
            seen.append(signal.getsignal(signal.SIGINT))

    before = signal.getsignal(signal.SIGINT)
    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [before]
