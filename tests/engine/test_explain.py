from __future__ import annotations

import pytest

from jupyter_envkernels import errors
from jupyter_envkernels.engine.explain import install_failure, missing_packages, unsatisfiable


def test_all_missing_names_with_the_nearest_there_are() -> None:
    text = missing_packages(["nump", "zzz"], ["numpy", "pandas"])
    assert text == "No channel has a package named nump. Did you mean numpy? No channel has a package named zzz."


def test_the_second_answer_is_preferred_and_said_once() -> None:
    text = unsatisfiable("first", "needs a\nneeds a\n└─ b * 1")
    assert text == "These packages cannot be installed together:\nneeds a\n└─ b 1"
    assert unsatisfiable("first", "") == "These packages cannot be installed together:\nfirst"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("failed to link: No space left on device (os error 28)", errors.DiskFull),
        ("failed to fetch numpy-2.0-0.conda", errors.DownloadFailed),
        ("hash mismatch when extracting URL to /x", errors.DownloadFailed),
        ("failed to create the prefix: Permission denied", errors.LinkFailed),
    ],
)
def test_kinds_of_install_failures(text: str, kind: type[errors.EnvKernelsError]) -> None:
    failure = install_failure(text)
    assert type(failure) is kind
    assert text in failure.message
