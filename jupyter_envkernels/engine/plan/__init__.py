"""Make plans: request and installed packages -> packages to install, before anything is written.

- steps of planning: ``planner`` (shared by all operations; the plan of each kind is made by its class in
  ``operations``), ``update`` (what an update requests, keeps and removes), ``diff`` (changes between two states)
- checks of a plan: ``pip_conflicts``, ``disk_space``, ``quota``
"""
