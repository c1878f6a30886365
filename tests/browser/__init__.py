"""Tests that drive a real JupyterLab in Chromium. They run apart from the others: see ``tools/checks.py``."""
