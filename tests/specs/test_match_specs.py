from __future__ import annotations

import re

import pytest
from rattler import MatchSpec

from jupyter_envkernels.specs import match_specs as module
from jupyter_envkernels.specs.match_specs import MAX_LENGTH, Dependency, understand
from jupyter_envkernels.specs.yaml_nodes import Scalar


def understood(text: str) -> Dependency:
    dependency, _ = understand(Scalar(1, 1, text))
    assert dependency is not None
    return dependency


@pytest.mark.parametrize(
    ("text", "name", "same_as"),
    [
        ("NumPy", "numpy", "numpy"),
        ("a 1", "a", "a==1"),
        ("a=1=b", "a", "a==1=b"),
        ("a =1.2", "a", "a=1.2"),
        ("a 1.2 py312_0", "a", "a==1.2=py312_0"),
        ("a 0.1 conda_forge", "a", "a==0.1=conda_forge"),
        ("a >= 1 , < 2", "a", "a>=1,<2"),
        ("a>=1 =h0", "a", "a>=1[build=h0]"),
        ("a 1.2 =h0", "a", "a==1.2=h0"),
        ("a===1.2", "a", "a==1.2"),
        ("a # why", "a", "a"),
        ("a=1 #why", "a", "a=1"),
        ("a=", "a", "a"),
        ("a[x,y]>=2", "a", "a>=2"),
        ("a if __win", "a", "a"),
        ("a>1.*", "a", "a>1"),
        ("a=>1.2", "a", "a>=1.2"),
        ("lab::a =< 1.2", "a", "lab::a<1.2"),
        ("a[version='=>1', build=h0]", "a", "a>=1[build=h0]"),
        ("lab::a[version='>=1']", "a", "lab::a>=1"),
        ("https://conda.example.org/lab/noarch/a-1.0-py_0.conda#" + "0" * 32, "a", None),
    ],
)
def test_forms(text: str, name: str, same_as: str | None) -> None:
    dependency = understood(text)
    assert dependency.name == name
    if same_as is not None:
        assert str(MatchSpec(dependency.text, strict=False)) == str(MatchSpec(same_as, strict=False))


@pytest.mark.parametrize("text", ["a==1.2.*=h0", "a==1.2.*", "a[version='==1.2.*']", "a==1.2*=h0"])
def test_an_exact_version_with_a_wildcard_means_any_of_it(text: str) -> None:
    spec = MatchSpec(understood(text).text, strict=False)
    assert str(spec.version) in {"1.2.*", "1.2*"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "#",
        "*",
        "a*",
        "-y",
        "a -y",
        "a,b",
        "a=>1,<2",
        "a==>1",
        "a=>1=h0",
        "a=~1",
        "a~=1.*",
        "a==",
        "a=1.0=",
        "a>=1 <2",
        "a=1 - b=2",
        "a=1=b d",
        "a^1",
        "a=^1",
        "a@1",
        "a(1)",
        "a[version=1",
        "a|b",
        "a b",
        "lab::a b>=1 c",
        "./a-1-0.conda",
        "a; python_version<'3'",
        "a @ https://pypi.example.org/a.whl",
        "{{ a }}",
        "é",
        "a\u00a0=1",
        "a[md5=xyz]",
        "a" * (MAX_LENGTH + 1),
    ],
)
def test_what_is_no_match_spec(text: str) -> None:
    dependency, remarks = understand(Scalar(7, 3, text))
    assert dependency is None
    assert [(d.severity, d.code, d.line, d.column) for d in remarks] == [("error", "invalid-match-spec", 7, 3)]
    assert len(remarks[0].message) < 300
    assert not remarks[0].message.endswith("….")


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("dask[complete]", "dropped-extra", "'[complete]' is ignored"),
        ("a if __win", "dropped-condition", "the condition after 'if' is ignored"),
        ("a=", "empty-version", "there is no version after the '='"),
        ("a>=1.*", "superfluous-wildcard", "the '.*' after a comparison is ignored"),
        ("python:3.12", "single-colon", "requests a package named 3.12"),
    ],
)
def test_what_is_dropped_is_said(text: str, code: str, words: str) -> None:
    dependency, (remark,) = understand(Scalar(1, 1, text))
    assert dependency is not None
    assert remark.code == code
    assert words in remark.message


def test_pinned_and_build() -> None:
    assert not understood("python").pinned
    assert not understood("python=*").pinned
    assert understood("python>=3.12").pinned
    assert understood("python=3.12=h0").build == "h0"


def test_what_is_wrong_is_said_in_a_sentence() -> None:
    for text, words in {
        "a@1.2": "There is no '@' in a match spec.",
        "a^1.2": "There is no '^' before a version in a match spec.",
        "a(1)": "There are no parentheses after the name of a package.",
        "a[version=1": "The bracket is not closed.",
        "a -b": "Two entries run together: the second is on the same line, or indented further than the first.",
        "a b": "There are several names in one entry.",
        "a/b": "This is not a match spec: the name of a package has no special characters but '.', '-' and '_'.",
    }.items():
        _, (said,) = understand(Scalar(1, 1, text))
        assert said.message == f"'{text}': {words}"
        assert said.remedy


@pytest.mark.parametrize(
    "text", ["Num-Py_2.x", "_a", "1=1", "a=00.1", "a==1.2.3", "a<1", "a>999999999", "a>=1,<2.0", "a=1,<2,>=1.0"]
)
def test_a_simple_one_is_read_as_the_engine_does(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    simple = understood(text)
    monkeypatch.setattr(module, "_SIMPLE", re.compile("(?!)"))
    assert simple == understood(text)
