"""The Jupyter server extension: REST, events and metrics on top of the catalog and the jobs.

``extension`` builds the parts and stops them. A request goes ``handlers`` (routes, on ``base``) -> ``wire`` (checks the
input) -> ``service`` -> the catalog or the job manager; the JSON comes from ``documents``, the list of environments
from ``listing``. HTTP status codes are in ``base``.

Events of jobs go from the job manager to ``events`` (the Jupyter event bus), ``audit`` (the administrator's log) and
``metrics`` (Prometheus). ``watch`` notices changes by other programs, and measures sizes.
"""
