"""Turn a request into a plan, and the plan into a prefix.

The layers, from the top:

- entry: ``operations`` (create, clone, update ...: one class each), ``export`` (environment -> file)
- package manager: ``backend`` (the interface, which another backend such as conda-pypi would implement), ``rattler``
  (its implementation by py-rattler)
- change a prefix: ``transaction`` (staging, swap, commit, rollback)
- plan: ``plan`` (solve, compare, check the quota), ``explain`` (why there is no solution), ``pip`` (the pip section)
- read channels: ``solve`` (match specs, solver), ``fetch`` (network, credentials, package cache)
- files of a prefix: ``link`` (copy, clone, relocate, compile), ``verify`` (does the kernel start?)
- shared: ``channel_policy`` (which channels are forbidden), ``mirrors``, ``messages``, ``progress``,
  ``variable_expansion``, ``process``, ``isolated_python``, ``traceback_summary``

An operation asks ``plan`` for its plan, and :class:`.transaction.transaction.Transaction` carries it out by the backend
and ``pip``; progress flows back through :class:`.backend.Report`.
"""
