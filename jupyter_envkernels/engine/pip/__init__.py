"""Install the ``pip:`` section of a spec by uv or pip.

- run: ``installer`` (the commands), ``output`` (their output -> progress), ``prereleases`` (uv chooses as pip would)
- configuration: ``config`` (pip's own files and variables), ``indexes`` (limits on indexes)
- afterwards: ``requested`` (marks requested packages)

Runs in the final prefix, because pip writes its path into scripts.
"""
