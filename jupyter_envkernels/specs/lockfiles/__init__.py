"""Read files that name exact packages.

``explicit`` reads ``@EXPLICIT`` lists. ``lock_file`` reads ``pixi.lock`` and ``conda-lock.yml``: ``pixi_lock`` and
``conda_lock`` find the entries for this platform, and ``entries`` makes packages of them.
"""
