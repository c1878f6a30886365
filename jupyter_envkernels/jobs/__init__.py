"""Operations that outlive the process that requested them: a journal, a worker process, and the manager between."""
