"""Which files are those of the administrator: others than root and the owner of the installation cannot write them."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

from .conda_roots import designated_root
from .trust import Account, Trust


def why_not_administrators(path: str | os.PathLike[str], prefix: str = sys.prefix) -> str:
    """Return why a file is not the administrator's, as a sentence; empty where it is.

    Args:
        path: absolute.
        prefix: of the installation: its owner counts as an administrator, and the user of this process does not. Who
            can write there, or in the base of conda that it is in, can change this program.
    """
    base = designated_root({}, Path(prefix))
    anchors = (prefix, str(base)) if base else (prefix,)
    root = replace(Account.current(), uid=0, private_groups=frozenset())
    owner = frozenset({os.stat(prefix).st_uid})
    return Trust(anchors=anchors, owners=owner, account=root).judge(path).reason
