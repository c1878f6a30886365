from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from .interpreters import Interpreter
from .package import PLACEHOLDER
from .wheels import Wheel, conda_name, conda_version_spec


def interpreter(version: str) -> Interpreter:
    return Interpreter(Path(sys.executable), version, Path("/nowhere"), Path("/nowhere/lib"))


PYTHONS = [interpreter(version) for version in ("3.12.1", "3.9.18", "3.10.13")]


def write_wheel(
    folder: Path, *, tag: str = "py3-none-any", metadata: str = "", files: dict[str, str] | None = None
) -> Wheel:
    info = "demo_pkg-1.0.dist-info"
    members = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: demo-pkg\nVersion: 1.0\n{metadata}\n",
        f"{info}/RECORD": f"demo_pkg.py,,\n{info}/RECORD,,\n",
        "demo_pkg.py": "ANSWER = 42\n",
        **(files or {}),
    }
    path = folder / f"demo_pkg-1.0-{tag}.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return Wheel(path)


@pytest.mark.parametrize(
    ("pep440", "conda"),
    [
        ("", ""),
        (">=3.9", ">=3.9"),
        ("==1.*", "1.*"),
        ("!=5.0.*,>=4.12", "!=5.0.*,>=4.12"),
        ("===1.0", "==1.0"),
        ("~=2.1", "~=2.1"),
    ],
)
def test_versions_are_said_as_conda_does(pep440: str, conda: str) -> None:
    assert conda_version_spec(SpecifierSet(pep440)) == conda


def test_names_are_those_of_conda_forge() -> None:
    assert conda_name("Jupyter-Client") == "jupyter_client"
    assert conda_name("tzdata") == "python-tzdata"
    assert conda_name("IPyKernel") == "ipykernel"


def test_a_pure_wheel_is_one_noarch_package(tmp_path: Path) -> None:
    wheel = write_wheel(
        tmp_path,
        metadata="Requires-Python: >=3.9\nRequires-Dist: comm>=0.1\nRequires-Dist: pytest; extra == 'test'",
        files={"demo_pkg-1.0.dist-info/entry_points.txt": "[console_scripts]\nDemo = demo_pkg:main\n"},
    )
    (package,) = wheel.packages(PYTHONS)

    assert package.noarch == "python"
    assert package.depends == ["python >=3.9", "comm >=0.1"]
    assert package.entry_points == ["Demo = demo_pkg:main"]
    assert package.files["site-packages/demo_pkg.py"].data == b"ANSWER = 42\n"


def test_markers_make_a_build_for_each_range_of_pythons(tmp_path: Path) -> None:
    wheel = write_wheel(
        tmp_path, metadata="Requires-Python: >=3.8\nRequires-Dist: exceptiongroup; python_version < '3.11'"
    )
    old, new = wheel.packages(PYTHONS)

    assert old.depends == ["python <3.12.0a0,>=3.8", "exceptiongroup"]
    assert new.depends == ["python >=3.12,>=3.8"]
    assert old.build != new.build


def test_a_python_that_the_wheel_does_not_support_is_left_out(tmp_path: Path) -> None:
    wheel = write_wheel(tmp_path, metadata="Requires-Python: >=3.10\nRequires-Dist: tomli; python_version < '3.10'")
    (package,) = wheel.packages(PYTHONS)

    assert package.depends == ["python >=3.10"]


def test_a_native_wheel_is_a_package_for_its_python(tmp_path: Path) -> None:
    running = Interpreter.probe(Path(sys.executable))
    assert running is not None
    wheel = write_wheel(
        tmp_path,
        tag=f"{running.abi}-{running.abi}-linux_x86_64",
        files={"demo_pkg-1.0.dist-info/entry_points.txt": "[console_scripts]\ndemo = demo_pkg.cli:main.run\n"},
    )
    (package,) = wheel.packages([running])

    assert package.noarch is None
    assert f"python >={running.xy},<3.{running.minor + 1}.0a0" in package.depends
    site = f"lib/python{running.xy}/site-packages"
    assert f"{site}/__pycache__/demo_pkg.cpython-{running.abi.removeprefix('cp')}.pyc" in package.files
    script = package.files["bin/demo"]
    assert script.mode == 0o755
    assert script.data.decode().startswith(f"#!{PLACEHOLDER}/bin/python\n")
    assert b"from demo_pkg.cli import main\n" in script.data
    assert b"sys.exit(main.run())" in script.data


def test_conda_owns_what_it_installs(tmp_path: Path) -> None:
    wheel = write_wheel(
        tmp_path, files={"demo_pkg-1.0.dist-info/entry_points.txt": "[console_scripts]\ndemo = demo_pkg:main\n"}
    )
    (package,) = wheel.packages(PYTHONS)

    info = "site-packages/demo_pkg-1.0.dist-info"
    assert package.files[f"{info}/INSTALLER"].data == b"conda"
    record = package.files[f"{info}/RECORD"].data.decode().splitlines()
    assert "demo_pkg-1.0.dist-info/INSTALLER,," in record
    assert "../../../bin/demo,," in record


def test_data_goes_where_the_wheel_says(tmp_path: Path) -> None:
    spec = {"argv": ["python", "-m", "demo"], "display_name": "Demo"}
    data = "demo_pkg-1.0.data"
    wheel = write_wheel(
        tmp_path,
        files={
            f"{data}/data/share/jupyter/kernels/python3/kernel.json": json.dumps(spec),
            f"{data}/scripts/demo-script": "#!python\nprint()\n",
            f"{data}/purelib/demo_extra.py": "",
            "demo_pkg/tests/test_demo.py": "",
            "demo_pkg/tests/helper.py": "",
        },
    )
    (package,) = wheel.packages(PYTHONS)

    kernel = package.files["share/jupyter/kernels/python3/kernel.json"]
    assert json.loads(kernel.data)["argv"][0] == f"{PLACEHOLDER}/bin/python"
    assert kernel.placeholder
    script = package.files["python-scripts/demo-script"]
    assert script.data.decode() == f"#!{PLACEHOLDER}/bin/python\nprint()\n"
    assert script.mode == 0o755
    assert "site-packages/demo_extra.py" in package.files
    assert "site-packages/demo_pkg/tests/test_demo.py" not in package.files
    assert "site-packages/demo_pkg/tests/helper.py" in package.files
