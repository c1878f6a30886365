"""Offer environments as Jupyter kernels, without knowing a server: any Jupyter client can use this package.

- listing: ``specmanager`` is the kernelspec manager; it joins ``other_kernelspecs`` with those of environments, made by
  ``kernelspecs``; ``aliases`` resolves other names of a kernel. Ids are made in ``envs.kernel_ids``.
- starting: ``provisioner`` for Jupyter, ``launcher`` for kernelspecs as files; both ask ``start`` how, and run
  ``fallback``, a kernel that reports the problem, if the environment cannot start
- kernelspecs as files, for other programs: ``sync``
- other managers: ``configured`` finds one in Jupyter's configuration, ``nb_conda_kernels`` reads its settings
"""
