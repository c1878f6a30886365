from __future__ import annotations

import time

import pytest

from jupyter_envkernels.specs import check

from ..locks import CONDA_LOCK, LAB, PIXI, SHA256, TIDES, WHEEL, conda_entry


def line_of(text: str, words: str) -> int:
    return text[: text.rindex(words)].count("\n") + 1


@pytest.mark.parametrize(
    ("text", "second"),
    [
        (CONDA_LOCK + conda_entry("tides").replace("1.0", "1.1"), "- name: tides"),
        (CONDA_LOCK + conda_entry("tides").replace(LAB, f"{LAB}/label/dev"), "- name: tides"),
        (CONDA_LOCK + CONDA_LOCK[CONDA_LOCK.index("- name: demo") :].replace("2.0", "2.1"), "- name: demo"),
        (PIXI.replace(f"      - pypi: {WHEEL}\n", f"      - conda: {LAB}/noarch/Tides-2-0.conda\n"), "      - conda: "),
        (PIXI.replace("      - pypi: ./code\n", "      - pypi: https://x.org/Demo.zip\n"), "      - pypi: https://x"),
    ],
)
def test_two_packages_of_a_name(text: str, second: str) -> None:
    text += "- conda: https://conda.example.org/lab/noarch/Tides-2-0.conda\n" * text.startswith("version: 6")
    text += "- pypi: https://x.org/Demo.zip\n  name: Demo\n" * text.startswith("version: 6")
    checked = check(text)
    (error,) = [d for d in checked.diagnostics if d.severity == "error"]
    assert (error.code, error.line) == ("duplicate-package", line_of(text, second))
    assert "is already listed in line" in error.message
    assert not checked.ok


def test_every_wrong_entry_is_named() -> None:
    wrong = [conda_entry("a").replace(TIDES[:20], "../lab"), conda_entry("b").replace(SHA256, "x")]
    checked = check(CONDA_LOCK + "".join(wrong))
    lines = [d.line for d in checked.diagnostics if d.code == "invalid-lock-file"]
    end = CONDA_LOCK.count("\n") + 1
    assert lines == [end, end + wrong[0].count("\n")]


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
        HEAD + "&a [" * 300_000,
        HEAD + "- a\n " * 200_000,
        "version: 6\nenvironments:\n  x: [\n",
        "version: 6\nenvironments: x\n--- \na: b\n",
    ],
)
def test_hostile_text_is_answered_at_once(text: str) -> None:
    begun = time.process_time()
    checked = check(text)
    assert time.process_time() - begun < 5
    (error,) = checked.diagnostics
    assert error.code == "invalid-lock-file"
    assert len(error.message) < 400


def test_many_aliases_count_in_full() -> None:
    text = "version: 6\nenvironments:\n  a: &a [" + "x, " * 1000 + "]\n"
    for before, name in ("ab", "bc", "cd", "de"):
        text += f"  {name}: &{name} [{', '.join(['*' + before] * 9)}]\n"
    (error,) = check(text).diagnostics
    assert (error.code, error.line) == ("invalid-lock-file", 7)
    assert "1,000,000 entries" in error.message


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
    begun = time.process_time()
    assert check("version: 1\nmetadata:\n" + text).spec is None
    assert time.process_time() - begun < 5
