"""Migrate from nb_conda_kernels: translate its settings, and find kernelspecs that it has written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

from jupyter_core.paths import jupyter_path

from ..envs.doctor import Finding
from ..files import read_file

_FIELDS = {"0": "language", "1": "environment", "kernel": "kernel_name"}
"""Fields of its ``name_format`` that have other names in ``c.EnvKernels.display_name``."""

_EQUALS = {"env_filter": "hidden_environments", "name_format": "display_name"}

_REMEDIES = {
    "kernelspec_path": "Set c.EnvKernels.sync_kernelspecs, or run 'jupyter envkernels sync'.",
    "conda_only": "List the kernels to show in c.KernelSpecManager.allowed_kernelspecs.",
    "base_name": "Use {name} in c.EnvKernels.display_name; the base environment is called base.",
}


_RUNNER = "nb_conda_kernels.runner"
"""The module that its kernelspecs run."""

_MAX_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class FormerSettings:
    """The settings of nb_conda_kernels.

    Attributes:
        hidden_environments: for our setting of that name; empty if not set.
        display_name: likewise.
        findings: one for each setting.
    """

    hidden_environments: str = ""
    display_name: str = ""
    findings: tuple[Finding, ...] = ()


def read_former(section: Mapping[str, object]) -> FormerSettings:
    """Translate the settings.

    Args:
        section: of the configuration; its values may be invalid.
    """
    env_filter, name_format = (section.get(name) for name in _EQUALS)
    return FormerSettings(
        hidden_environments=env_filter if isinstance(env_filter, str) else "",
        display_name=_translated(name_format) if isinstance(name_format, str) else "",
        findings=tuple(map(_finding, sorted(section))),
    )


def _finding(name: str) -> Finding:
    setting = f"c.CondaKernelSpecManager.{name}"
    if name in _EQUALS:
        ours = f"c.EnvKernels.{_EQUALS[name]}"
        return Finding(ok=True, message=f"{setting} of nb_conda_kernels is used unless {ours} is set.")
    remedy = _REMEDIES.get(name, "Remove it.")
    return Finding(ok=False, message=f"{setting} of nb_conda_kernels has no effect.", remedy=remedy)


def _translated(name_format: str) -> str:
    try:
        return "".join(_parts(name_format))
    except ValueError:
        return name_format  # refused later, like any invalid template


def _parts(name_format: str) -> Iterator[str]:
    for text, field, spec, conversion in Formatter().parse(name_format):
        yield text.replace("{", "{{").replace("}", "}}")
        if field is not None:
            ending = (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "")
            yield f"{{{_FIELDS.get(field, field)}{ending}}}"


def written_kernelspecs() -> list[Path]:
    """Return the folders of kernelspecs written by its ``kernelspec_path``, anywhere on Jupyter's path."""
    return [
        file.parent
        for folder in jupyter_path("kernels")
        for file in sorted(Path(folder).glob("conda-*/kernel.json"))
        if _is_written(file) and not file.parent.is_symlink()
    ]


def _is_written(file: Path) -> bool:
    try:
        spec = json.loads(read_file(file, _MAX_BYTES))
    except (OSError, ValueError):
        return False
    argv = spec.get("argv") if isinstance(spec, dict) else None
    return isinstance(argv, list) and _RUNNER in argv


def findings_on_kernelspecs() -> list[Finding]:
    """Return a finding for each kernelspec that nb_conda_kernels has written."""
    return [
        Finding(
            ok=False,
            message=f"nb_conda_kernels has written the kernelspec {folder}, which is no longer kept up to date.",
            remedy="'jupyter envkernels sync --replace' replaces it by one that is.",
        )
        for folder in written_kernelspecs()
    ]
