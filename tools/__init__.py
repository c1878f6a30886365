"""What the Makefile runs. All but ``setup_python`` run in the virtual environment, from the root of the clone."""
