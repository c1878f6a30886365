"""Read conda's configuration: ``sources`` finds files and variables, ``condarc`` makes settings, ``channels`` URLs."""
