"""The tests; run from the root of the repository."""
