"""A package index for the ``pip:`` section: wheels of our own, and the pages of PEP 503 that list them.

``wheels/`` holds ``envkernels-demo-pip`` 1.0 and 2.0, which install the module ``envkernels_demo_pip``.
"""

from __future__ import annotations

import hashlib
import time
import zipfile
from pathlib import Path

from .package import EPOCH

PROJECT = "envkernels-demo-pip"
VERSIONS = ("1.0", "2.0")

_MODULE = '''\
"""Shows that a wheel of the ``pip:`` section is there."""

__version__ = "{version}"


def greeting() -> str:
    return "envkernels-demo-pip {version}"
'''

_PAGE = """\
<!DOCTYPE html>
<html><head><meta name="pypi:repository-version" content="1.0"><title>{title}</title></head>
<body>
{links}
</body></html>
"""


def write_pip_index(root: Path) -> None:
    """Write ``wheels/`` and ``simple/`` into *root*."""
    wheels = [_write_wheel(root / "wheels", version) for version in VERSIONS]
    links = [_link(f"../../wheels/{w.name}#sha256={_sha256(w)}", w.name) for w in wheels]
    _write_page(root / "simple" / PROJECT, PROJECT, links)
    _write_page(root / "simple", "Simple index", [_link(f"{PROJECT}/", PROJECT)])


def _write_wheel(folder: Path, version: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    module = PROJECT.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    members = {
        f"{module}.py": _MODULE.format(version=version),
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {PROJECT}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: envkernels\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = [f"{name},," for name in [*members, f"{info}/RECORD"]]
    members[f"{info}/RECORD"] = "\n".join(record) + "\n"
    path = folder / f"{module}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(zipfile.ZipInfo(name, time.gmtime(EPOCH)[:6]), text)
    return path


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _link(href: str, text: str) -> str:
    return f'<a href="{href}">{text}</a><br>'


def _write_page(folder: Path, title: str, links: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(_PAGE.format(title=title, links="\n".join(links)))
