"""Lines of a spec -> one question to the solver.

``rattler_specs`` and ``brackets`` make lines fit for the solver, ``spec_lines`` keeps their places, ``solver`` asks;
``explicit`` and ``history_lookup`` find records of packages that are known already, ``channel_index`` reads channels.
"""
