"""Plan -> prefix: stage aside, link, swap in by one rename, run what needs the final place, commit or roll back.

``transaction`` is the one road of every change; ``preflight`` looks before it, ``staging`` and ``swap`` put folders in
place, ``post_install`` runs scripts, pip and the check of the kernel, ``rollback`` undoes a job that failed or died.
"""
