"""Campaigns of things that go wrong at arbitrary moments. ``make test`` runs a slice, ``make soak`` all."""
