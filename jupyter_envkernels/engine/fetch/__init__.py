"""Read channels and download packages, over the network or from the package cache.

- network: ``client`` (conda's configuration -> rattler's clients), ``credentials`` (out of the URLs of channels)
- downloads: ``resumable_downloads`` and ``partial_archives`` (large packages), ``download_progress``, ``unpacking``
  (limits on disk space)
- package cache: ``package_cache`` (its entries), ``cache_lock`` (its lock, and what killed processes leave)
- failures: ``error_mapping`` (py-rattler's messages -> errors with a remedy)

Archives go into the package cache, from which py-rattler links them.
"""
