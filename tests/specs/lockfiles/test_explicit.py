from __future__ import annotations

import time

import pytest

from jupyter_envkernels.models import EnvSpec, LockedPackage
from jupyter_envkernels.specs import check
from jupyter_envkernels.specs.platforms import current_platform

HERE = current_platform()
URL = "https://conda.example.org/lab/noarch/tides-1.0-py_0.conda"
MD5 = "0123456789abcdef" * 2
SHA256 = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("line", "package"),
    [
        (URL, LockedPackage(URL)),
        (f"{URL}#{MD5}", LockedPackage(URL, md5=MD5)),
        (f"{URL}#sha256:{SHA256}", LockedPackage(URL, sha256=SHA256)),
        (f"{URL}#{SHA256}", LockedPackage(URL, sha256=SHA256)),
        (f"  {URL}  ", LockedPackage(URL)),
        ("file:///srv/lab/noarch/a-b-1!2.0-h_0.tar.bz2", LockedPackage("file:///srv/lab/noarch/a-b-1!2.0-h_0.tar.bz2")),
    ],
)
def test_one_package(line: str, package: LockedPackage) -> None:
    checked = check(f"# platform: {HERE}\n@EXPLICIT\n\n# a comment\n{line}\n")
    assert checked.ok
    assert checked.spec == EnvSpec(locked=(package,))
    assert [(d.severity, d.code, d.line) for d in checked.diagnostics] == [("info", "exact-packages", 2)]
    assert "an @EXPLICIT list of 1 package:" in checked.diagnostics[0].message


@pytest.mark.parametrize(
    "line",
    [
        "numpy=1.26",
        f"{URL}#abc",
        f"{URL}#md5:{MD5}",
        "https://conda.example.org/lab/noarch/tides-1.0.conda",
        "https://conda.example.org/lab/noarch/tides-1.0-0.whl",
        "./tides-1.0-0.conda",
        "https://conda.example.org/" + "/" * 9000,
    ],
)
def test_what_is_no_package(line: str) -> None:
    checked = check(f"@EXPLICIT\n{URL}\n{line}\n")
    assert not checked.ok
    assert checked.spec == EnvSpec(locked=(LockedPackage(URL),))
    (error,) = [d for d in checked.diagnostics if d.severity == "error"]
    assert (error.code, error.line, error.column) == ("invalid-package-url", 3, 1)


def test_a_package_twice() -> None:
    other = URL.replace("tides-1.0", "Tides-2.0")
    (error,) = [d for d in check(f"@EXPLICIT\n{URL}\n{other}\n").diagnostics if d.severity == "error"]
    assert (error.code, error.line) == ("duplicate-package", 3)
    assert "line 2" in error.message


def test_another_platform() -> None:
    there = "osx-arm64" if HERE != "osx-arm64" else "linux-64"
    checked = check(f"@EXPLICIT\n{URL.replace('noarch', HERE)}\n{URL.replace('noarch', there).replace('tides', 'x')}\n")
    (error,) = [d for d in checked.diagnostics if d.severity == "error"]
    assert (error.code, error.line) == ("other-platform", 3)
    assert error.message == f"The package is for {there}, and this machine is {HERE}."


def test_credentials_are_told_and_not_shown() -> None:
    checked = check(f"@EXPLICIT\n{URL.replace('//', '//me:hunter2@')}\n")
    assert checked.ok
    assert {d.code for d in checked.diagnostics} == {"credentials-in-url", "exact-packages"}
    assert "hunter2" not in "".join(d.message + d.remedy for d in checked.diagnostics)


def test_an_empty_list() -> None:
    checked = check("@EXPLICIT\n# nothing\n")
    assert checked.spec is None
    assert [d.code for d in checked.diagnostics] == ["empty"]


def test_many_lines_and_long_ones_take_no_time() -> None:
    text = "@EXPLICIT\n" + "".join(f"{URL.replace('tides', f'p{n}')}#{MD5}\n" for n in range(2000)) + "/-" * 1_000_000
    begun = time.process_time()
    checked = check(text)
    assert time.process_time() - begun < 1
    assert checked.spec is not None
    assert len(checked.spec.locked) == 2000


@pytest.mark.parametrize("head", ["", "# made by hand\n", "@explicit\n"])
def test_without_the_mark(head: str) -> None:
    checked = check(f"{head}{URL}\n")
    assert checked.ok
    assert checked.spec == EnvSpec(locked=(LockedPackage(URL),))
