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


CONDA_LIST = """\
# packages in environment at /home/kim/miniconda3/envs/tides:
#
# Name                    Version                   Build  Channel
_libgcc_mutex             0.1                 conda_forge    conda-forge
python                    3.12.1          hab00c5b_1_cpython    conda-forge
sqlite                    3.44.2               h2c6b66d_0
tides                     2.0                      pypi_0    pypi
waves                     1.1                       <pip>
currents                  0.1                      dev_0    <develop>
"""


def test_what_conda_list_prints() -> None:
    checked = check(CONDA_LIST)
    assert checked.spec == EnvSpec(
        dependencies=(
            "conda-forge::_libgcc_mutex=0.1=conda_forge",
            "conda-forge::python=3.12.1=hab00c5b_1_cpython",
            "sqlite=3.44.2=h2c6b66d_0",
        ),
        pip=("tides==2.0", "waves==1.1"),
    )
    said = {d.code: d for d in checked.diagnostics}
    assert said["package-list"].message.startswith("This is the output of 'conda list': 6 packages, from the channels")
    assert (said["invalid-match-spec"].line, said["invalid-match-spec"].remedy) == (9, "Delete the line.")


def test_what_mamba_list_prints() -> None:
    text = """\
List of packages in environment: "/opt/conda/envs/tides"

  Name    Version  Build               Channel
\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500
  python  3.12.1   hab00c5b_1_cpython  conda-forge
  pip     24.0     pyhd8ed1ab_0        conda-forge
  numpy   1.26.4   py312_0             https://conda.example.org/lab
"""
    checked = check(text)
    assert checked.ok
    assert checked.spec is not None
    assert checked.spec.dependencies[2] == "https://conda.example.org/lab::numpy=1.26.4=py312_0"
