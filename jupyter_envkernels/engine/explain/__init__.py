"""Explain why a spec has no solution, and what would help, by further questions to the solver and the channels.

- after a failed solve: ``diagnosis`` (entry point), ``conflicts`` (which lines conflict, and by which dependency),
  ``candidates`` (why no package matches a line)
- while a spec is edited: ``channel_lint`` (entry point), ``pip_to_conda`` (pip lines that conda could install),
  ``virtual_packages`` (lines that need another machine)

Sentences are built by ``engine.messages``, "Did you mean" by ``suggestions``.
"""
