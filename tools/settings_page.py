"""Write docs/settings.md from the traits: ``python -m tools.settings_page``."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

from traitlets import Bool, Callable, Enum, Instance, Int, List, TraitType, Unicode, Union

from jupyter_envkernels.config import EnvKernelsTraits
from jupyter_envkernels.kernels.nb_conda_kernels import read_former

PAGE = Path(__file__).resolve().parent.parent / "docs" / "settings.md"

EXAMPLES = {
    "roots": ["/scratch/envs"],
    "shared_roots": ["/opt/shared/envs"],
    "homes": ["/home/teacher"],
    "trusted_owners": ["teacher", "1500"],
    "trusted_groups": ["course-admins"],
    "default_channels": ["https://conda.example.org/lab", "conda-forge"],
    "default_kernel_packages": ["ipykernel", "matplotlib-inline"],
    "templates_dirs": ["/etc/jupyter/envkernels/templates"],
    "allowed_channels": ["conda-forge", "https://conda.example.org/lab"],
    "denied_packages": ["cryptominer*"],
    "denied_variables": ["CAMPUS_*"],
    "pip_indexes": ["https://pypi.org/simple"],
    "max_total_bytes": 50_000_000_000,
    "min_package_age": "7d",
    "machine_jobs_dir": "/run/envkernels",
    "hidden_environments": "^(_build|test-)|/archive/",
    "display_name": "{name} ({language})",
}
"""Values of settings whose form the help alone does not show."""

_BEFORE = """\
# Settings

<!-- Written by `make docs-settings`: change the help texts in jupyter_envkernels/config.py instead. -->

They are set in a configuration file of Jupyter Server, such as `jupyter_server_config.py`, in one of the folders that
`jupyter --paths` lists; the command line reads the same files. [Administration](administration.md) explains how the
settings work together, and which of them a policy file can make final.
"""

_JUPYTERS = """\
## Jupyter's own

Kernels of environments are listed by `EnvKernelSpecManager` and started by `EnvKernelProvisioner`. These classes have
the settings of the classes of jupyter_client that they extend, and none of their own. Where
`c.KernelSpecManager.allowed_kernelspecs` is set, for instance, only the kernels that it names are listed.
"""

_FORMER = """\
## nb_conda_kernels

Settings of `c.CondaKernelSpecManager` that were made for nb_conda_kernels:
"""

_NAMES_OF_FORMER = ("env_filter", "name_format", "kernelspec_path", "conda_only", "base_name")


def page() -> str:
    """Return the text of the page."""
    traits = EnvKernelsTraits.class_own_traits(config=True)
    ordered = [name for name in vars(EnvKernelsTraits) if name in traits]
    former = [finding for name in _NAMES_OF_FORMER for finding in read_former({name: ""}).findings]
    return "\n".join(
        [
            _BEFORE,
            *(_section(name, traits[name]) for name in ordered),
            _JUPYTERS,
            _FORMER,
            *(_filled(f"- {finding.message} {finding.remedy}".strip(), "  ") for finding in former),
            "",
        ]
    )


def _section(name: str, trait: TraitType[Any, Any]) -> str:
    text = f"## {name}\n\n`c.EnvKernels.{name}`: {_kind(trait)}.\n\n{_filled(trait.help)}\n"
    if name in EXAMPLES:
        value = repr(EXAMPLES[name]).replace("'", '"')
        text += f"\n```python\nc.EnvKernels.{name} = {value}\n```\n"
    return text


def _kind(trait: TraitType[Any, Any]) -> str:
    """Return the type of a trait in words."""
    if isinstance(trait, Union):
        return " or ".join(map(_kind, trait.trait_types))
    if isinstance(trait, List):
        return f"list of {_kind(trait._trait)}s"  # noqa: SLF001 - traitlets has no other way
    if isinstance(trait, Enum):
        return " or ".join(f"`{value!r}`" for value in trait.values or ())
    if isinstance(trait, Int):
        return f"whole number, {trait.min} or more"
    if isinstance(trait, Instance) and isinstance(trait.klass, type):
        return f"`{trait.klass.__module__}.{trait.klass.__qualname__}`"
    return {Unicode: "text", Bool: "`True` or `False`", Callable: "function"}[type(trait)]


def _filled(text: str, indent: str = "") -> str:
    return textwrap.fill(text, 120, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


if __name__ == "__main__":
    PAGE.write_text(page())
