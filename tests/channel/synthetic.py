"""Small packages for the odd cases: conflicts, virtual packages, channel priority, activation, link scripts, faults.

None has a payload worth running, so none needs a Python; what each is good for stands beside it.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from .package import PLACEHOLDER, Package

Channel = Literal["main", "extra", "alt/main"]


class Placed(NamedTuple):
    """A package and the channel that it goes into."""

    package: Package
    channel: Channel = "main"
    suffix: Literal[".conda", ".tar.bz2"] = ".conda"


def synthetic_packages() -> Iterator[Placed]:
    """Yield all of them, except those of the channel ``broken``."""
    yield from map(Placed, _for_the_solver())
    yield from map(Placed, _for_virtual_packages())
    yield from _for_channel_priority()
    yield from map(Placed, _for_activation())
    yield from map(Placed, _with_link_scripts())
    yield from map(Placed, _for_python())
    yield from map(Placed, _with_odd_files())
    yield Placed(_generic("legacy-tarbz2"), suffix=".tar.bz2")


def write_sound(channel: Path) -> None:
    """Write the packages of the channel ``broken`` as they should be, for the index to be made of."""
    for name in ("broken-sha", "broken-truncated", "broken-missing"):
        _broken(name, _noise(200_000)).write(channel)


def spoil(channel: Path) -> None:
    """Break the packages behind the index's back: other bytes, half an archive, none at all."""
    _broken("broken-sha", b"tampered" * 25_000).write(channel)
    truncated = channel / "noarch" / f"{_generic('broken-truncated').stem}.conda"
    truncated.write_bytes(truncated.read_bytes()[: truncated.stat().st_size // 2])
    (channel / "noarch" / f"{_generic('broken-missing').stem}.conda").unlink()


def _generic(
    name: str,
    version: str = "1.0",
    *,
    build: str = "0",
    build_number: int = 0,
    depends: Sequence[str] = (),
    constrains: Sequence[str] = (),
) -> Package:
    package = Package(
        name,
        version,
        build=build,
        build_number=build_number,
        depends=list(depends),
        constrains=list(constrains),
        noarch="generic",
    )
    package.add(f"share/lab/{name}.txt", f"{name} {version} {build}\n")
    return package


def _for_the_solver() -> Iterator[Package]:
    for version in ("1.0", "1.5", "2.0"):
        yield _generic("conflict-base", version)
    yield _generic("conflict-a", depends=["conflict-base <2"])
    yield _generic("conflict-b", depends=["conflict-base >=2"])
    yield _generic("constrainer", constrains=["conflict-base <1.5"])
    yield _generic("needs-missing", depends=["does-not-exist >=1"])
    yield _generic("needs-old-python", depends=["python <3.8"])


def _for_virtual_packages() -> Iterator[Package]:
    yield _generic("needs-cuda", depends=["__cuda >=12"])
    yield _generic("needs-glibc", depends=["__glibc >=2.17"])
    yield _generic("needs-future-glibc", depends=["__glibc >=9"])
    yield _generic("gpu-or-cpu", build="cpu_0")
    yield _generic("gpu-or-cpu", build="cuda_100", build_number=100, depends=["__cuda"])


def _for_channel_priority() -> Iterator[Placed]:
    yield Placed(_generic("prio-demo", "1.0"))
    yield Placed(_generic("prio-demo", "2.0"), "extra")
    yield Placed(_generic("prio-demo", "3.0"), "alt/main")
    yield Placed(_generic("only-extra", depends=["prio-demo >=2"]), "extra")
    yield Placed(_generic("only-extra-nodep"), "extra")
    # one file name, two contents: a cache keyed by the name alone confuses them
    yield Placed(_generic("same-build"))
    other = _generic("same-build")
    other.add("share/lab/same-build.txt", "from alt/main, other content\n")
    yield Placed(other, "alt/main")


def _for_activation() -> Iterator[Package]:
    demo = Package("activate-demo", "1.0", noarch="generic")
    demo.add(
        "etc/conda/activate.d/activate-demo.sh",
        'export LAB_ACTIVATED="yes-$CONDA_PREFIX"\n'
        "export LAB_QUOTE='a \"b\" $c'\n"
        'export LAB_MULTI="line1\nline2"\n'
        f'export LAB_PREFIX_BAKED="{PLACEHOLDER}/share"\n',
    )
    demo.add(
        "etc/conda/deactivate.d/activate-demo.sh",
        "unset LAB_ACTIVATED LAB_QUOTE LAB_MULTI LAB_PREFIX_BAKED\n",
    )
    demo.add("etc/conda/env_vars.d/activate-demo.json", json.dumps({"LAB_ENV_VARS_D": "from-env_vars.d"}))
    yield demo
    broken = Package("activate-broken", "1.0", noarch="generic")
    broken.add(
        "etc/conda/activate.d/activate-broken.sh",
        "export BEFORE_FAIL=1\nfalse\nexport AFTER_FAIL=1\n",
    )
    yield broken
    exits = Package("activate-exits", "1.0", noarch="generic")
    exits.add(
        "etc/conda/activate.d/activate-exits.sh",
        "echo noise-on-stdout\necho noise-on-stderr >&2\nexit 3\n",
    )
    yield exits


def _with_link_scripts() -> Iterator[Package]:
    demo = _generic("postlink-demo")
    demo.add(
        "bin/.postlink-demo-post-link.sh",
        "#!/bin/bash\nset -e\n"
        'env | sort > "$PREFIX/postlink.env"\n'
        'echo "hello from post-link" >> "$PREFIX/.messages.txt"\n'
        "echo post-link stdout\n",
        executable=True,
    )
    demo.add("bin/.postlink-demo-pre-unlink.sh", '#!/bin/bash\nrm -f "$PREFIX/postlink.env"\n', executable=True)
    yield demo
    fails = Package("postlink-fails", "1.0", noarch="generic")
    fails.add("bin/.postlink-fails-post-link.sh", "#!/bin/bash\necho about to fail >&2\nexit 7\n", executable=True)
    yield fails


def _for_python() -> Iterator[Package]:
    demo = Package(
        "entrypoint-demo",
        "1.0",
        build="pyhd8ed1ab_0",
        noarch="python",
        depends=["python >=3.9"],
        entry_points=["lab-hello = lab_entry:main"],
    )
    demo.add(
        "site-packages/lab_entry/__init__.py",
        "import sys\n\n\ndef main():\n    print('hello from', sys.prefix, sys.argv[1:])\n    return 0\n",
    )
    info = "site-packages/entrypoint_demo-1.0.dist-info"
    demo.add(f"{info}/METADATA", "Metadata-Version: 2.1\nName: entrypoint-demo\nVersion: 1.0\n")
    demo.add(f"{info}/INSTALLER", "conda")
    demo.add(f"{info}/RECORD", "lab_entry/__init__.py,,\n")
    script = f"#!{PLACEHOLDER}/bin/python\nprint('script ok')\n"
    demo.add("python-scripts/lab-script", script, executable=True)
    yield demo
    # what compiles the .pyc of an environment must live with this
    broken = Package("syntax-error-py", "1.0", build="pyhd8ed1ab_0", noarch="python", depends=["python >=3.9"])
    broken.add("site-packages/lab_syntax_error.py", "def broken(:\n")
    yield broken


def _with_odd_files() -> Iterator[Package]:
    prefix = Package("prefix-demo", "1.0")
    prefix.add("share/lab/prefix.txt", f"prefix={PLACEHOLDER}\nlib={PLACEHOLDER}/lib\n")
    blob = b"\x7fBIN\0" + PLACEHOLDER.encode() + b"/lib/thing\0tail-data\0" + struct.pack("<I", 42)
    prefix.add("lib/lab-prefix.bin", blob, executable=True)
    prefix.add("bin/lab-shebang", f"#!{PLACEHOLDER}/bin/bash-or-not\necho hi\n", executable=True)
    prefix.symlink("lib/lab-link.bin", "lab-prefix.bin")
    yield prefix
    many = Package("many-files", "1.0", noarch="generic")
    for number in range(5000):
        many.add(f"share/many/{number // 100:02d}/{number:05d}.txt", f"{number}\n")
    yield many
    big = Package("big-demo", "1.0", noarch="generic")
    big.add("share/lab/big.bin", _noise(40 * 1024 * 1024))
    yield big
    odd = Package("odd-names", "1.0", noarch="generic")
    odd.add("share/lab/with space/ünïcödé.txt", "odd\n")
    odd.add("share/lab/empty", "")
    odd.symlink("share/lab/dangling", "nowhere")
    yield odd
    for name in ("clobber-a", "clobber-b"):
        clobber = Package(name, "1.0", noarch="generic")
        clobber.add("share/lab/clobbered.txt", f"owned by {name}\n")
        yield clobber


def _broken(name: str, payload: bytes) -> Package:
    package = _generic(name)
    package.add("share/lab/payload.bin", payload)
    return package


def _noise(size: int) -> bytes:
    """Return *size* bytes that do not compress and are always the same."""
    return hashlib.shake_256(b"jupyter-envkernels").digest(size)
