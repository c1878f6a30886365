"""Run operations as jobs, which outlive the browser and the server.

- from request to job: ``requests`` (what REST and the command line send -> operations), ``admission`` (limits),
  ``manager`` (entry point: submit, run, cancel, list), ``queue``, ``machine_limits`` and ``machine_slots`` (limits of
  the machine)
- one job: ``worker`` (the process that runs its transaction), ``prefork`` (starts one in advance), ``worker_process``
  (start, cancel, finalize after a crash), ``process_id``, ``rate``
- state on disk: ``journal`` (request, events and log of a job), ``locks`` (keep two servers from one prefix),
  ``retention`` (which journals are kept), ``recovery`` (clean up at start-up),
  ``reclaim`` (free disk space)
- events: ``follower`` (journal -> listeners)
- checks of specs against channels, and searches: ``lint_client`` asks ``lint_worker``, a process of its own
- ``settings``: those in force, for users

The manager stores a request in the journal, the worker appends events to it, and the follower reads them.
"""
