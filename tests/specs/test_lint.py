from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_envkernels.models import Diagnostic
from jupyter_envkernels.specs import check, pip_name

LAB = Path(__file__).parent / "good" / "lab.yml"


def remarks(text: str) -> list[Diagnostic]:
    return list(check(text).diagnostics)


def codes(text: str) -> list[str]:
    return [d.code for d in remarks(text)]


def test_all_that_can_be_said_of_one_spec() -> None:
    assert [(d.line, d.column, d.severity, d.code) for d in check(LAB.read_bytes()).diagnostics] == [
        (1, 7, "warning", "invalid-name"),
        (2, 1, "warning", "unknown-key"),
        (4, 5, "warning", "credentials-in-url"),
        (5, 5, "info", "terms-of-service"),
        (7, 5, "info", "duplicate-channel"),
        (9, 5, "info", "unpinned-python"),
        (9, 5, "info", "kernel-added"),
        (10, 5, "warning", "dropped-extra"),
        (12, 5, "warning", "duplicate-package"),
        (14, 5, "info", "superfluous-wildcard"),
        (15, 5, "warning", "empty-version"),
        (16, 5, "warning", "single-colon"),
        (17, 5, "warning", "platform-selector"),
        (18, 5, "warning", "unknown-section"),
        (19, 5, "info", "pip-added"),
        (19, 10, "warning", "pip-not-a-list"),
        (20, 5, "warning", "several-pip-sections"),
        (21, 9, "warning", "pip-and-conda"),
        (23, 3, "warning", "no-value"),
        (24, 9, "info", "prefix-ignored"),
    ]


def test_each_remark_is_a_sentence_with_a_remedy() -> None:
    for diagnostic in check(LAB.read_bytes()).diagnostics:
        assert diagnostic.message.endswith("."), diagnostic
        assert diagnostic.remedy.endswith((".", "?")), diagnostic


def test_comparisons_the_wrong_way_round() -> None:
    checked = check("dependencies:\n  - python=>3.11  # or newer\n  - 'numpy =< 2'\n")
    assert checked.spec is not None
    assert checked.spec.dependencies == ("python>=3.11", "numpy <2")
    found = [d for d in checked.diagnostics if d.code == "reversed-comparison"]
    assert [(d.severity, d.line, d.remedy) for d in found] == [
        ("warning", 2, "Write 'python>=3.11'."),
        ("warning", 3, "Write 'numpy <2'."),
    ]
    assert [edit.after for d in found if d.fix for edit in d.fix.edits] == [
        "  - python>=3.11  # or newer",
        "  - 'numpy <2'",
    ]


def test_credentials_are_in_no_message() -> None:
    text = """
channels:
  - https://kim:secret@conda.example.org/lab
  - https://kim:secret@conda.example.org/lab
  - https://conda.example.org/t/secret/lab
dependencies:
  - https://kim:secret@conda.example.org/lab::tides ~
  - https://kim:secret@conda.example.org/lab::tides[all]
  - pip:
      - --index-url https://secret@pypi.example.org/simple
secret: https://kim:secret@conda.example.org/
"""
    found = remarks(text)
    assert [d.line for d in found if d.code == "credentials-in-url"] == [3, 4, 5, 8, 10]
    assert "invalid-match-spec" in [d.code for d in found]
    assert all("secret" not in d.message + d.remedy for d in found if d.line != 11)


@pytest.mark.parametrize("url", ["git+ssh://git@git.example.org/x.git", "https://${USER}:${TOKEN}@conda.example.org/x"])
def test_what_is_no_secret_is_not_taken_for_one(url: str) -> None:
    assert "credentials-in-url" not in codes(f"dependencies: [pip, xz, pip: ['{url}']]")


@pytest.mark.parametrize("name", ["../home", "a/b", "python 3.10", "a:b", "base", "root", ".hidden", "-x"])
def test_names_that_cannot_be(name: str) -> None:
    checked = check(f"name: '{name}'\ndependencies: [xz]")
    assert [(d.severity, d.code) for d in checked.diagnostics] == [("warning", "invalid-name")]
    assert checked.ok, "another name can be given when the environment is created"


@pytest.mark.parametrize("name", ["env", "env1", "test", "my-env", "environment", "tmp2", "Test0"])
def test_names_that_say_nothing(name: str) -> None:
    assert codes(f"name: {name}\ndependencies: [xz]") == ["vague-name"]


@pytest.mark.parametrize("name", ["ocean-2025", "testing-harness", "py3.12", "environmental-data"])
def test_names_that_say_something(name: str) -> None:
    assert codes(f"name: {name}\ndependencies: [xz]") == []


def test_duplicates_in_the_same_words_cost_nothing() -> None:
    (duplicate,) = remarks("dependencies:\n - xz=5\n - XZ=5\n - xz=5\n")[1:]
    assert (duplicate.severity, duplicate.code, duplicate.line) == ("info", "duplicate-package", 4)


def test_duplicates_that_differ_are_a_warning() -> None:
    (duplicate,) = remarks("dependencies:\n - xz=5\n - xz<6\n")
    assert duplicate.severity == "warning"
    assert duplicate.message == "xz is listed already in line 2, as 'xz=5'; both lines must be satisfied."


def test_python_without_a_kernel() -> None:
    assert codes("dependencies: [python=3.12]") == ["kernel-added"]
    assert codes("dependencies: [python=3.12, pip, pip: [ipykernel]]") == []
    assert codes("dependencies: [r-base]") == []


def test_the_administrators_kernel_packages_are_named() -> None:
    (added,) = check("dependencies: [python=3.12]", kernel_packages=("xeus-python",)).diagnostics
    assert added.message == "xeus-python will be added so that Jupyter can use this environment."


@pytest.mark.parametrize("python", ["python", "python=*", "Python"])
def test_unpinned_python(python: str) -> None:
    assert codes(f"dependencies: ['{python}', ipykernel]") == ["unpinned-python"]


def test_builds_are_counted_once() -> None:
    (builds,) = remarks("dependencies: [xz=5=h0, zlib=1=h1, bzip2, libblas=*=*openblas]")
    assert builds.message.startswith("2 of 4 packages are pinned to a build such as 'h0'")


def test_pip_and_conda_know_a_package_by_one_name() -> None:
    assert "pip-and-conda" in codes("dependencies: [pip, importlib_metadata, pip: [Importlib-Metadata==8]]")
    assert codes("dependencies: [pip, pip: [pip==25]]") == []


@pytest.mark.parametrize("comment", ["# [win]", "# [osx and arm64]", "#[linux]", "# [not win]"])
def test_platform_selectors_are_comments(comment: str) -> None:
    assert codes(f"dependencies:\n  - xz  {comment}\n") == ["platform-selector"]


def test_other_comments_are_nobodys_business() -> None:
    assert codes("dependencies:\n  - xz  # [see the manual]\n") == []


@pytest.mark.parametrize(("prefix", "system"), [(r"C:\envs\x", "Windows"), ("/Users/kim/x", "macOS")])
def test_an_export_of_another_system(prefix: str, system: str) -> None:
    (ignored,) = remarks(f"dependencies: [xz]\nprefix: {prefix}")
    assert f"The export comes from {system};" in ignored.message


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("NumPy", "numpy"),
        ("dask[complete]>=2", "dask"),
        ("a @ https://pypi.example.org/a.whl", "a"),
        ("-e .", ""),
        ("git+https://git.example.org/a.git", ""),
        ("./local", ""),
        ("", ""),
    ],
)
def test_pip_name(line: str, name: str) -> None:
    assert pip_name(line) == name


def test_a_build_that_may_be_a_package() -> None:
    checked = check("dependencies:\n  - numpy>=1 scipy\n  - _mutex 0.1 conda_forge\n  - blas 1 *mkl\n  - xz=1=mkl\n")
    said = {(d.severity, d.code, d.line) for d in checked.diagnostics}
    assert said == {("warning", "several-packages", 2), ("info", "build-string", 3)}
