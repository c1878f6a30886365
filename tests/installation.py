"""An installation with a prefix of its own, of which a test is the administrator."""

from __future__ import annotations

import json
import sysconfig
import venv
from pathlib import Path


class Installation:
    """A virtual environment that has all packages of this one.

    Args:
        prefix: where to make it.
    """

    def __init__(self, prefix: Path) -> None:
        venv.create(prefix, symlinks=True)
        self.prefix = prefix
        self.python = str(prefix / "bin" / "python")
        own = Path(sysconfig.get_path("purelib", vars={"base": str(prefix), "platbase": str(prefix)}))
        (own / "all.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")

    @property
    def policy(self) -> Path:
        """The policy file of this installation."""
        return self.prefix / "etc" / "jupyter" / "envkernels" / "policy.yml"

    def write_policy(self, text: str) -> None:
        self.policy.parent.mkdir(parents=True, exist_ok=True)
        self.policy.write_text(text)

    def write_condarc(self, text: str) -> None:
        """Write conda's configuration of this installation, which is a base of conda from now on."""
        (self.prefix / "condabin").mkdir(exist_ok=True)
        (self.prefix / ".condarc").write_text(text)

    def write_audit_config(self) -> Path:
        """Have servers keep an audit trail; the file of it."""
        trail = self.prefix / "audit.jsonl"
        config = self.prefix / "etc" / "jupyter" / "jupyter_config.py"
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text(
            f"import logging\nc.EnvKernels.audit_handlers = lambda: [logging.FileHandler({str(trail)!r})]\n"
        )
        return trail

    def enable(self) -> None:
        """Have servers load the extension, and no other ones, which take longer to start than all the rest."""
        others = ("jupyter_lsp", "jupyter_server_terminals", "jupyterlab", "notebook_shim")
        enabled = {"jupyter_envkernels": True, **dict.fromkeys(others, False)}
        config = self.prefix / "etc" / "jupyter" / "jupyter_server_config.json"
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text(json.dumps({"ServerApp": {"jpserver_extensions": enabled}}))
