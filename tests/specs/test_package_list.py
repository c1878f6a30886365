from __future__ import annotations

from jupyter_envkernels.models import EnvSpec
from jupyter_envkernels.specs import check, read_document

EXPORT = """\
# This file may be used to create an environment using:
# $ conda create --name <env> --file <this file>
# platform: linux-64
ipykernel=6.29.5=pyh3099207_0
python=3.12.1=hab00c5b_1_cpython
pip=24.0=pyhd8ed1ab_0
tides=2.0=pypi_0
"""


def test_what_conda_list_exports() -> None:
    checked = check(EXPORT)
    assert checked.ok
    assert checked.spec == EnvSpec(
        dependencies=("ipykernel=6.29.5=pyh3099207_0", "python=3.12.1=hab00c5b_1_cpython", "pip=24.0=pyhd8ed1ab_0"),
        pip=("tides==2.0",),
    )
    assert [(d.severity, d.code, d.line) for d in checked.diagnostics] == [
        ("info", "package-list", 4),
        ("info", "build-string", 4),
    ]
    document = read_document(EXPORT)
    assert document is not None
    assert [dependency.node.line for dependency in document.dependencies] == [4, 5, 6]


def test_match_specs_by_hand() -> None:
    checked = check("python=3.12\nipykernel>=6  # the kernel\nlab::numpy>=1.*\n")
    assert checked.spec == EnvSpec(dependencies=("python=3.12", "ipykernel>=6", "lab::numpy>=1"))
    assert [(d.code, d.line) for d in checked.diagnostics] == [("package-list", 1), ("superfluous-wildcard", 3)]
