"""Environments as Jupyter kernels. Knows no server: any Jupyter client can use it."""
