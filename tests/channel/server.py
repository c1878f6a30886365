"""Serve a folder over HTTP on 127.0.0.1, with faults and authentication on demand.

>>> with ChannelServer(root) as server:
...     server.add_rule(r"python-3.*\\.conda$", throttle=1_000_000)
...     solve([f"{server.url}/main"], ...)

It knows what conda clients ask for: entity tags, byte ranges, HEAD, and a folder's ``index.html``.
"""

from __future__ import annotations

import base64
import mimetypes
import re
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import formatdate
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit

_CHUNK = 65536
_THROTTLE_STEPS = 20
"""Chunks a second of a throttled answer."""


@dataclass
class Rule:
    """What to do with requests whose path *match* (a regular expression) is found in."""

    match: str
    delay: float = 0.0
    """Seconds before the answer."""
    throttle: int | None = None
    """Bytes a second."""
    drop_after: int | None = None
    """Bytes of the body after which the connection is cut."""
    hang_after: int | None = None
    """Bytes of the body after which nothing more comes, until the client leaves or the server stops."""
    status: int | None = None
    """Answer with this status and no body."""
    extra: int = 0
    """Bytes of zeros behind the body, whose length is not told."""
    whole: bool = False
    """Know no byte ranges."""
    times: int | None = None
    """Requests that it holds for; None for all."""


@dataclass
class Request:
    """A request as it was received; ``status`` and ``sent`` (bytes of the body) tell how far its answer has come."""

    method: str
    path: str
    headers: Mapping[str, str]
    """Names are in lower case."""
    status: int = 0
    sent: int = 0


@dataclass(frozen=True)
class Auth:
    """What a client must present: a header, or the ``/t/TOKEN`` before each path that conda uses."""

    header: str | None = None
    token: str | None = None

    @classmethod
    def basic(cls, user: str, password: str) -> Auth:
        credentials = base64.b64encode(f"{user}:{password}".encode()).decode()
        return cls(header=f"Basic {credentials}")

    @classmethod
    def bearer(cls, token: str) -> Auth:
        return cls(header=f"Bearer {token}")

    def admit(self, request: Request) -> str | None:
        """Return the path without its token, or None where the request is refused."""
        if self.token is not None:
            prefix = f"/t/{self.token}/"
            return "/" + request.path.removeprefix(prefix) if request.path.startswith(prefix) else None
        return request.path if request.headers.get("authorization") == self.header else None


class ChannelServer:
    """The server, running from construction's ``with`` to its end; then no request of it is left."""

    def __init__(self, root: Path, *, port: int = 0) -> None:
        self.root = root.resolve()
        self.log: list[Request] = []
        self.auth: Auth | None = None
        self._rules: list[Rule] = []
        self._lock = threading.Lock()
        self._http = _HTTPServer(("127.0.0.1", port), partial(_Handler, self))
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), name="channel-server")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> ChannelServer:  # noqa: PYI034 - Self is not in Python 3.10's typing
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def add_rule(
        self,
        match: str,
        *,
        delay: float = 0.0,
        throttle: int | None = None,
        drop_after: int | None = None,
        hang_after: int | None = None,
        status: int | None = None,
        whole: bool = False,
        times: int | None = None,
        extra: int = 0,
    ) -> None:
        """Add a Rule; of several that match the first counts."""
        with self._lock:
            self._rules.append(Rule(match, delay, throttle, drop_after, hang_after, status, extra, whole, times))

    def reset(self) -> None:
        """Forget rules, authentication and log."""
        with self._lock:
            self._rules.clear()
            self.log.clear()
            self.auth = None

    def rule_for(self, request: Request) -> Rule:
        """Log *request* and return the rule for it, used up by one."""
        with self._lock:
            self.log.append(request)
            for rule in self._rules:
                if rule.times != 0 and re.search(rule.match, request.path):
                    if rule.times is not None:
                        rule.times -= 1
                    return rule
        return Rule("")

    def file(self, path: str) -> Path | None:
        """Return the file at a URL's *path*; None where there is none, or where it is outside of the root."""
        name = unquote(path).lstrip("/")
        if "\0" in name:
            return None
        found = (self.root / name / ("index.html" if path.endswith("/") else "")).resolve()
        return found if found.is_relative_to(self.root) and found.is_file() else None


class _HTTPServer(ThreadingHTTPServer):
    """Knows its connections, so that closing it ends those that hang, and waits for their threads."""

    daemon_threads = False
    block_on_close = True

    def __init__(self, address: tuple[str, int], handler: Callable[..., BaseHTTPRequestHandler]) -> None:
        self.stopping = threading.Event()
        self._connections: set[socket.socket] = set()
        super().__init__(address, handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):  # which is how a client says that it has enough
            super().handle_error(request, client_address)

    def server_close(self) -> None:
        self.stopping.set()
        for connection in list(self._connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        super().server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _HTTPServer

    def __init__(self, channel: ChannelServer, *arguments: Any) -> None:
        self._channel = channel
        super().__init__(*arguments)

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._request = Request(self.command, urlsplit(self.path).path, headers)
        rule = self._channel.rule_for(self._request)
        self.server.stopping.wait(rule.delay)
        auth = self._channel.auth
        path = auth.admit(self._request) if auth else self._request.path
        if path is None:
            self._answer(HTTPStatus.UNAUTHORIZED, {"WWW-Authenticate": "Basic"})
        elif rule.status is not None:
            self._answer(rule.status)
        elif (file := self._channel.file(path)) is None:
            self._answer(HTTPStatus.NOT_FOUND)
        else:
            self._send_file(file, rule)

    do_HEAD = do_GET  # noqa: N815 - the base class looks for this name

    def log_message(self, *_args: object) -> None:
        """Nothing: ChannelServer.log has it."""

    def _answer(self, status: int, headers: Mapping[str, str] | None = None, *, length: int | None = 0) -> None:
        self._request.status = status
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def _send_file(self, file: Path, rule: Rule) -> None:
        facts = file.stat()
        headers = {
            "Accept-Ranges": "bytes",
            "Content-Type": mimetypes.guess_type(file.name)[0] or "application/octet-stream",
            "ETag": f'"{facts.st_mtime_ns:x}-{facts.st_size:x}"',
            "Last-Modified": formatdate(facts.st_mtime, usegmt=True),
        }
        if self.headers.get("If-None-Match") == headers["ETag"]:
            self._answer(HTTPStatus.NOT_MODIFIED, headers)
            return
        wanted = None if rule.whole else _range(self.headers.get("Range", ""), facts.st_size)
        if wanted is None:
            self._answer(HTTPStatus.OK, headers, length=None if rule.extra else facts.st_size)
            wanted = range(facts.st_size)
        elif not wanted:
            self._answer(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, {"Content-Range": f"bytes */{facts.st_size}"})
        else:
            headers["Content-Range"] = f"bytes {wanted.start}-{wanted.stop - 1}/{facts.st_size}"
            self._answer(HTTPStatus.PARTIAL_CONTENT, headers, length=None if rule.extra else len(wanted))
        if self.command == "GET":
            with file.open("rb") as stream:
                stream.seek(wanted.start)
                self._send_body(stream, len(wanted), rule)
            self._send_zeros(rule.extra)

    def _send_body(self, stream: BinaryIO, size: int, rule: Rule) -> None:
        limits = [limit for limit in (rule.drop_after, rule.hang_after) if limit is not None]
        until = min([size, *limits])
        chunk = max(1024, rule.throttle // _THROTTLE_STEPS) if rule.throttle else _CHUNK
        while self._request.sent < until:
            data = stream.read(min(chunk, until - self._request.sent))
            self.wfile.write(data)
            self._request.sent += len(data)
            if rule.throttle and self.server.stopping.wait(len(data) / rule.throttle):
                break
        if self._request.sent < size:
            self.close_connection = True
            if until == rule.hang_after:
                self.connection.recv(1)  # nothing, once the client leaves or the server stops

    def _send_zeros(self, count: int) -> None:
        """End the body by closing the connection, after so many more bytes."""
        for _ in range(0, count, _CHUNK):
            self.wfile.write(bytes(_CHUNK))
            self._request.sent += _CHUNK
            self.close_connection = True


def _range(header: str, size: int) -> range | None:
    """Return the bytes that a Range header asks for: empty where it cannot be had, None where it asks for none."""
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", header)
    if match is None or match[0] == "bytes=-":
        return None
    first, last = match.groups()
    if not first:
        return range(max(0, size - int(last)), size)
    return range(int(first), min(int(last) + 1, size) if last else size)
