"""Make N conda prefixes, or as many static kernelspecs, to measure with.

    python -m benchmarks.prefixes FOLDER N

A prefix has what discovery looks at as conda leaves it: a history, 60 package records, a Python and a kernelspec with
logos. ``FOLDER/envs`` has the prefixes, and ``FOLDER/static/kernels`` the same kernels as kernelspecs of Jupyter's own.
``FOLDER/home`` is the home folder of somebody who has them all in ``~/.conda/environments.txt`` and their folder in
``~/.condarc``; in ``FOLDER/listed`` only ``environments.txt`` names them.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path

from jupyter_envkernels.envs.usage import Footprints, UsageRecord, record_start
from jupyter_envkernels.models import Environment, environment_id

_RECORDS = 60
_LOGOS = ("logo-32x32.png", "logo-64x64.png", "logo-svg.svg")
_AGE_SECONDS = 3600


def make(folder: Path, count: int) -> None:
    """Make all of it; what is there already is kept."""
    if (folder / "home/.condarc").exists():
        return
    template = folder / "template"
    _make_prefix(template, template)
    for number in range(count):
        name = f"env{number:04d}"
        prefix = folder / "envs" / name
        _copy(template, prefix)
        _write_kernel(prefix / "share/jupyter/kernels/python3", prefix, "Python 3 (ipykernel)")
        static = folder / f"static/kernels/conda-env-{name}-py"
        static.mkdir(parents=True)
        _write_kernel(static, prefix, f"{name} (Python 3)")
        for logo in _LOGOS:
            os.link(template / "share/jupyter/kernels/python3" / logo, static / logo)
        _age(prefix)
    _make_home(folder / "listed", folder, "")
    _make_home(folder / "home", folder, f"envs_dirs:\n  - {folder}/envs\n")


def _make_home(home: Path, folder: Path, condarc: str) -> None:
    """Make a home folder whose ``environments.txt`` names all prefixes."""
    (home / ".conda").mkdir(parents=True)
    prefixes = sorted((folder / "envs").iterdir())
    (home / ".conda/environments.txt").write_text("".join(f"{prefix}\n" for prefix in prefixes))
    (home / ".condarc").write_text(condarc)
    for path in (folder / "envs", home, *home.rglob("*")):
        _set_time(path)


def make_footprints(folder: Path) -> None:
    """Sizes and last uses of all of them, in Jupyter's data folder ``FOLDER/known``."""
    known = folder / "known/envkernels/usage"
    prefixes = sorted((folder / "envs").iterdir())
    records = {
        environment_id(prefix): UsageRecord(os.fsencode(prefix), ("conda-meta",), "0", 10**8, 10**9, time.time(), 1.7e9)
        for prefix in prefixes
    }
    Footprints(known).save(records, [Environment(key, "", Path()) for key in records])
    for prefix in prefixes:
        record_start(prefix, known)
    _set_time(known)


def _make_prefix(folder: Path, prefix: Path) -> None:
    kernel = folder / "share/jupyter/kernels/python3"
    kernel.mkdir(parents=True)
    (folder / "conda-meta").mkdir()
    (folder / "bin").mkdir()
    (folder / "conda-meta/history").write_text("==> 2026-01-01 12:00:00 <==\n")
    for number in range(_RECORDS):
        name = f"package-{number:02d}"
        record = {"name": name, "version": "1.0", "files": [f"lib/{name}/{part}.py" for part in range(40)]}
        (folder / f"conda-meta/{name}-1.0-0.json").write_text(json.dumps(record, indent=2))
    (folder / "bin/python").symlink_to(sys.executable)
    for logo in _LOGOS:
        (kernel / logo).write_bytes(b"logo" * 200)
    _write_kernel(kernel, prefix, "Python 3 (ipykernel)")


def _write_kernel(folder: Path, prefix: Path, display_name: str) -> None:
    argv = [f"{prefix}/bin/python", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": display_name, "language": "python", "metadata": {"debugger": True}}
    (folder / "kernel.json").unlink(missing_ok=True)
    (folder / "kernel.json").write_text(json.dumps(spec, indent=1))


def _copy(source: Path, target: Path) -> None:
    """Folders anew, files as hard links: as fast as conda makes an environment."""
    target.mkdir(parents=True)
    for entry in sorted(source.iterdir()):
        copy = target / entry.name
        if entry.is_symlink():
            copy.symlink_to(entry.readlink())
        elif entry.is_dir():
            _copy(entry, copy)
        else:
            os.link(entry, copy)


def _age(folder: Path) -> None:
    for path in (folder / "share/jupyter/kernels", *(folder / "share").rglob("kernel.json"), folder / "conda-meta"):
        _set_time(path)


def _set_time(path: Path) -> None:
    then = time.time() - _AGE_SECONDS
    os.utime(path, (then, then))


def main() -> None:
    """Make them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("count", type=int)
    arguments = parser.parse_args()
    make(arguments.folder.absolute(), arguments.count)


if __name__ == "__main__":
    main()
