from __future__ import annotations

import pytest

from jupyter_envkernels.models import EnvSpec
from jupyter_envkernels.specs import check
from jupyter_envkernels.specs.requirements import requirement_lines


def test_pip_lines_in_an_environment_with_python() -> None:
    text = "# notes\n\nnumpy>=1.26  # why\n-r base.txt\n--extra-index-url https://pypi.example.org/simple\n-e .\n"
    checked = check(text)
    assert checked.ok
    assert checked.spec == EnvSpec(
        dependencies=("python",),
        pip=("numpy>=1.26  # why", "-r base.txt", "--extra-index-url https://pypi.example.org/simple", "-e ."),
    )
    said = {d.code: d for d in checked.diagnostics}
    assert said.keys() == {"requirements-file", "unpinned-python", "kernel-added"}
    assert (said["requirements-file"].severity, said["requirements-file"].line) == ("info", 3)


def test_what_else_is_said_of_pip_lines() -> None:
    checked = check("ipykernel\na @ https://me:hunter2@host/a-1-py3-none-any.whl\npython\n")
    assert {(d.code, d.line) for d in checked.diagnostics} == {
        ("requirements-file", 1),
        ("unpinned-python", 1),
        ("credentials-in-url", 2),
        ("pip-and-conda", 3),
    }


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "a==1 \\\n    --hash=sha256:00 \\\n    --hash=sha256:11\nb\n",
            [(1, "a==1 --hash=sha256:00 --hash=sha256:11"), (4, "b")],
        ),
        ("\n  # x\n a \n", [(3, "a")]),
        ("a \\", [(1, "a")]),
        ("a \\\n\nb", [(1, "a"), (3, "b")]),
        ("", []),
    ],
)
def test_lines(text: str, lines: list[tuple[int, str]]) -> None:
    assert [(line.line, line.text) for line in requirement_lines(text)] == lines


@pytest.mark.parametrize("rest", ["", "cowsay==6.1\n"])
def test_what_we_have_exported_keeps_its_python(rest: str) -> None:
    checked = check(f"# What pip installed beside python 3.12.1\n{rest}")
    assert checked.ok
    assert checked.spec is not None
    assert checked.spec.dependencies == ("python==3.12.1",)
    assert checked.spec.pip == tuple(rest.split())
    assert "unpinned-python" not in {d.code for d in checked.diagnostics}


@pytest.mark.parametrize("title", ["# What pip installed", "# What pip installed beside python x", "# python 3.12.1"])
def test_other_titles_say_nothing_of_python(title: str) -> None:
    checked = check(f"{title}\ncowsay\n")
    assert checked.spec is not None
    assert checked.spec.dependencies == ("python",)
