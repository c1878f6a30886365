"""Request and what is installed -> a plan, before anything is written.

``planner`` asks the backend to solve; ``update`` says what an update comes to, ``diff`` what becomes of each package;
``pip_conflicts``, ``disk_space`` and ``quota`` say what speaks against it.
"""
