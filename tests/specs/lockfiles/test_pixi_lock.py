from __future__ import annotations

import pytest

from jupyter_envkernels.models import LockedPackage
from jupyter_envkernels.specs import check

from ..locks import HERE, LAB, MD5, PIXI, SHA256, TIDES, WHEEL, XZ

OLD = f"""\
version: 4
environments:
  default:
    channels: [{{url: {LAB}/}}]
    packages:
      {HERE}:
      - conda: {TIDES}
      - pypi: {WHEEL}
      - pypi: ./code
packages:
- kind: conda
  name: tides
  version: '1.0'
  subdir: noarch
  noarch: python
  url: {TIDES}
  sha256: {SHA256}
  size: 1234
- kind: pypi
  name: demo
  version: '2.0'
  url: {WHEEL}
  sha256: {SHA256}
- kind: pypi
  name: code
  version: '0.1'
  path: ./code
"""
NAMED = PIXI.replace("version: 6", f"version: 7\nplatforms:\n- name: gpu\n  subdir: {HERE}").replace(
    f"      {HERE}:", "      gpu:"
)


def test_pixi() -> None:
    checked = check(PIXI)
    assert checked.ok
    assert checked.spec is not None
    assert checked.spec.locked == (LockedPackage(TIDES, MD5, SHA256, 1234), LockedPackage(XZ, MD5))
    assert checked.spec.pip == (f"demo @ {WHEEL}#sha256={SHA256}", "./code")
    assert not checked.spec.dependencies
    (said,) = checked.diagnostics
    assert (said.severity, said.code) == ("info", "exact-packages")
    assert "a lock file of 2 packages" in said.message


def test_older_and_newer_versions() -> None:
    old, usual, named = (check(text).spec for text in (OLD, PIXI, NAMED))
    assert old is not None
    assert usual is not None
    assert old.locked == (LockedPackage(TIDES, "", SHA256, 1234),)
    assert old.pip == usual.pip
    assert named == usual


def test_no_more_is_read_than_an_installation_needs() -> None:
    text = PIXI.replace("depends: [python]", "depends: {python: 3}").replace(f"- url: {LAB}/", "- 3")
    added = "- conda: other\n  sha256: x\n- 3\n"
    assert check(text + added).spec == check(PIXI).spec


def test_the_only_environment_is_the_default_one() -> None:
    assert check(PIXI.replace("default:", "lesson:")).ok


def test_packages_in_a_folder() -> None:
    """pixi writes the path where the URL begins with ``file://``."""
    checked = check(PIXI.replace(LAB + "/noarch", "/srv/our lab/noarch"))
    assert checked.spec is not None
    assert checked.spec.locked[0].url == "file:///srv/our%20lab/noarch/tides-1.0-py_0.conda"


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        (PIXI.replace(HERE, "win-32"), "other-platform", f"no packages for {HERE}; its platforms: win-32"),
        (
            PIXI.replace("  default:", "  two: {channels: [], packages: {}}\n  lesson:"),
            "invalid-lock-file",
            "no default environment",
        ),
        (PIXI.replace("version: 6", "version: 99"), "invalid-lock-file", "version 99; 4 to 7"),
        (
            PIXI.replace(f"- conda: {TIDES}\n  sha", f"- conda: {LAB}/noarch/a-1-0.conda\n  sha"),
            "invalid-lock-file",
            TIDES,
        ),
        ("version: 6\nenvironments:\n  default: {channels: [], packages: {}}\npackages: []\n", "other-platform", ""),
    ],
)
def test_what_cannot_be_read(text: str, code: str, words: str) -> None:
    checked = check(text)
    assert checked.spec is None
    (error,) = checked.diagnostics
    assert (error.severity, error.code) == ("error", code)
    assert words in error.message
    assert error.remedy
