"""Operations that outlive whoever asked for them: a journal on disk, a worker process, and the manager between."""
