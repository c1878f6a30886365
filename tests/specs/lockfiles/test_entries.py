from __future__ import annotations

import pytest

from jupyter_envkernels.models import LockedPackage
from jupyter_envkernels.specs.lockfiles.entries import Entry, conda_package, pip_line
from jupyter_envkernels.specs.remarks import Unreadable
from jupyter_envkernels.specs.yaml_nodes import Scalar

from ..locks import HERE, LAB, MD5, SHA256, TIDES, WHEEL

COMMIT = "0123456789abcdef" * 2 + "01234567"
GIT = "git+https://git.example.org/a/code.git"


def of_pip(location: str, name: str = "demo", **hashes: str) -> Entry:
    return Entry(Scalar(7, 3, ""), True, name, location, hashes)


def of_conda(location: str, **hashes: str) -> Entry:
    return Entry(Scalar(7, 3, ""), False, "", location, hashes)


@pytest.mark.parametrize(
    ("location", "hashes", "line"),
    [
        (WHEEL, {"sha256": SHA256.upper(), "md5": MD5}, f"demo @ {WHEEL}#sha256={SHA256}"),
        (WHEEL, {"md5": MD5}, f"demo @ {WHEEL}#md5={MD5}"),
        (WHEEL, {}, f"demo @ {WHEEL}"),
        (f"{WHEEL}#sha256={SHA256}", {"sha256": SHA256}, f"demo @ {WHEEL}#sha256={SHA256}"),
        (f"direct+{WHEEL}", {}, f"demo @ {WHEEL}"),
        (f"{GIT}@{COMMIT}", {"sha256": COMMIT}, f"demo @ {GIT}@{COMMIT}"),
        (f"{GIT}?tag=v1#{COMMIT}", {}, f"demo @ {GIT}@{COMMIT}"),
        (f"{GIT}?rev=main&subdirectory=lib#{COMMIT}", {}, f"demo @ {GIT}@{COMMIT}#subdirectory=lib"),
        (f"{GIT}@{COMMIT}#subdirectory=lib", {}, f"demo @ {GIT}@{COMMIT}#subdirectory=lib"),
        ("file:///srv/our code", {}, "demo @ file:///srv/our%20code"),
        ("file://./code", {}, "./code"),
        ("/srv/our code", {}, "/srv/our code"),
        ("/srv/our x.whl", {"sha256": SHA256}, f"demo @ file:///srv/our%20x.whl#sha256={SHA256}"),
        ("../code", {}, "../code"),
        ("code", {}, "./code"),
    ],
)
def test_a_line_for_pip(location: str, hashes: dict[str, str], line: str) -> None:
    assert pip_line(of_pip(location, **hashes)) == line


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (of_pip(""), "demo from ''"),
        (of_pip("s3://bucket/demo.whl"), "demo from 's3://bucket/demo.whl'"),
        (of_pip("https://me:hunter2@host/a b.whl"), "demo from 'https://***@host/a b.whl'"),
        (of_pip(f"{WHEEL}\n-i https://other.example.org"), "demo from "),
        (of_pip("--index-url=x"), "demo from "),
        (of_pip("./code\n-r other"), "demo from "),
        (of_pip(WHEEL, name="demo\n-r"), "demo -r from "),
        (of_pip(WHEEL, name=""), "a package from "),
        (of_pip(WHEEL, sha256="abc"), "'abc' is not sha256, which has 64 hexadecimal digits"),
    ],
)
def test_what_pip_cannot_install(wrong: Entry, words: str) -> None:
    with pytest.raises(Unreadable) as refused:
        pip_line(wrong)
    error = refused.value.diagnostic
    assert (error.code, error.line, error.column) == ("invalid-lock-file", 7, 3)
    assert words in error.message


def test_a_conda_package() -> None:
    written = Entry(Scalar(7, 3, ""), False, "", TIDES, {"md5": MD5, "sha256": ""}, "12")
    assert conda_package(written) == LockedPackage(TIDES, MD5, "", 12)
    assert conda_package(of_conda(f"file:///srv/our lab/{HERE}/a-b-1-0.tar.bz2")) == LockedPackage(
        f"file:///srv/our%20lab/{HERE}/a-b-1-0.tar.bz2"
    )


@pytest.mark.parametrize(
    ("location", "hashes", "code"),
    [
        ("", {}, "invalid-lock-file"),
        ("../code", {}, "invalid-lock-file"),
        ("../lab/noarch/a-1-0.conda", {}, "invalid-lock-file"),
        ("code[0123abcd] @ ../code", {}, "invalid-lock-file"),
        (f"{LAB}/noarch/a.conda", {}, "invalid-lock-file"),
        (TIDES, {"md5": "x" * 32}, "invalid-lock-file"),
        (TIDES.replace("noarch", "win-32"), {}, "other-platform"),
    ],
)
def test_what_conda_cannot_install(location: str, hashes: dict[str, str], code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        conda_package(of_conda(location, **hashes))
    assert (refused.value.diagnostic.code, refused.value.diagnostic.line) == (code, 7)


def test_what_an_environment_holds_once() -> None:
    assert of_pip(WHEEL, "My.Demo").key == of_pip(GIT, "my_demo").key
    assert of_conda(f"{LAB}/noarch/A-b-1-0.conda").key == (False, "a-b")
