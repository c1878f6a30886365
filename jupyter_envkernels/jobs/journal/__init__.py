"""The journal of one job, plain files: its spec, append-only events and log. One ``writer``, any ``reader``."""
