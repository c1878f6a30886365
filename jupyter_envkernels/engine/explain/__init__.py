"""Why a spec has no solution, and what would help: sentences found by asking the solver again.

``diagnosis`` begins; ``conflicts``, ``candidates`` and ``virtual_packages`` find the parts of its answer.
``channel_lint`` says the same of a spec that is being written, ``pip_to_conda`` what conda could install for pip.
"""
