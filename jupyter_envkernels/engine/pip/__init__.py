"""The ``pip:`` section: ``installer`` runs uv or pip with pip's own ``config``, kept to the allowed ``indexes``."""
