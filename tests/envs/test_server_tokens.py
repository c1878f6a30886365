from __future__ import annotations

from jupyter_envkernels.envs.server_tokens import without_server_tokens

TOKENS = [
    "JUPYTERHUB_API_TOKEN",
    "JPY_API_TOKEN",
    "JPY_COOKIE_SECRET",
    "JUPYTERHUB_CRYPT_KEY",
    "JUPYTERHUB_SSL_KEYFILE",
    "CONFIGPROXY_AUTH_TOKEN",
    "JUPYTER_TOKEN",
    "JUPYTER_TOKEN_FILE",
    "JUPYTER_SERVER_TOKEN",
    "JUPYTER_SERVER_PASSWORD",
    "JUPYTERHUB_OAUTH_CLIENT_SECRET",
    "JUPYTER_GATEWAY_AUTH_TOKEN",
    "JUPYTER_GATEWAY_HTTP_PWD",
    "KG_AUTH_TOKEN",
    "EG_AUTH_TOKEN",
]
OTHERS = [
    "JUPYTERHUB_USER",
    "JUPYTERHUB_SERVICE_PREFIX",
    "JUPYTERHUB_API_URL",
    "JUPYTERHUB_SERVER_NAME",
    "JUPYTER_PATH",
    "JUPYTER_CONFIG_DIR",
    "JPY_SESSION_NAME",
    "JPY_PARENT_PID",
    "PATH",
    "HOME",
    "PWD",
    "CONDA_TOKEN",
    "GITHUB_TOKEN",
    "MY_JUPYTER_TOKEN",
]


def test_tokens_of_the_server_go_and_all_else_stays() -> None:
    assert list(without_server_tokens(dict.fromkeys([*TOKENS, *OTHERS], "x"))) == OTHERS
