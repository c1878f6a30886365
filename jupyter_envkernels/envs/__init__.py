"""Find and describe conda environments by reading files; no program is run to find them.

Data flows ``locations`` -> ``discovery`` -> ``prefixes`` -> ``builder`` -> ``catalog``, which the other packages ask.

- where to look: ``locations``, ``conda_roots``, ``conda_config`` (condarc files and channels)
- what is in a prefix: ``prefixes``, ``kernel_json``, ``interpreters``, ``frozen``, ``former_prefixes``, ``history``;
  packages: ``prefix_data`` (the reader of ``conda-meta``), ``site_packages``, merged by ``inventory``
- names: ``kernel_ids`` makes the ids and display names of kernels
- whose files may be used: ``trust``, ``trust_sources``, ``administrators``
- limits and templates of the administrator: ``policy_file``, ``templates``
- use and size: ``usage``, measured by ``usage_scanner`` and ``disk_usage``; ``quota_usage``, ``running_kernels``
- starting a kernel: ``activation``, ``activation_scripts``, ``server_tokens``
- ``doctor`` explains why a prefix is or is not a kernel; ``requirement_files`` reads files named by pip lines;
  ``fingerprints`` tell whether a file has changed

``~/.conda/environments.txt`` is read here and written by ``engine.link.conda_meta``.
"""
