"""Repackage an installed CPython as conda packages ``python`` and ``python_abi``.

A prefix is made from copies of the interpreter, of the standard library and of the shared libraries which it has in
its own prefix; then nothing in it may refer to where it came from:

- a RUNPATH that names the old ``lib`` folder is overwritten in place by the shorter ``$ORIGIN/.../lib``;
- text files that record the old prefix get the placeholder;
- Debian's patch, by which the interpreter looks for packages in ``dist-packages``, is undone.

The result is run before it is packaged. Left out, for size: tests, headers, tkinter, idlelib, lib2to3 and ensurepip.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from .interpreters import Interpreter
from .package import PLACEHOLDER, Package

_LEFT_OUT = {
    "EXTERNALLY-MANAGED",
    "__pycache__",
    "_distutils_system_mod.py",
    "dist-packages",
    "ensurepip",
    "idlelib",
    "lib2to3",
    "pydoc_data",
    "site-packages",
    "sitecustomize.py",
    "test",
    "tests",
    "tkinter",
    "turtle.py",
    "turtledemo",
}
_LEFT_OUT_EXTENSIONS = re.compile(r"_test|_ctypes_test|xx|_xxtest|_tkinter")

_DEBIAN_SITE = (b"dist-packages", b"site-packages")
_DEBIAN_SCHEME = (b"prefix_scheme = 'posix_local'", b"prefix_scheme = 'posix_prefix'")

_SELF_CHECK = """
import bz2, ctypes, hashlib, json, lzma, multiprocessing, sqlite3, ssl, sys, sysconfig, zlib
import site
print(json.dumps([sys.prefix, sysconfig.get_path("purelib"), site.getsitepackages()]))
"""


class NotRelocatableError(Exception):
    """This CPython cannot be repackaged; the message says why."""


def build_python(interpreter: Interpreter) -> list[Package]:
    """Return ``python`` and ``python_abi`` for *interpreter*; raise NotRelocatableError where that does not work."""
    xy, abi = interpreter.xy, interpreter.abi
    python = Package(
        "python",
        interpreter.version,
        build=f"h{abi}lab_0_cpython",
        license="PSF-2.0",
        summary="General purpose programming language (repackaged for tests)",
        depends=["__glibc >=2.17,<3.0.a0", f"python_abi {xy}.* *_{abi}"],
    )
    python_abi = Package(
        "python_abi",
        xy,
        build=f"8_{abi}",
        build_number=8,
        noarch="generic",
        constrains=[f"python {xy}.* *_cpython"],
        summary="Metapackage to select python implementation",
    )
    with tempfile.TemporaryDirectory() as folder:
        prefix = Path(folder).resolve() / "prefix"
        try:
            _fill(prefix, interpreter)
            _check(prefix, xy)
        except (OSError, subprocess.SubprocessError) as error:
            raise NotRelocatableError(f"{interpreter.executable}: {error}") from error
        python.add_tree(prefix)
    return [python, python_abi]


def compile_tree(interpreter: Interpreter, root: Path, folder: Path) -> None:
    """Compile *folder* beneath *root*; the .pyc are not checked against their source, as in conda-forge's packages."""
    command = [str(interpreter.executable), "-I", "-m", "compileall", "-q", "-f", "-j", "0"]
    command += ["--invalidation-mode", "unchecked-hash", "-s", str(root), "-p", "/", str(folder)]
    # a file that does not compile (a template, an example of an error) is not compiled, and that is all
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _fill(prefix: Path, interpreter: Interpreter) -> None:
    xy = interpreter.xy
    executable = prefix / "bin" / f"python{xy}"
    executable.parent.mkdir(parents=True)
    shutil.copy2(interpreter.executable, executable)
    for name in ("python3", "python"):
        (prefix / "bin" / name).symlink_to(executable.name)
    stdlib = prefix / "lib" / f"python{xy}"
    _copy_stdlib(interpreter.stdlib, stdlib)
    dynload = sorted((stdlib / "lib-dynload").glob("*.so"))
    libraries = _copy_libraries(interpreter, prefix / "lib")
    for binary in [executable, *dynload, *libraries]:
        _strip(binary)
        _set_runpath(binary, interpreter.prefix / "lib", prefix / "lib")
    _forget_prefix(interpreter.prefix, stdlib)
    _undo_debian(stdlib, [executable, *libraries])
    compile_tree(interpreter, prefix, stdlib)
    # these would hold the placeholder in a form that cannot be replaced
    for compiled in stdlib.glob("__pycache__/_sysconfigdata*.pyc"):
        compiled.unlink()


def _copy_stdlib(source: Path, target: Path) -> None:
    def left_out(folder: str, names: list[str]) -> Iterable[str]:
        if Path(folder) == source:
            return [name for name in names if name in _LEFT_OUT or name.startswith("config-")]
        if Path(folder).name == "lib-dynload":
            return [name for name in names if _LEFT_OUT_EXTENSIONS.match(name)]
        return {"__pycache__", "test", "tests"}.intersection(names)

    shutil.copytree(source, target, ignore=left_out)
    for folder in ("site-packages", "lib-dynload"):
        # a package holds no empty folder, and Python wants both
        (target / folder).mkdir(exist_ok=True)
        (target / folder / "README.txt").write_text(f"{folder} of Python\n")


def _copy_libraries(interpreter: Interpreter, target: Path) -> list[Path]:
    """Copy the shared libraries of the interpreter's own prefix: libpython, or all of a conda Python's."""
    if interpreter.prefix == Path("/usr"):  # its libraries are the system's, which stay where they are
        return []
    own = interpreter.prefix / "lib"
    libraries = {library for library in _linked_libraries(interpreter) if library.parent == own}
    return [Path(shutil.copy2(library, target)) for library in sorted(libraries)]


def _linked_libraries(interpreter: Interpreter) -> Iterator[Path]:
    binaries = [interpreter.executable, *(interpreter.stdlib / "lib-dynload").glob("*.so")]
    done = subprocess.run(["ldd", *map(str, binaries)], capture_output=True, text=True, check=False)
    for resolved in re.findall(r"=> (/\S+)", done.stdout):
        yield Path(os.path.normpath(resolved))


def _strip(binary: Path) -> None:
    binary.chmod(0o755)
    if strip := shutil.which("strip"):
        subprocess.run([strip, "--strip-unneeded", str(binary)], check=True, capture_output=True)


def _set_runpath(binary: Path, old: Path, new: Path) -> None:
    old_bytes = b"\0%s\0" % os.fsencode(old)
    relative = os.path.relpath(new, binary.parent)
    new_bytes = b"\0%s\0" % (b"$ORIGIN" if relative == "." else b"$ORIGIN/" + os.fsencode(relative))
    data = binary.read_bytes()
    if old_bytes not in data:
        return
    if len(new_bytes) > len(old_bytes):
        raise OSError(f"the RUNPATH {old} is too short to be replaced")
    binary.write_bytes(data.replace(old_bytes, new_bytes.ljust(len(old_bytes), b"\0")))


def _forget_prefix(old: Path, stdlib: Path) -> None:
    for pattern in ("_sysconfigdata*.py", "_sysconfig_vars*.json", "build-details.json"):
        for path in stdlib.glob(pattern):
            # not a part of a longer name: /usr is in /usr/local, too
            text = re.sub(rf"{re.escape(str(old))}(?=[/'\"\s:])", PLACEHOLDER, path.read_text())
            path.write_text(text)


def _undo_debian(stdlib: Path, binaries: list[Path]) -> None:
    """Make it look in site-packages again: in ``site``, which newer Pythons freeze into the binary, and sysconfig."""
    for path in [stdlib / "site.py", *binaries]:
        path.write_bytes(path.read_bytes().replace(*_DEBIAN_SITE))
    for path in (stdlib / "sysconfig.py", stdlib / "sysconfig" / "__init__.py"):
        if path.exists():
            path.write_bytes(path.read_bytes().replace(*_DEBIAN_SCHEME))


def _check(prefix: Path, xy: str) -> None:
    """Run the new prefix's Python: it must find its own library, and packages where conda puts them."""
    command = [str(prefix / "bin" / "python"), "-IB", "-c", _SELF_CHECK]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    if done.returncode:
        raise OSError("the copy does not run: " + (done.stderr.strip().splitlines() or ["no message"])[-1])
    found_prefix, purelib, sites = json.loads(done.stdout)
    site = str(prefix / "lib" / f"python{xy}" / "site-packages")
    if found_prefix != str(prefix) or purelib != site or site not in sites:
        raise OSError(f"the copy of {found_prefix} looks for packages in {[purelib, *sites]}, not in {site}")
