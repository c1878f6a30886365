"""What an administrator's limits say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jupyter_envkernels import policy
from jupyter_envkernels.errors import NotAllowed
from jupyter_envkernels.models import CheckedSpec, Diagnostic, Limits, Plan, PlannedPackage, Problem

PACKAGE = PlannedPackage("numpy", "2.0", "0", "c", "linux-64", "https://c/numpy", None, 10_000_000, False, "{}")
PLAN = Plan((PACKAGE, replace(PACKAGE, name="Ruamel_yaml")), free_bytes=100_000_000, needed_bytes=80_000_000)


def codes(problems: list[Problem]) -> list[str]:
    return [problem.code for problem in problems]


def test_without_limits_nothing_is_refused() -> None:
    limits = Limits()
    found = policy.of_spec(limits, ["numpy"], ["a"]), policy.of_plan(limits, PLAN), policy.of_number(limits, 10**6)
    assert found == ([], [], [])


@pytest.mark.parametrize(
    ("pattern", "name"),
    [("numpy", "numpy"), ("ruamel.yaml", "ruamel_yaml"), ("cuda*", "cuda-nvcc"), ("Py*", "pytorch"), ("*", "a")],
)
def test_a_denied_package_by_any_of_its_spellings(pattern: str, name: str) -> None:
    limits = Limits(denied_packages=(pattern,))
    assert codes(policy.of_spec(limits, [name], [])) == ["package-not-allowed"]
    assert codes(policy.of_spec(limits, [], [name])) == ["package-not-allowed"]
    assert codes(policy.of_plan(limits, replace(PLAN, packages=(replace(PACKAGE, name=name),)))) == [
        "package-not-allowed"
    ]


def test_a_pattern_stands_for_the_whole_name() -> None:
    assert policy.of_spec(Limits(denied_packages=("py", "cuda*")), ["pyyaml"], ["barracuda"]) == []


def test_pip() -> None:
    limits = Limits(allow_pip=False)
    assert codes(policy.of_spec(limits, ["numpy"], ["git+https://a/b"])) == ["pip-not-allowed"]
    assert policy.of_spec(limits, ["numpy", "pip"], []) == []


@pytest.mark.parametrize(("count", "refused"), [(2, False), (3, True), (4, True)])
def test_the_number_of_environments(count: int, *, refused: bool) -> None:
    assert bool(policy.of_number(Limits(max_environments=3), count)) is refused


def test_the_limit_on_environments_is_told_in_numbers() -> None:
    def told(most: int, count: int) -> str:
        return " ".join(problem.message for problem in policy.of_number(Limits(max_environments=most), count))

    assert told(1, 1) == "You have reached the limit of 1 environment."
    assert told(5, 5) == "You have reached the limit of 5 environments."
    assert told(5, 7).startswith("You have reached the limit of 5 environments. You have 7;")


@pytest.mark.parametrize(
    ("used", "added", "message"),
    [
        (9 * 10**9, 10**9, None),
        (12 * 10**9, 0, None),
        (
            9 * 10**9,
            2 * 10**9,
            "This would add about 2.0 GB to the 9.0 GB that your environments take; 10.0 GB are allowed.",
        ),
        (
            11 * 10**9,
            1,
            "You have reached the limit of 10.0 GB for all environments: yours take 11.0 GB.",
        ),
    ],
)
def test_the_bytes_of_all_environments(used: int, added: int, message: str | None) -> None:
    problems = policy.of_bytes(Limits(max_total_bytes=10**10), used, added)
    assert [problem.message for problem in problems] == ([message] if message else [])
    assert policy.of_bytes(Limits(), used, added) == []


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(max_packages=1), "too-many-packages"),
        (Limits(max_packages=2), None),
        (Limits(max_environment_bytes=79_999_999), "too-large-environment"),
        (Limits(max_environment_bytes=80_000_000), None),
        (Limits(min_free_bytes=20_000_001), "too-little-space"),
        (Limits(min_free_bytes=20_000_000), None),
    ],
)
def test_the_size_of_a_plan(limits: Limits, code: str | None) -> None:
    assert codes(policy.of_plan(limits, PLAN)) == ([code] if code else [])


def test_space_is_judged_only_where_it_is_known_and_limited() -> None:
    limits = Limits(min_free_bytes=90_000_000)
    assert policy.of_plan(limits, replace(PLAN, needed_bytes=0)) == []
    assert policy.of_plan(limits, replace(PLAN, free_bytes=None)) == []
    assert policy.of_plan(Limits(), replace(PLAN, free_bytes=1)) == []


def test_what_pip_has_brought() -> None:
    assert codes(policy.of_installed(Limits(denied_packages=("torch",)), ["numpy", "Torch"])) == ["package-not-allowed"]


def test_trust_of_single_prefixes() -> None:
    assert policy.of_trust(Limits()) == []
    assert codes(policy.of_trust(Limits(allow_trust=False))) == ["trust-not-allowed"]


def test_all_is_said_at_once_and_each_remedy_once() -> None:
    policy.enforce(Limits(), [])
    problems = [Problem("a", "No a.", "Ask."), Problem("b", "No b.", "Ask."), Problem("c", "No c.", "Beg.")]
    with pytest.raises(NotAllowed) as refused:
        policy.enforce(Limits(), problems)
    error = refused.value
    assert (error.message, error.remedy) == ("No a. No b. No c.", "Ask. Beg.")
    assert error.details == {"problems": ["a", "b", "c"]}


def test_the_administrator_s_own_words_and_files() -> None:
    limits = Limits(message="Write to it@example.org.", files=("/etc/jupyter/envkernels/policy.yml",))
    problems = [Problem("a", "No a.", "Ask."), Problem("b", "No b.", "Ask.")]
    with pytest.raises(NotAllowed, match=r"^No a\. No b\. Write to it@example\.org\.$") as refused:
        policy.enforce(limits, problems)
    assert refused.value.details["files"] == ["/etc/jupyter/envkernels/policy.yml"]
    remarks = (Diagnostic("error", "pip-not-allowed", "No pip."), Diagnostic("error", "yaml-syntax", "No YAML."))
    told = policy.in_own_words(limits, CheckedSpec(None, remarks))
    assert [remark.message for remark in told.diagnostics] == ["No pip. Write to it@example.org.", "No YAML."]
