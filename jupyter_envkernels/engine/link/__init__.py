"""Handle the files of a prefix: list, copy, clone, relocate, compile, and record them in ``conda-meta``.

- whole prefixes: ``clone`` (to another path), ``snapshot`` (copy to be updated, kept in sync), both by hard links;
  ``relocate`` (replaces the prefix in files), ``tree`` (lists and copies folders), ``folders`` (deletes them)
- owners of files: ``manifest`` (which package owns a file), ``clobbers`` (path conflicts), ``permissions`` (in shared
  roots)
- conda-meta: ``package_records`` (records as conda writes them), ``conda_meta`` (history, variables,
  ``environments.txt``)
- code: ``bytecode`` (compiles), ``shared_bytecode`` (links what another environment has compiled), ``link_scripts``

py-rattler itself links packages from the package cache; see ``engine.rattler``.
"""
