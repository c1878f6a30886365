"""Files of a prefix: linked, copied, cloned, relocated, compiled, and recorded in ``conda-meta``.

``tree`` lists and copies folders, ``manifest`` knows which files packages have brought, ``clone`` and ``snapshot`` copy
whole prefixes by hard links, ``conda_meta`` writes what conda reads.
"""
