"""Spec -> plan -> prefix: solving, installing, and the transaction that makes an environment whole or not at all."""
