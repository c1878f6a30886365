from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_envkernels.models import EnvSpec
from jupyter_envkernels.specs import check, write
from jupyter_envkernels.specs.environment_yml import parse

HERE = Path(__file__).parent

GOOD = {
    "minimal.yml": EnvSpec(dependencies=("python=3.12", "ipykernel")),
    "course.yml": EnvSpec(
        name="ocean-2025",
        channels=("conda-forge", "nodefaults"),
        dependencies=("python=3.12", "ipykernel", "xarray>=2024.1,<2026", "pip"),
        pip=(
            "-r requirements.txt",
            "-e .",
            "--extra-index-url https://pypi.example.org/simple",
            "erddapy[all]~=2.2",
            "git+https://git.example.org/tides.git@v1",
        ),
        variables={"OMP_NUM_THREADS": "2", "DATA_DIR": "${CONDA_PREFIX}/share/ocean"},
    ),
    "forms.yml": EnvSpec(
        name="forms",
        channels=("conda-forge", "https://conda.example.org/lab"),
        dependencies=(
            "Python 3.12.*",
            "ipykernel 6",
            "numpy=1.26.4=py312h_0",
            "scipy >= 1.11, < 2",
            "conda-forge::zlib",
            "conda-forge/linux-64::readline",
            "https://conda.example.org/lab::tides",
            "pandas[version='>=2,<3', build=py*]",
            "libblas=*=*openblas",
            "r-base =4.3",
            "openssl!=3.0.0",
        ),
    ),
    "export.yml": EnvSpec(
        name="harbour",
        channels=("conda-forge",),
        dependencies=(
            "_libgcc_mutex=0.1=conda_forge",
            "ipykernel=6.29.5=pyh3099207_0",
            "python=3.12.1=hab00c5b_1_cpython",
        ),
    ),
    "anchors.yml": EnvSpec(name="anchors", dependencies=("python=3.12", "python=3.12", "ipykernel")),
    "flow.yml": EnvSpec(
        name="flow", channels=("conda-forge",), dependencies=("python=3.12", "ipykernel"), pip=("tides",)
    ),
    "variables-only.yml": EnvSpec(name="variables-only", variables={"LEVEL": "007", "RATIO": "1.10", "FLAG": "true"}),
    "lab.yml": EnvSpec(
        name="test env",
        channels=("https://kim:secret@conda.example.org/lab", "defaults", "conda-forge", "conda-forge"),
        dependencies=(
            "python",
            "dask",
            "numpy=1.26",
            "numpy<2",
            "scipy=1.*",
            "pandas>=2",
            "tides",
            "python:3.12",
            "pywin32",
        ),
        pip=("tides-data", "NumPy"),
    ),
}

BAD = {
    "alias.yml": (2, 5, "unknown-alias", "no finished part before it is marked &python"),
    "channels-word.yml": (1, 11, "wrong-type", "'channels' is text and not a list."),
    "colon.yml": (1, 1, "missing-space", "There is no space after the colon"),
    "comments-only.yml": (1, 1, "empty", "The spec is empty."),
    "conda-lock.yml": (1, 1, "other-platform", "its platforms: none"),
    "conflict.yml": (3, 1, "merge-conflict", "A git merge left its conflict markers here."),
    "dash.yml": (4, 3, "missing-space", "There is no space after the dash"),
    "dependencies-in-channels.yml": (3, 5, "wrong-type", "A channel is a word, and this is a mapping."),
    "dependencies-mapping.yml": (2, 3, "wrong-type", "'dependencies' is a mapping and not a list."),
    "duplicate-key.yml": (5, 1, "duplicate-key", "is already used in line 1"),
    "glob.yml": (2, 5, "invalid-match-spec", "There is no '*' in the name of a package."),
    "indentation.yml": (4, 3, "yaml-syntax", "the indentation is not that of the lines above"),
    "indented-further.yml": (2, 5, "invalid-match-spec", "Two entries run together"),
    "list-as-key.yml": (1, 3, "yaml-syntax", "There is a list where a key is expected."),
    "list.yml": (1, 1, "not-a-mapping", "The spec is a list and not a mapping"),
    "merge-key.yml": (4, 1, "merge-key", "Merge keys, '<<:', are not supported."),
    "name-list.yml": (1, 7, "wrong-type", "'name' is a list."),
    "nested-list.yml": (2, 5, "wrong-type", "A dependency is a word, and this is a list."),
    "no-dependencies.yml": (1, 1, "no-dependencies", "The key 'dependencies' is missing."),
    "number.yml": (3, 5, "wrong-type", "A dependency is a word, and this is a number."),
    "page.html": (1, 1, "other-format", "This is a web page"),
    "pip-line.yml": (2, 5, "invalid-match-spec", "This is a requirement of pip."),
    "pip-mapping.yml": (4, 9, "wrong-type", "A line for pip is text, and this is a mapping."),
    "pip-option.yml": (2, 5, "invalid-match-spec", "This is an option of pip, not a package."),
    "pixi.lock": (1, 1, "other-platform", "its platforms: none"),
    "pyproject.toml": (1, 1, "other-format", "This is a TOML file"),
    "quote.yml": (1, 7, "yaml-syntax", "a quote is not closed"),
    "recipe.yaml": (1, 1, "other-format", "This is a conda recipe (meta.yaml)"),
    "rich-text.rtf": (1, 1, "other-format", "This is a rich text document"),
    "run-together.yml": (2, 5, "invalid-match-spec", "Two entries run together"),
    "several-names.yml": (2, 5, "invalid-match-spec", "There are several names in one entry."),
    "tab.yml": (3, 2, "tab", "There is a tab character in this line"),
    "tag.yml": (2, 5, "yaml-tag", "The YAML tag !env is not supported in a spec."),
    "template.yml": (2, 1, "template", "This is a template, not a spec"),
    "two-documents.yml": (2, 1, "several-documents", "A second YAML document begins here"),
    "typographic.yml": (2, 5, "invalid-match-spec", "(U+2013) cannot be part of a match spec."),
    "variable-list.yml": (3, 10, "wrong-type", "The value of the variable LEVEL is a list."),
    "variables-list.yml": (3, 3, "wrong-type", "'variables' is a list and not a mapping."),
    "wrong-way-round.yml": (2, 5, "invalid-match-spec", "The comparison is reversed."),
}


def test_every_example_is_tested() -> None:
    assert {path.name for path in (HERE / "good").iterdir()} == set(GOOD)
    assert {path.name for path in (HERE / "bad").iterdir()} == set(BAD)


@pytest.mark.parametrize("name", GOOD)
def test_good(name: str) -> None:
    checked = check((HERE / "good" / name).read_bytes())
    assert checked.ok
    assert checked.spec == GOOD[name]


@pytest.mark.parametrize("name", BAD)
def test_bad(name: str) -> None:
    line, column, code, words = BAD[name]
    checked = check((HERE / "bad" / name).read_bytes())
    assert not checked.ok
    (error,) = [d for d in checked.diagnostics if d.severity == "error"]
    assert (error.line, error.column, error.code) == (line, column, code)
    assert words in error.message
    assert error.remedy.endswith((".", "?"))


def test_the_rest_of_a_spec_with_an_error_is_still_read() -> None:
    checked = check((HERE / "bad" / "number.yml").read_text())
    assert checked.spec == EnvSpec(dependencies=("python",))


@pytest.mark.parametrize("name", GOOD)
def test_what_is_written_reads_back_the_same(name: str) -> None:
    text = write(GOOD[name])
    assert parse(text).spec == GOOD[name]
    assert write(GOOD[name]) == text


def test_write_keeps_text_that_looks_like_something_else() -> None:
    spec = EnvSpec(
        name="1.10",
        dependencies=("python=3.12",),
        pip=("a @ https://pypi.example.org/a.whl", "#egg", "- x", "a: b", "x" * 300),
        variables={"A": "true", "B": "", "C": "null", "D": "two\nlines", "E": "007", "F": "~"},
    )
    assert parse(write(spec)).spec == spec


def test_write_leaves_out_what_is_empty() -> None:
    assert write(EnvSpec(name="ocean", dependencies=("python",))) == "name: ocean\ndependencies:\n  - python\n"


def test_parse_without_lint() -> None:
    checked = parse("name: test\ndependencies: [python]\n")
    assert checked.spec == EnvSpec(name="test", dependencies=("python",))
    assert checked.diagnostics == ()


def test_parse_says_why_there_is_no_spec() -> None:
    checked = parse("- python\n")
    assert checked.spec is None
    assert [d.code for d in checked.diagnostics] == ["not-a-mapping"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("name: 1.10\ndependencies: [python=3.12, ipykernel]", "not-quoted"),
        ("name: ocean\ndependencies:", "no-packages"),
        ("dependencies: [python=3.12, ipykernel, npm: [x]]", "unknown-section"),
        ("extra: 1\ndependencies: [python=3.12, ipykernel]", "unknown-key"),
        ("dependencies: [python=3.12, ipykernel]\nvariables: {A: }", "no-value"),
        ("dependencies: [python=3.12, ipykernel, pip, pip: tides]", "pip-not-a-list"),
    ],
)
def test_warnings_on_the_structure(text: str, code: str) -> None:
    checked = check(text)
    assert checked.ok
    assert [(d.severity, d.code) for d in checked.diagnostics] == [("warning", code)]


def test_a_misspelt_key_is_recognised() -> None:
    (unknown,) = [d for d in check("chanels: []\ndependencies: [xz]").diagnostics if d.code == "unknown-key"]
    assert unknown.remedy == "Did you mean 'channels'?"


@pytest.mark.parametrize("blank", ["''", "' '"])
def test_a_channel_without_a_name(blank: str) -> None:
    checked = check(f"channels:\n  - lab\n  - {blank}\ndependencies: [xz]")
    assert [(d.severity, d.code, d.line, d.column) for d in checked.diagnostics] == [("error", "invalid-channel", 3, 5)]
    assert checked.spec == EnvSpec(channels=("lab",), dependencies=("xz",))


def test_pip_outside_the_list() -> None:
    (said,) = check("dependencies: [xz]\npip: [tides]").diagnostics
    assert (said.code, said.line) == ("unknown-key", 2)
    assert said.remedy.startswith("Write '- pip:' as the last entry of 'dependencies:'")


@pytest.mark.parametrize(
    ("line", "wanted", "after"),
    [
        ("- python: 3.12", "python=3.12", "- python=3.12"),
        ("- numpy: '>=1.26,<2'  # why", "numpy>=1.26,<2", "- numpy>=1.26,<2  # why"),
        ('- numpy: "1.26.*"', "numpy=1.26.*", "- numpy=1.26.*"),
        ("- lab::scipy: 1", "lab::scipy=1", "- lab::scipy=1"),
        ("- scipy:", "scipy", None),
        ("- {numpy: 1}", "numpy=1", None),
        ("- numpy:\n      1", "numpy=1", None),
    ],
)
def test_a_package_with_its_version_behind_a_colon(line: str, wanted: str, after: str | None) -> None:
    checked = check(f"dependencies:\n  {line}\n")
    (said,) = checked.diagnostics
    assert (said.severity, said.code, said.line) == ("error", "invalid-match-spec", 2)
    assert said.remedy == f"Write '{wanted}'."
    assert (said.fix.edits[0].after if said.fix else None) == (after and f"  {after}")


def test_a_section_that_was_meant_for_pip() -> None:
    (said,) = check("dependencies:\n  - xz\n  - Pip:\n    - tides\n").diagnostics
    assert (said.severity, said.code, said.remedy) == ("warning", "unknown-section", "Did you mean 'pip:'?")
    assert said.fix is not None
    assert said.fix.edits[0].after == "  - pip:"


@pytest.mark.parametrize(
    ("line", "severity", "code"),
    [
        ("bad name: x", "warning", "invalid-variable"),
        ("A=B: x", "error", "invalid-variable"),
        ("'': x", "error", "invalid-variable"),
        ("URL: https://me:hunter2@host/x", "warning", "credentials-in-url"),
    ],
)
def test_variables_that_will_not_do(line: str, severity: str, code: str) -> None:
    (said,) = check(f"dependencies: [xz]\nvariables:\n  {line}\n").diagnostics
    assert (said.severity, said.code, said.line) == (severity, code, 3)
    assert "hunter2" not in said.message
