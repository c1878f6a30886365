"""Check that the kernel of a new environment starts, before the environment is visible.

- ``kernel_check``: looks for the program and the module of each kernelspec, or imports it
- ``kernel_age``: skips the import if the kernel is newer than its Python
"""
