from __future__ import annotations

import time

import pytest

from jupyter_envkernels.models import EnvSpec, LockedPackage
from jupyter_envkernels.specs import check
from jupyter_envkernels.specs.categories import required
from jupyter_envkernels.specs.platforms import current_platform

HERE = current_platform()
LAB = "https://conda.example.org/lab"
TIDES = f"{LAB}/noarch/tides-1.0-py_0.conda"
XZ = f"{LAB}/{HERE}/xz-5.4-h0_0.conda"
WHEEL = "https://pypi.example.org/demo-2.0-py3-none-any.whl"
MD5 = "0123456789abcdef" * 2
SHA256 = "0123456789abcdef" * 4

PIXI = f"""\
version: 6
environments:
  default:
    channels:
    - url: {LAB}/
    packages:
      {HERE}:
      - conda: {TIDES}
      - conda: {XZ}
      - pypi: {WHEEL}
      - pypi: ./code
packages:
- conda: {TIDES}
  sha256: {SHA256}
  md5: {MD5}
  depends: [python]
  size: 1234
- conda: {XZ}
  md5: {MD5}
- pypi: {WHEEL}
  name: demo
  version: '2.0'
  sha256: {SHA256}
- pypi: ./code
  name: code
  version: '0.1'
"""
CONDA_LOCK = f"""\
# generated
version: 1
metadata:
  content_hash:
    {HERE}: abc
  channels:
  - url: {LAB}
    used_env_vars: []
  platforms: [{HERE}]
  sources: [environment.yml]
package:
- name: tides
  version: '1.0'
  manager: conda
  platform: {HERE}
  dependencies: {{python: ''}}
  url: {TIDES}
  hash: {{md5: {MD5}, sha256: {SHA256}}}
  category: main
  optional: false
- name: demo
  version: '2.0'
  manager: pip
  platform: {HERE}
  dependencies: {{}}
  url: {WHEEL}
  hash: {{sha256: {SHA256}}}
  category: main
  optional: false
"""


def test_pixi() -> None:
    checked = check(PIXI)
    assert checked.ok
    assert checked.spec is not None
    assert set(checked.spec.locked) == {LockedPackage(TIDES, MD5, SHA256, 1234), LockedPackage(XZ, MD5)}
    assert set(checked.spec.pip) == {f"demo @ {WHEEL}#sha256={SHA256}", "./code"}
    assert not checked.spec.dependencies
    (said,) = checked.diagnostics
    assert (said.severity, said.code) == ("info", "exact-packages")
    assert "a lock file of 2 packages" in said.message


def test_conda_lock() -> None:
    checked = check(CONDA_LOCK)
    assert checked.ok
    assert checked.spec == EnvSpec(
        pip=(f"demo @ {WHEEL}#sha256={SHA256}",), locked=(LockedPackage(TIDES, MD5, SHA256),)
    )


def entry(name: str, category: str, platform: str = HERE) -> str:
    text = CONDA_LOCK[CONDA_LOCK.index("- name: tides") : CONDA_LOCK.index("- name: demo")]
    return text.replace("tides", name).replace("category: main", category).replace(f"m: {HERE}", f"m: {platform}")


def test_categories_that_conda_lock_would_not_install() -> None:
    added = [
        entry("pytest", "category: dev"),
        entry("sphinx", "category: docs").replace("optional: false", "optional: true"),
        entry("furo", "category: 'docs'"),
        entry("a", "category: docs", "win-32"),
        entry("b", "categories: [docs, main]"),
        entry("c", "categories:\n  - docs\n  - checks"),
        entry("d", "category: main").replace("{python: ''}", "\n    category: docs\n    python: ''"),
        entry("e", ""),
    ]
    checked = check(CONDA_LOCK + "".join(added))
    assert checked.ok
    assert checked.spec is not None
    kept = {package.url for package in checked.spec.locked}
    assert kept == {TIDES.replace("tides", name) for name in ("tides", "pytest", "b", "d", "e")}
    said = {d.code: d for d in checked.diagnostics}
    assert said.keys() == {"exact-packages", "categories-left-out"}
    assert "categories are not installed: checks (1), docs (3)." in said["categories-left-out"].message


def test_the_list_may_be_indented() -> None:
    indented = CONDA_LOCK[: CONDA_LOCK.index("- name: tides")] + "".join(
        f"  {line}\n" for line in (entry("x", "category: docs") + entry("y", "category: main")).splitlines()
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
        (PIXI.replace(HERE, "win-32"), "other-platform", f"no packages for {HERE}; its platforms: win-32"),
        (
            PIXI.replace("  default:", "  two: {channels: [], packages: {}}\n  lesson:"),
            "invalid-lock-file",
            "no default environment",
        ),
        (PIXI.replace("version: 6", "version: 99"), "invalid-lock-file", "version 99"),
        (
            PIXI.replace(f"- conda: {TIDES}\n  sha", f"- conda: {LAB}/noarch/a-1-0.conda\n  sha"),
            "invalid-lock-file",
            TIDES,
        ),
        ("version: 6\nenvironments:\n  default: {channels: [], packages: {}}\npackages: []\n", "other-platform", ""),
        ("version: 6\nenvironments:\n  x: [\n", "invalid-lock-file", ""),
    ],
)
def test_what_cannot_be_read(text: str, code: str, words: str) -> None:
    checked = check(text)
    assert checked.spec is None
    (error,) = checked.diagnostics
    assert (error.severity, error.code) == ("error", code)
    assert words in error.message
    assert error.remedy


def test_the_only_environment_is_the_default_one() -> None:
    assert check(PIXI.replace("default:", "lesson:")).ok


def test_a_large_one_takes_no_time() -> None:
    packages = "".join(f"- conda: {TIDES.replace('tides', f'p{n}')}\n  sha256: {SHA256}\n" for n in range(5000))
    begun = time.process_time()
    assert check(PIXI + packages).ok
    assert time.process_time() - begun < 1


HEAD = "version: 6\nenvironments:\n "


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "{a: " * 300_000,
        HEAD + "[? " * 300_000,
        HEAD + "{a: " * 199 + "{b: [c]}, " * 100_000,
        HEAD + '{a: "}", b: ' * 100_000,
        HEAD + "{a: [{a: '",
        HEAD + "[" * 100_000 + "]" * 100_000,
        HEAD + '"' + "x " * 400_000 + '"',
        HEAD + "- " * 400_000,
    ],
)
def test_hostile_text_is_answered_at_once(text: str) -> None:
    begun = time.process_time()
    checked = check(text)
    assert time.process_time() - begun < 2
    (error,) = checked.diagnostics
    assert error.code == "invalid-lock-file"
    assert len(error.message) < 400


def test_brackets_of_match_specs_and_extras_are_no_nesting() -> None:
    lines = "".join(f"  - p{n}[version='>=1,<2', build=\"h*\"]\n  - q[socks,x]\n  - r[]\n" for n in range(300))
    assert check(PIXI.replace("  size: 1234\n", f"  size: 1234\n  constrains:\n{lines}")).ok


@pytest.mark.parametrize(
    "text",
    [
        "package:\n- categories:\n" + "  - main\n" * 100_000,
        "package:\n" + "- " * 400_000,
        "package:\n" + "- name: x\n  category: docs\n" * 30_000,
        "package:\n" + " " * 800_000 + "\n- x\n",
    ],
)
def test_many_categories_are_no_work(text: str) -> None:
    begun = time.perf_counter()
    required(text, HERE)
    assert time.perf_counter() - begun < 2
