from __future__ import annotations

import pytest

from jupyter_envkernels.envs.kernel_ids import check_template
from jupyter_envkernels.errors import InvalidRequest
from jupyter_envkernels.kernels.nb_conda_kernels import FormerSettings, read_former

GIVEN = {"language": "Python", "environment": "lesson", "kernel_name": "python3", "conda_kernel": "conda-env-lesson-py"}


def test_without_settings() -> None:
    assert read_former({}) == FormerSettings()


@pytest.mark.parametrize(
    ("name_format", "shown"),
    [
        ("{0} [conda env:{1}]", "Python [conda env:lesson]"),
        ("{language} [{environment}/{kernel}]", "Python [lesson/python3]"),
        ("{{{conda_kernel}}} {1:>8}", "{conda-env-lesson-py}   lesson"),
    ],
)
def test_a_name_format_gives_what_it_gave(name_format: str, shown: str) -> None:
    template = check_template(read_former({"name_format": name_format}).display_name)
    assert template.format(**GIVEN) == shown


@pytest.mark.parametrize("name_format", ["{", "{2}", "{unknown}"])
def test_a_name_format_that_cannot_be_used(name_format: str) -> None:
    with pytest.raises(InvalidRequest, match="cannot be used"):
        check_template(read_former({"name_format": name_format}).display_name)


def test_each_setting_is_named() -> None:
    former = read_former({"env_filter": "^/opt", "conda_only": True, "kernelspec_path": "--user", "more": 1})
    assert former.hidden_environments == "^/opt"
    assert [(finding.ok, bool(finding.remedy)) for finding in former.findings] == [
        (False, True),
        (True, False),
        (False, True),
        (False, True),
    ]


def test_values_of_another_kind_are_none() -> None:
    assert read_former({"env_filter": None, "name_format": 5}).display_name == ""
