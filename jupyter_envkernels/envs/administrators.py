"""Check that a file belongs to the administrators: only root and the owner of the installation can write it."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

from .conda_roots import designated_root
from .trust import Account, Trust


def why_not_administrators(path: str | os.PathLike[str], prefix: str = sys.prefix) -> str:
    """Return why accounts other than administrators can write a file, as a sentence; empty if they cannot.

    Args:
        path: absolute.
        prefix: of this installation. Its owner counts as an administrator, as does that of the conda base that it is
            in: they can change this program. The user of this process does not count.
    """
    base = designated_root({}, Path(prefix))
    anchors = (prefix, str(base)) if base else (prefix,)
    root = replace(Account.current(), uid=0, private_groups=frozenset())
    owner = frozenset({os.stat(prefix).st_uid})
    return Trust(anchors=anchors, owners=owner, account=root).judge(path).reason
