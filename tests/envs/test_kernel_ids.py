from __future__ import annotations

import pytest

from jupyter_envkernels.envs.kernel_ids import (
    DEFAULT_TEMPLATE,
    Naming,
    check_template,
    clean,
    kernel_suffixes,
    shared,
    short_kernel_name,
    short_location,
)
from jupyter_envkernels.errors import InvalidRequest

NAMING = Naming(home="/conda/envs", base="/conda")


@pytest.mark.parametrize(
    ("prefix", "slug"),
    [
        ("/conda", "base"),
        ("/conda/envs/lesson", "env-lesson"),
        ("/conda/envs/Lesson_2.0-b", "env-Lesson_2.0-b"),
        ("/conda/envs/base", "env-base"),
        ("/other/envs/lesson", "env-lesson-0970b564"),
        ("/conda/envs/x-904b2c1f", "env-x-904b2c1f-426100ac"),
        ("/conda/envs/a b", "env-a_b-09604cec"),
        ("/conda/envs/ünï", "env-uni-3f5f6219"),
        ("/conda/envs/.hidden", "env-.hidden-47ed0207"),
    ],
)
def test_slug(prefix: str, slug: str) -> None:
    assert NAMING.slug(prefix) == slug


def test_no_two_prefixes_share_a_slug() -> None:
    lesson = NAMING.slug("/other/lesson")
    prefixes = ["/conda", "/conda/envs/base", "/conda/envs/lesson", "/other/lesson", "/another/lesson"]
    prefixes += ["/conda/envs/a b", "/conda/envs/a_b", f"/conda/envs/{lesson.removeprefix('env-')}"]
    assert len({NAMING.slug(prefix) for prefix in prefixes}) == len(prefixes)


@pytest.mark.parametrize(
    ("raw_names", "suffixes"),
    [
        (["python3"], {"python3": "py"}),
        (["ir"], {"ir": "r"}),
        (["python3", "ir", "xcpp17"], {"python3": "py", "ir": "r", "xcpp17": "xcpp17"}),
        (["julia-1.10"], {"julia-1.10": "julia"}),
        (["julia-1.10", "julia-1.9"], {"julia-1.10": "julia", "julia-1.9": "julia_1.9"}),
        (["²", "x"], {"x": "x", "²": "2"}),
        (["python2", "python3"], {"python3": "py", "python2": "python2"}),
        (["my kernel", "my-kernel"], {"my-kernel": "my_kernel", "my kernel": "a51c825b"}),
    ],
)
def test_kernel_suffixes(raw_names: list[str], suffixes: dict[str, str]) -> None:
    assert kernel_suffixes(raw_names) == suffixes


def test_clean() -> None:
    assert clean("Ünï çödé/x y") == "Uni_code_x_y"
    assert clean("环境") == "__"


def test_short_kernel_name() -> None:
    assert short_kernel_name("Python 3 (ipykernel)") == "Python 3"
    assert short_kernel_name("Julia 1.10") == "Julia 1.10"


def test_templates() -> None:
    assert check_template("") == DEFAULT_TEMPLATE
    assert check_template("{language} {location}") == "{language} {location}"


@pytest.mark.parametrize(
    "template", ["{prefix}", "{", "{0}", "{}", "{name.upper.x}", "{name.title}", "{name[0]}", "{name:d}", "{name:{x}}"]
)
def test_a_template_with_other_fields_is_refused(template: str) -> None:
    with pytest.raises(InvalidRequest, match="display name template"):
        check_template(template)


def test_shared() -> None:
    assert shared(["a", "b", "a"]) == {"a"}


@pytest.mark.parametrize(
    ("prefix", "location"),
    [("/home/u/envs/x", "~/envs"), ("/home/u/x", "~"), ("/home/user/x", "/home/user"), ("/opt/x", "/opt")],
)
def test_short_location(prefix: str, location: str) -> None:
    assert short_location(prefix, "/home/u") == location
