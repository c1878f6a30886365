"""Store jobs on disk: each journal is a folder with the request, events and log of one job.

- ``writer``: creates journals and appends to them, under the job's lock
- ``reader``: reads them; has the layout of the folder
- ``log``: the log file, with a limit on its size

Events flow from the worker's ``writer`` into the file, and from there by ``reader`` to any number of readers.
"""
