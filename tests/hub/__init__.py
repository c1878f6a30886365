"""On a real JupyterHub."""
