"""Convert wheels to conda packages like conda-forge's: pure ones to ``noarch: python``, others to one for each Python.

Requirements that differ between Pythons (environment markers) cannot be said in one noarch package; then there are
several builds of it, each for a range of Pythons.
"""

from __future__ import annotations

import email.parser
import json
import stat
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from configparser import ConfigParser
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import cast

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name, parse_wheel_filename

from .cpython import compile_tree
from .interpreters import Interpreter
from .package import PLACEHOLDER, Package

_CONDA_NAMES = {
    "ipython-pygments-lexers": "ipython_pygments_lexers",
    "jupyter-client": "jupyter_client",
    "jupyter-core": "jupyter_core",
    "pure-eval": "pure_eval",
    "stack-data": "stack_data",
    "typing-extensions": "typing_extensions",
    "tzdata": "python-tzdata",
}
"""From PyPI's normalized name to conda-forge's, where they differ."""

_KERNEL_JSON = "share/jupyter/kernels/python3/kernel.json"

_SCRIPT = """\
#!{placeholder}/bin/python
import sys

from {module} import {name}

if __name__ == "__main__":
    sys.exit({function}())
"""


def conda_name(name: str) -> str:
    """Return conda-forge's name of a project on PyPI."""
    normalized = canonicalize_name(name)
    return _CONDA_NAMES.get(normalized, normalized)


def conda_version_spec(specifiers: SpecifierSet) -> str:
    """Return PEP 440 specifiers as a version of a match spec: ``==1.*`` is ``1.*`` there."""
    terms = []
    for specifier in sorted(specifiers, key=str):
        operator = "==" if specifier.operator == "===" else specifier.operator
        wildcard = operator == "==" and specifier.version.endswith(".*")
        terms.append(specifier.version if wildcard else operator + specifier.version)
    return ",".join(terms)


class Wheel:
    """A wheel file, open only while it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        name, version, _, tags = parse_wheel_filename(path.name)
        self.name = conda_name(name)
        self.version = str(version)
        self.pure = all(tag.abi == "none" and tag.platform == "any" for tag in tags)
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            self.dist_info = next(
                name.split("/")[0] for name in names if name.endswith(".dist-info/METADATA") and name.count("/") == 1
            )
            self.metadata = email.parser.BytesParser().parsebytes(archive.read(f"{self.dist_info}/METADATA"))
            entry_points = f"{self.dist_info}/entry_points.txt"
            self.scripts = _scripts(archive.read(entry_points).decode()) if entry_points in names else {}

    @property
    def requires_python(self) -> SpecifierSet:
        return SpecifierSet(self.metadata.get("Requires-Python", ""))

    def packages(self, interpreters: Sequence[Interpreter]) -> Iterator[Package]:
        """Yield what this wheel becomes for *interpreters*, those which it was downloaded for."""
        if not self.pure:
            for interpreter in interpreters:
                yield self._native(interpreter)
            return
        supported = sorted(
            (i for i in interpreters if self.requires_python.contains(i.version, prereleases=True)),
            key=lambda i: i.minor,
        )
        groups = [(depends, list(group)) for depends, group in groupby(supported, self.depends)]
        for number, (depends, group) in enumerate(groups):
            python = SpecifierSet(self.requires_python)
            if number > 0:
                python &= f">={group[0].xy}"
            if number < len(groups) - 1:
                python &= f"<{groups[number + 1][1][0].xy}.0a0"
            build = "pyhd8ed1ab_0" if len(groups) == 1 else f"pyh{group[0].abi}_0"
            yield self._noarch([f"python {conda_version_spec(python)}".strip(), *depends], build)

    def depends(self, interpreter: Interpreter) -> list[str]:
        """Return the requirements that hold for *interpreter*, without extras, as match specs."""
        environment = {
            **cast(dict[str, str], default_environment()),
            "python_version": interpreter.xy,
            "python_full_version": interpreter.version,
            "extra": "",
        }
        found: dict[str, SpecifierSet] = {}
        for text in self.metadata.get_all("Requires-Dist", []):
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate(environment):
                name = conda_name(requirement.name)
                found[name] = found.get(name, SpecifierSet()) & requirement.specifier
        return sorted(f"{name} {conda_version_spec(specifiers)}".strip() for name, specifiers in found.items())

    def _noarch(self, depends: list[str], build: str) -> Package:
        entry_points = [f"{name} = {target}" for name, target in sorted(self.scripts.items())]
        package = self._package(build, depends)
        package.noarch, package.entry_points = "python", entry_points
        self._unpack(package, site="site-packages", scripts="python-scripts")
        return package

    def _native(self, interpreter: Interpreter) -> Package:
        xy, abi = interpreter.xy, interpreter.abi
        python = [f"python >={xy},<3.{interpreter.minor + 1}.0a0", f"python_abi {xy}.* *_{abi}"]
        depends = [*python, "__glibc >=2.17,<3.0.a0", *self.depends(interpreter)]
        package = self._package(f"{abi.replace('cp', 'py')}hlab_0", depends)
        self._unpack(package, site=f"lib/python{xy}/site-packages", scripts="bin")
        for name, target in self.scripts.items():
            package.add(f"bin/{name}", _script(target), executable=True)
        _compile(package, interpreter)
        return package

    def _package(self, build: str, depends: list[str]) -> Package:
        metadata = self.metadata
        licenses = (metadata.get("License-Expression") or metadata.get("License") or "other").splitlines()
        return Package(
            self.name,
            self.version,
            build=build,
            depends=depends,
            summary=metadata.get("Summary", ""),
            license=licenses[0][:60],
        )

    def _unpack(self, package: Package, *, site: str, scripts: str) -> None:
        with zipfile.ZipFile(self.path) as archive:
            for member in archive.infolist():
                if member.is_dir() or _is_test(member.filename):
                    continue
                path = _placed(member.filename, site, scripts)
                executable = path.startswith(f"{scripts}/") or bool(member.external_attr >> 16 & stat.S_IXUSR)
                package.add(path, _relocatable(path, archive.read(member)), executable=executable)
        self._own(package, site)

    def _own(self, package: Package, site: str) -> None:
        """Say that conda installed it, and list that in RECORD, so that pip can uninstall what it replaces."""
        info = f"{site}/{self.dist_info}"
        package.add(f"{info}/INSTALLER", "conda")
        package.add(f"{info}/REQUESTED", "")
        record = package.files[f"{info}/RECORD"].data.decode().splitlines()
        record = [line for line in record if not line.startswith(f"{self.dist_info}/INSTALLER,")]
        record += [f"{self.dist_info}/{name},," for name in ("INSTALLER", "REQUESTED")]
        record += [f"../../../bin/{name},," for name in self.scripts]
        package.add(f"{info}/RECORD", "".join(f"{line}\n" for line in dict.fromkeys(record)))


def _scripts(entry_points: str) -> dict[str, str]:
    parser = ConfigParser(delimiters=("=",), interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # names are case-sensitive
    parser.read_string(entry_points)
    sections = [name for name in ("console_scripts", "gui_scripts") if parser.has_section(name)]
    return {name: target for section in sections for name, target in parser.items(section)}


def _is_test(member: str) -> bool:
    """Tests are left out, for size; but not what else is in their folders, as numpy.testing imports some of it."""
    *folders, name = PurePosixPath(member).parts
    return bool({"test", "tests"}.intersection(folders)) and (name.startswith("test_") or "data" in folders)


def _placed(member: str, site: str, scripts: str) -> str:
    """Return where a member of a wheel goes: below ``NAME.data/`` by kind, else into site-packages."""
    head, _, rest = member.partition("/")
    if not head.endswith(".data"):
        return f"{site}/{member}"
    kind, _, rest = rest.partition("/")
    folders = {"data": "", "scripts": f"{scripts}/", "headers": "include/"}
    return folders.get(kind, f"{site}/") + rest


def _relocatable(path: str, data: bytes) -> bytes:
    if path == _KERNEL_JSON:
        spec = json.loads(data)
        spec["argv"][0] = f"{PLACEHOLDER}/bin/python"
        return json.dumps(spec, indent=1).encode()
    if data.startswith(b"#!python"):
        return b"#!%s/bin/python" % PLACEHOLDER.encode() + data.removeprefix(b"#!python")
    return data


def _script(target: str) -> str:
    module, _, function = target.partition("[")[0].strip().partition(":")
    return _SCRIPT.format(placeholder=PLACEHOLDER, module=module, name=function.split(".")[0], function=function)


def _compile(package: Package, interpreter: Interpreter) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for path, entry in package.files.items():
            if path.endswith(".py"):
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_bytes(entry.data)
        compile_tree(interpreter, root, root)
        for compiled in root.rglob("*.pyc"):
            package.add(compiled.relative_to(root).as_posix(), compiled.read_bytes())
