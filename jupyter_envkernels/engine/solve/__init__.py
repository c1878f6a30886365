"""Solve match specs: lines of a spec and channels -> packages, by py-rattler.

- input: ``rattler_specs`` and ``brackets`` (match specs -> py-rattler's, after ``specs.match_specs`` has made them fit
  for the solver), ``spec_lines`` (with positions)
- solve: ``solver``
- without a solver: ``locked_packages`` (packages by URL), ``history_lookup`` (packages of a revision)
- other readers: ``channel_index`` (what channels have, for checks), ``rattler_records`` (JSON -> py-rattler's records)
"""
