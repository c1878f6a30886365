"""Files that name exact packages: ``@EXPLICIT`` lists, ``pixi.lock`` and ``conda-lock.yml``, read."""
