"""A conda channel of real packages, built from what the machine and PyPI have, and a server that can misbehave.

Tests and the offline demo need packages that really run, and no conda server is needed for them: the CPythons of this
machine are repackaged (``cpython``), wheels from PyPI are converted (``wheels``), and odd cases are made up
(``synthetic``). ``build.ensure_channel()`` does that once and keeps the result in the user's cache;
``server.ChannelServer`` serves it on 127.0.0.1 and delays, throttles, cuts or refuses what a test names.

On the command line::

    python -m tests.channel build [--out DIR]     prints the folder
    python -m tests.channel serve [--port N]      prints the URL and serves until it is stopped

Under that URL: the channels ``main``, ``extra``, ``alt/main`` and ``broken``, and at ``simple/`` a package index for
the ``pip:`` section. Three limits: Linux on x86_64 or aarch64 only; a ``python`` package has no tkinter and no
ensurepip, so ``python -m venv`` needs ``--without-pip``; and it links to this machine's libraries, so it is good here
only.
"""
