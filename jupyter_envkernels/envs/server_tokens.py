"""Remove the tokens of the Jupyter server from the variables of programs that run code of packages.

Builds, link scripts, activation scripts and import checks do not need them. This keeps tokens out of logs, crash
reports and child processes; it is not a security boundary, since a process can read the variables of other processes of
its user. Kernels, the worker and what a user runs in an environment keep the variables that Jupyter gives them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

# JupyterHub: JUPYTERHUB_API_TOKEN, JPY_API_TOKEN, CONFIGPROXY_AUTH_TOKEN, JUPYTERHUB_CRYPT_KEY, JUPYTERHUB_SSL_KEYFILE;
# Jupyter Server: JUPYTER_TOKEN, JUPYTER_TOKEN_FILE; its clients of a gateway, and gateways: JUPYTER_GATEWAY_AUTH_TOKEN,
# JUPYTER_GATEWAY_HTTP_PWD, KG_AUTH_TOKEN, EG_AUTH_TOKEN. Their other variables hold no secrets.
_TOKEN = re.compile(r"(JUPYTER|JPY_|CONFIGPROXY_|KG_|EG_)\w*(TOKEN|SECRET|PASS|PWD|KEY|COOKIE)\w*", re.ASCII)


def without_server_tokens(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that code of packages may see."""
    return {name: value for name, value in environ.items() if not _TOKEN.fullmatch(name)}
