"""Lines for pip that conda could install."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ..conftest import Inquiry, write_channel

HEAD = "dependencies:\n  - python>=3.9\n  - pip\n  - pip:\n"


def with_pip(*lines: str) -> str:
    return HEAD + "".join(f"    - {line}\n" for line in lines)


def test_what_a_channel_has_is_better_had_from_it(inquiry: Inquiry) -> None:
    (found,) = inquiry.advise(with_pip("Jupyter-Client >= 7 , < 99"))
    assert (found.severity, found.code, found.line, found.column) == ("info", "conda-has-it", 5, 7)
    assert found.message.startswith("The channel main has jupyter_client ")
    assert found.remedy == "Add '- jupyter_client>=7,<99' to the conda packages, and delete this line."


@pytest.mark.parametrize(
    "line",
    [
        "jupyter_client==0.1",  # no such version in the channel
        "jupyter_client[test]",
        "jupyter_client; python_version < '4'",
        "jupyter_client @ https://example.org/x.whl",
        "-e jupyter_client",
        "--pre",
        "prio-demo",  # a package of that name which is none for python
        "needs-old-python",  # for another python than the spec's
        "absent",
    ],
)
def test_what_conda_is_no_substitute_for(inquiry: Inquiry, line: str) -> None:
    assert inquiry.advise(with_pip(json.dumps(line))) == []


def test_what_conda_installs_anyway_is_said_offline(inquiry: Inquiry) -> None:
    assert inquiry.advise("dependencies:\n  - python\n  - jupyter_client\n  - pip:\n    - jupyter-client\n") == []


def test_many_lines_get_one_remark(inquiry: Inquiry) -> None:
    (found,) = inquiry.advise(with_pip("ipykernel", "traitlets", "tornado", "pyzmq", "psutil", "packaging", "absent"))
    assert (found.code, found.line) == ("conda-has-it", 5)
    assert found.message.startswith("The channels have 6 packages that are listed for pip: ipykernel, traitlets, ")


def test_a_requirements_file(inquiry: Inquiry) -> None:
    assert inquiry.told("# for the course\ntraitlets>=5  # why\nabsent\n") == [(2, "conda-has-it")]


def test_packages_that_conda_calls_otherwise(inquiry: Inquiry, tmp_path: Path) -> None:
    """A program or a library of that name is no substitute."""
    depends: dict[str, list[str]] = {
        "python-3.12.1-0": [],
        "graphviz-1.0-0": ["libgd"],
        "python-graphviz-1.0-0": ["python >=3", "graphviz"],
        "pytorch-1.0-0": ["python >=3.12,<3.13.0a0"],
        "brotli-1.0-0": [],
        "brotli-python-1.0-0": ["python 3.9.*"],
    }
    channel = write_channel(tmp_path / "channel", depends)
    found = inquiry.advise(with_pip("graphviz", "torch>=1", "brotli"), channels=[channel])
    assert [d.remedy.split("'")[1] for d in found if d.code == "conda-has-it"] == [
        "- python-graphviz",
        "- pytorch>=1",
    ]
