"""Have pip fetch Node where the panel has to be built and the machine has none: a build hook of hatchling."""

from __future__ import annotations

import os
import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PANEL = "jupyter_envkernels/labextension/static/style.js"


class NodeHook(BuildHookInterface[Any]):
    """Adds Node of PyPI to what a build needs."""

    def dependencies(self) -> list[str]:
        """Return nothing where a Node that is new enough is on PATH, or the panel is there already."""
        root = Path(self.root)
        if os.environ.get("SKIP_JUPYTER_BUILDER") or (root / PANEL).exists():
            return []
        setup_node = runpy.run_path(str(root / "tools" / "setup_node.py"))  # tools is on no path of a build
        return [] if setup_node["usable_node"]() else [setup_node["PACKAGE"]]
