"""Change a prefix by a plan: all of it, or nothing.

- entry point: ``transaction`` (create, clone, update, remove as sequences of steps)
- before: ``preflight`` (checks)
- staging: ``staging`` (folders and marks), ``former_python`` (deletes pip packages if python's minor version changes)
- swap: ``swap`` (exchanges an update with the environment)
- in the final prefix, before the commit: ``post_install`` (post-link scripts, pip, the check of the kernel)
- failure or crash: ``rollback``

A plan is linked into a staging prefix, which is renamed to the final prefix with a pending mark in it. The commit turns
that mark into a committed one. If the worker dies between rename and commit, discovery ignores a new prefix with a
pending mark, and ``rollback`` removes it, or swaps the previous version back.
"""
