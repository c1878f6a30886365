"""The configuration: what it gives to the parts below it, and what its help texts promise."""

from __future__ import annotations

from pathlib import Path

from jupyter_envkernels.config import EnvKernels
from jupyter_envkernels.envs.naming import DEFAULT_TEMPLATE


def test_paths_are_absolute_and_have_no_dots() -> None:
    traits = EnvKernels(roots=["~/a/../envs"], templates_dirs=["templates"])
    assert traits.catalog_options(None).roots == (Path.home() / "envs",)
    assert traits.template_folders() == (Path.cwd() / "templates",)


def test_the_help_tells_the_default_names_of_kernels() -> None:
    assert f"'{DEFAULT_TEMPLATE}'" in EnvKernels.display_name.help
