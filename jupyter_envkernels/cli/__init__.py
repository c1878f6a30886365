"""``jupyter envkernels VERB``: the catalog and the jobs without a server, and without a browser.

Each verb is a function of a module of its own kind, which is imported when the verb is used: a person waits for the
others' imports otherwise.
"""

from __future__ import annotations

from .program import main

__all__ = ["main"]
