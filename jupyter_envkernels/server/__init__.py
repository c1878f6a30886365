"""The Jupyter server extension: REST, events and configuration over the catalog and the jobs."""
