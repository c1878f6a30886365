"""A real JupyterHub with its proxy and a server for each user, as processes of this machine; and who comes there."""

from __future__ import annotations

import contextlib
import http.cookiejar
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from typing_extensions import Self

PROXY = Path(__file__).resolve().parents[2] / "labextension" / "node_modules" / ".bin" / "configurable-http-proxy"
USERS = ("ada", "bob")

_OTHERS = ("jupyter_lsp", "jupyter_server_terminals", "jupyterlab", "notebook_shim")
"""Extensions that come with JupyterLab, and take longer to start than all the rest."""

_SECONDS = 60.0


@dataclass(frozen=True)
class Answer:
    """What came back; ``body`` is JSON where it is some, else text."""

    status: int
    headers: Any
    body: Any


class Hub:
    """Runs as a context manager.

    Args:
        folder: for the homes of its users, its database and its log.
        channel: the channel of the environments.
        python: of the installation that runs the servers of users.
        options: further settings of ``c.Spawner``.
    """

    def __init__(self, folder: Path, channel: str, *, python: str = sys.executable, **options: Any) -> None:
        self.folder = folder
        self.python = python
        self.url, hub, proxy = (f"http://127.0.0.1:{port}" for port in _free_ports(3))
        self._password, self._token = secrets.token_hex(8), secrets.token_hex(16)
        self._log = folder / "hub.log"
        for user in USERS:
            self._make_home(user)
        config = {
            "JupyterHub": {
                "bind_url": self.url,
                "hub_bind_url": hub,
                "db_url": f"sqlite:///{folder}/hub.sqlite",
                "cookie_secret_file": str(folder / "cookie_secret"),
                "authenticator_class": "dummy",
                "spawner_class": "simple",
                "services": [{"name": "test", "api_token": self._token, "admin": True}],
            },
            "ConfigurableHTTPProxy": {
                "api_url": proxy,
                "command": [str(PROXY)],
                "pid_file": str(folder / "proxy.pid"),
            },
            "DummyAuthenticator": {"password": self._password},
            "Authenticator": {"allowed_users": list(USERS)},
            "SimpleLocalProcessSpawner": {
                "cmd": [python, "-m", "jupyterhub.singleuser"],
                **options,
                "home_dir_template": f"{folder}/{{username}}",
                "args": ["--allow-root"],
                "environment": {
                    "CONDA_CHANNELS": channel,
                    "JUPYTERHUB_SINGLEUSER_APP": "jupyter_server.serverapp.ServerApp",
                },
            },
        }
        self._config = folder / "jupyterhub_config.json"
        self._config.write_text(json.dumps(config))

    def _make_home(self, user: str) -> None:
        settings = self.home(user) / ".jupyter"
        settings.mkdir(parents=True)
        off = {"ServerApp": {"jpserver_extensions": dict.fromkeys(_OTHERS, False)}}
        (settings / "jupyter_server_config.json").write_text(json.dumps(off))

    def home(self, user: str) -> Path:
        return self.folder / user

    def log(self) -> str:
        return self._log.read_text()

    def __enter__(self) -> Self:
        environ = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "jupyterhub", "--config", str(self._config)],
                cwd=self.folder,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            self.until(self._answers)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        self._process.send_signal(signal.SIGINT)  # it ends its proxy and its servers
        try:
            self._process.wait(_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _answers(self) -> bool:
        assert self._process.poll() is None, self.log()
        with contextlib.suppress(OSError):
            return Client(self).ask("GET", "/hub/api").status == 200
        return False

    def until(self, condition: Any, what: str = "it did not happen") -> None:
        """Wait until something is so."""
        deadline = time.monotonic() + _SECONDS
        while not condition():
            assert time.monotonic() < deadline, f"{what}\n{self.log()}"
            time.sleep(0.1)

    def manage(self, method: str, path: str, body: Any = None) -> Answer:
        """As its administrator, below ``/hub/api/``."""
        return Client(self, token=self._token).ask(method, f"/hub/api/{path}", body)

    def start_server(self, user: str) -> None:
        """Start the server of a user, and wait until it answers."""
        assert self.manage("POST", f"users/{user}/server").status in {201, 202}, self.log()
        self.until(lambda: self.manage("GET", f"users/{user}").body["server"])

    def stop_server(self, user: str) -> None:
        """Stop it, and wait for its end."""
        assert self.manage("DELETE", f"users/{user}/server").status in {202, 204}, self.log()
        self.until(lambda: not self.manage("GET", f"users/{user}").body["servers"])

    def token(self, user: str) -> str:
        """A token with which a program may use the server of a user."""
        asked = {"note": "test", "scopes": [f"access:servers!user={user}"]}
        return str(self.manage("POST", f"users/{user}/tokens", asked).body["token"])

    def log_in(self, user: str) -> Client:
        """By the form, in a browser that has seen its server's page."""
        browser = Client(self)
        browser.ask("GET", "/hub/login")
        form = {"username": user, "password": self._password, "_xsrf": browser.cookie("_xsrf", "/hub/")}
        said = browser.ask("POST", "/hub/login", form=form)
        assert said.status == 200, said
        page = browser.ask("GET", f"/user/{user}/files/")  # any page leads through the hub and back; there is none here
        assert browser.cookie(f"jupyterhub-user-{user}", f"/user/{user}/"), page
        return browser


class Client:
    """A browser with its cookies, or a program with a token."""

    def __init__(self, hub: Hub, token: str = "") -> None:
        self._hub = hub
        self._token = token
        self._cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self._cookies)
        )

    def cookie(self, name: str, path: str) -> str:
        return next(cookie.value or "" for cookie in self._cookies if (cookie.name, cookie.path) == (name, path))

    def ask(
        self, method: str, path: str, body: Any = None, *, form: Any = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """Ask for a path of the whole site; redirects are followed."""
        data = json.dumps(body).encode() if body is not None else None
        if form is not None:
            data = urllib.parse.urlencode(form).encode()
        request = urllib.request.Request(self._hub.url + path, data, headers or {}, method=method)
        if self._token:
            request.add_header("Authorization", f"token {self._token}")
        try:
            with self._opener.open(request, timeout=_SECONDS) as answer:
                return _answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return _answer(error.code, error.headers, error.read())

    def fetch(self, method: str, user: str, path: str, body: Any = None, *, xsrf: bool = True) -> Answer:
        """As a page of a user's server fetches what is below ``envkernels/`` there.

        Args:
            method: of the request.
            user: whose server it is.
            path: below ``envkernels/``.
            body: becomes JSON.
            xsrf: with the header that only pages of that server can send.
        """
        headers = {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin"}
        if xsrf and not self._token:
            headers["X-XSRFToken"] = self.cookie("_xsrf", f"/user/{user}/")
        return self.ask(method, f"/user/{user}/envkernels/{path}", body, headers=headers)


def _answer(status: int, headers: Any, body: bytes) -> Answer:
    is_json = re.match(r"application/json", headers.get("Content-Type") or "") and body
    return Answer(status, headers, json.loads(body) if is_json else body.decode(errors="replace"))


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
