from __future__ import annotations

import pytest

from jupyter_envkernels.models import EnvSpec, LockedPackage
from jupyter_envkernels.specs import check

from ..locks import CONDA_LOCK, HERE, MD5, SHA256, TIDES, WHEEL, conda_entry


def test_conda_lock() -> None:
    checked = check(CONDA_LOCK)
    assert checked.ok
    assert checked.spec == EnvSpec(
        pip=(f"demo @ {WHEEL}#sha256={SHA256}",), locked=(LockedPackage(TIDES, MD5, SHA256),)
    )


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("  - url: https://conda.example.org/lab\n    used_env_vars: []\n", "  - lab\n"),
        ("dependencies: {python: ''}", "dependencies: {python: 3.12.1, __glibc: {at: [least]}}"),
        ("dependencies: {}", "dependencies:\n    certifi: 2024.2.2\n    numpy: '>=1.2'\n    six: '*'"),
        ("  dependencies: {python: ''}\n", "  constrains: {xz: '>=5'}\n"),
        ("  content_hash:\n", "  custom_metadata: {a: 1}\n  git_metadata: [3]\n  content_hash:\n"),
        ("  optional: false\n", "  source: {type: url, url: 3}\n"),
        (f"{{md5: {MD5}, ", "{md5: '', "),
        ("version: 1\n", ""),
    ],
)
def test_no_more_is_read_than_an_installation_needs(text: str, other: str) -> None:
    spec, usual = (check(each).spec for each in (CONDA_LOCK.replace(text, other), CONDA_LOCK))
    assert text in CONDA_LOCK
    assert spec is not None
    assert usual is not None
    assert [package.url for package in spec.locked] == [TIDES]
    assert spec.pip == usual.pip


def test_nothing_is_read_of_other_platforms() -> None:
    other = conda_entry("__win", platform="win-32").replace(MD5, "''").replace(TIDES, "file:///no/where/x.conda")
    broken = "- {manager: other, platform: win-32}\n- 3\n"
    assert check(CONDA_LOCK + other + broken).spec == check(CONDA_LOCK).spec


def test_virtual_packages_are_not_installed() -> None:
    assert check(CONDA_LOCK + conda_entry("__glibc")).spec == check(CONDA_LOCK).spec


def test_hashes_that_look_like_numbers() -> None:
    checked = check(CONDA_LOCK.replace(MD5, "1" * 32))
    assert checked.spec is not None
    assert checked.spec.locked[0].md5 == "1" * 32


def test_categories_that_conda_lock_would_not_install() -> None:
    added = [
        conda_entry("pytest", "category: dev"),
        conda_entry("sphinx", "category: docs").replace("optional: false", "optional: true"),
        conda_entry("furo", "category: 'docs'"),
        conda_entry("a", "category: docs", "win-32"),
        conda_entry("b", "categories: [docs, main]"),
        conda_entry("c", "categories:\n  - docs\n  - checks"),
        conda_entry("d", "category: main").replace("{python: ''}", "\n    category: docs\n    python: ''"),
        conda_entry("e", ""),
    ]
    checked = check(CONDA_LOCK + "".join(added))
    assert checked.ok
    assert checked.spec is not None
    kept = {package.url for package in checked.spec.locked}
    assert kept == {TIDES.replace("tides", name) for name in ("tides", "pytest", "b", "d", "e")}
    said = {d.code: d for d in checked.diagnostics}
    assert said.keys() == {"exact-packages", "categories-left-out"}
    assert "categories are not installed: checks (1), docs (3)." in said["categories-left-out"].message


def test_a_package_of_two_categories_is_one() -> None:
    again = conda_entry("tides", "category: dev")
    assert check(CONDA_LOCK + again).spec == check(CONDA_LOCK).spec
    assert check(CONDA_LOCK + again).ok
    assert not check(CONDA_LOCK + again.replace(SHA256, "1" * 64)).ok


def test_the_list_may_be_indented() -> None:
    indented = CONDA_LOCK[: CONDA_LOCK.index("- name: tides")] + "".join(
        f"  {line}\n" for line in (conda_entry("x", "category: docs") + conda_entry("y")).splitlines()
    )
    checked = check(indented)
    assert checked.spec is not None
    assert [package.url for package in checked.spec.locked] == [TIDES.replace("tides", "y")]


def test_nothing_is_left_to_install() -> None:
    checked = check(CONDA_LOCK.replace("category: main", "category: docs"))
    assert checked.spec is None
    assert [(d.code, d.severity) for d in checked.diagnostics] == [("empty", "error")]
    assert "docs (2)" in checked.diagnostics[0].message


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        (
            CONDA_LOCK.replace(f"m: {HERE}", "m: win-32"),
            "other-platform",
            "its platforms: win-32",
        ),
        (CONDA_LOCK.replace("manager: conda", "manager: npm"), "invalid-lock-file", "'npm'"),
        (CONDA_LOCK.replace("manager: conda", "manager: pip"), "empty", "no conda package"),
        (CONDA_LOCK.replace("version: 1", "version: 9"), "invalid-lock-file", "version 9; 1 to 3"),
    ],
)
def test_what_cannot_be_read(text: str, code: str, words: str) -> None:
    checked = check(text)
    assert checked.spec is None
    (error,) = checked.diagnostics
    assert (error.severity, error.code) == ("error", code)
    assert words in error.message
    assert error.remedy
