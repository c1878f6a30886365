"""The last look before an environment is taken away, whoever asked for it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ..envs.installations import is_root
from ..errors import Forbidden, NotFound


def check_removable(prefix: Path) -> None:
    """Refuse what must not be removed.

    Raises:
        NotFound: there is no environment.
        Forbidden: it is a link, the base of an installation, what runs this program, or has other environments in it;
            or permissions forbid it.
    """
    if prefix.is_symlink():
        raise Forbidden(
            f"{prefix} is a link to {prefix.readlink()}.", remedy="Remove the environment that it leads to."
        )
    if not (prefix / "conda-meta").is_dir():
        raise NotFound(f"There is no environment at {prefix}.")
    if is_root(prefix):
        raise Forbidden(f"{prefix} is the base of a conda installation.")
    if nested := sorted(path.parent.name for path in (prefix / "envs").glob("*/conda-meta")):
        raise Forbidden(
            f"{prefix} has other environments in its folder envs: {', '.join(nested)}.", remedy="Remove these first."
        )
    if Path(sys.prefix).resolve().is_relative_to(prefix.resolve()):
        raise Forbidden(f"Jupyter itself runs in {prefix}.")
    if not os.access(prefix.parent, os.W_OK | os.X_OK) or not os.access(prefix, os.W_OK | os.X_OK):
        raise Forbidden(f"You may not change {prefix}.")
