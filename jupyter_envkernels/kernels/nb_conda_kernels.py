"""What nb_conda_kernels leaves: its settings, as far as ours have an equal, and kernelspecs that it has written."""

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
"""Fields of its ``name_format`` that are called otherwise in ``c.EnvKernels.display_name``."""

_EQUALS = {"env_filter": "hidden_environments", "name_format": "display_name"}

_REMEDIES = {
    "kernelspec_path": "Set c.EnvKernels.sync_kernelspecs, or run 'jupyter envkernels sync'.",
    "conda_only": "Name the kernels that are to be shown in c.KernelSpecManager.allowed_kernelspecs.",
    "base_name": "Use {name} in c.EnvKernels.display_name; the base environment is called base.",
}


_RUNNER = "nb_conda_kernels.runner"
"""The module that its kernelspecs run."""

_MAX_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class FormerSettings:
    """What is configured for nb_conda_kernels.

    Attributes:
        hidden_environments: as ours of that name; empty where it is not set.
        display_name: likewise.
        findings: one for each setting that is there.
    """

    hidden_environments: str = ""
    display_name: str = ""
    findings: tuple[Finding, ...] = ()


def read_former(section: Mapping[str, object]) -> FormerSettings:
    """Translate the settings.

    Args:
        section: of the configuration; no value of it need be right.
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
        return Finding(ok=True, message=f"{setting}, of nb_conda_kernels, counts unless {ours} is set.")
    remedy = _REMEDIES.get(name, "Remove it.")
    return Finding(ok=False, message=f"{setting}, of nb_conda_kernels, has no effect.", remedy=remedy)


def _translated(name_format: str) -> str:
    try:
        return "".join(_parts(name_format))
    except ValueError:
        return name_format  # which is refused as any template


def _parts(name_format: str) -> Iterator[str]:
    for text, field, spec, conversion in Formatter().parse(name_format):
        yield text.replace("{", "{{").replace("}", "}}")
        if field is not None:
            ending = (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "")
            yield f"{{{_FIELDS.get(field, field)}{ending}}}"


def written_kernelspecs() -> list[Path]:
    """Return the folders of kernelspecs that its ``kernelspec_path`` has had written, wherever Jupyter looks."""
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
    """Return a finding on each of them."""
    return [
        Finding(
            ok=False,
            message=f"nb_conda_kernels has written the kernelspec {folder}, and nothing keeps it true.",
            remedy="'jupyter envkernels sync --replace' puts one of ours in its place.",
        )
        for folder in written_kernelspecs()
    ]
