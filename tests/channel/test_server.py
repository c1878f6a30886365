from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest

from .server import Auth, ChannelServer

BODY = bytes(range(256)) * 1000


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ChannelServer]:
    root = tmp_path / "root"
    (root / "simple").mkdir(parents=True)
    (root / "file.bin").write_bytes(BODY)
    (root / "simple" / "index.html").write_text("<html></html>")
    (tmp_path / "secret.txt").write_text("secret")
    (root / "link.txt").symlink_to(tmp_path / "secret.txt")
    with ChannelServer(root) as running:
        yield running


def ask(server: ChannelServer, path: str, *, method: str = "GET", **headers: str) -> Answer:
    with closing(http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)) as connection:
        connection.request(method, path, headers={name.replace("_", "-"): v for name, v in headers.items()})
        response = connection.getresponse()
        return Answer(response.status, dict(response.headers), response.read())


def test_a_file_is_served_and_logged(server: ChannelServer) -> None:
    answer = ask(server, "/file.bin?query", User_Agent="demo")

    assert (answer.status, answer.body) == (HTTPStatus.OK, BODY)
    (request,) = server.log
    assert (request.method, request.path) == ("GET", "/file.bin")
    assert request.status == HTTPStatus.OK
    wait_for(lambda: request.sent == len(BODY))
    assert request.headers["user-agent"] == "demo"


def test_head_has_no_body(server: ChannelServer) -> None:
    answer = ask(server, "/file.bin", method="HEAD")

    assert (answer.status, answer.body) == (HTTPStatus.OK, b"")
    assert answer.headers["Content-Length"] == str(len(BODY))


def test_a_folder_is_its_index(server: ChannelServer) -> None:
    answer = ask(server, "/simple/")

    assert answer.body == b"<html></html>"
    assert answer.headers["Content-Type"] == "text/html"


def test_what_has_not_changed_is_not_sent_again(server: ChannelServer) -> None:
    tag = ask(server, "/file.bin").headers["ETag"]

    assert ask(server, "/file.bin", If_None_Match=tag).status == HTTPStatus.NOT_MODIFIED
    assert ask(server, "/file.bin", If_None_Match='"other"').status == HTTPStatus.OK


@pytest.mark.parametrize(
    ("asked", "expected"),
    [("bytes=3-9", BODY[3:10]), ("bytes=255990-", BODY[255990:]), ("bytes=-5", BODY[-5:])],
    ids=["middle", "rest", "end"],
)
def test_a_range_is_a_part(server: ChannelServer, asked: str, expected: bytes) -> None:
    answer = ask(server, "/file.bin", Range=asked)

    assert (answer.status, answer.body) == (HTTPStatus.PARTIAL_CONTENT, expected)
    assert answer.headers["Content-Range"].endswith(f"/{len(BODY)}")


def test_a_range_beyond_the_end_is_refused(server: ChannelServer) -> None:
    assert ask(server, "/file.bin", Range="bytes=256000-").status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/%2e%2e/secret.txt", "//../secret.txt", "/link.txt", "/missing", "/simple", "/%00"]
)
def test_nothing_outside_of_the_root_is_served(server: ChannelServer, path: str) -> None:
    answer = ask(server, path)

    assert (answer.status, answer.body) == (HTTPStatus.NOT_FOUND, b"")


def test_a_status_holds_for_so_many_requests(server: ChannelServer) -> None:
    server.add_rule(r"file\.bin$", status=503, times=2)

    assert [ask(server, "/file.bin").status for _ in range(3)] == [503, 503, 200]
    assert ask(server, "/simple/").status == HTTPStatus.OK


def test_the_first_rule_that_matches_counts(server: ChannelServer) -> None:
    server.add_rule("file", status=429)
    server.add_rule(".", status=500)

    assert [ask(server, path).status for path in ("/file.bin", "/simple/")] == [429, 500]
    server.reset()
    assert ask(server, "/file.bin").status == HTTPStatus.OK
    assert len(server.log) == 1


def test_more_can_come_than_there_is(server: ChannelServer) -> None:
    server.add_rule("file", extra=65536)

    answer = ask(server, "/file.bin")
    assert "Content-Length" not in answer.headers
    assert answer.body == BODY + bytes(65536)


def test_an_answer_can_be_late(server: ChannelServer) -> None:
    server.add_rule("file", delay=0.2)
    started = time.monotonic()

    assert ask(server, "/file.bin").body == BODY
    assert time.monotonic() - started >= 0.2


def test_an_answer_can_be_slow(server: ChannelServer) -> None:
    server.add_rule("file", throttle=len(BODY) * 4)
    started = time.monotonic()

    assert ask(server, "/file.bin").body == BODY
    assert time.monotonic() - started >= 0.2


def test_an_answer_can_be_cut(server: ChannelServer) -> None:
    server.add_rule("file", drop_after=1000)

    with pytest.raises(http.client.IncompleteRead) as cut:
        ask(server, "/file.bin")
    assert cut.value.partial == BODY[:1000]
    wait_for(lambda: server.log[0].sent == 1000)


def test_basic_authentication(server: ChannelServer) -> None:
    server.auth = Auth.basic("user", "password")

    refused = ask(server, "/file.bin")
    assert (refused.status, refused.headers["WWW-Authenticate"]) == (HTTPStatus.UNAUTHORIZED, "Basic")
    assert ask(server, "/file.bin", Authorization="Basic dXNlcjpwYXNzd29yZA==").body == BODY


def test_a_bearer_token(server: ChannelServer) -> None:
    server.auth = Auth.bearer("abc")

    assert ask(server, "/file.bin", authorization="Bearer abd").status == HTTPStatus.UNAUTHORIZED
    assert ask(server, "/file.bin", authorization="Bearer abc").body == BODY


def test_a_token_in_the_path(server: ChannelServer) -> None:
    server.auth = Auth(token="abc")

    assert ask(server, "/file.bin").status == HTTPStatus.UNAUTHORIZED
    assert ask(server, "/t/abc/file.bin").body == BODY


@pytest.mark.parametrize("fault", ["hang_after", "delay", "throttle"])
def test_stopping_ends_what_is_under_way(tmp_path: Path, fault: str) -> None:
    (tmp_path / "file.bin").write_bytes(BODY)
    before = set(threading.enumerate())
    with ChannelServer(tmp_path) as server:
        faults: dict[str, Any] = {fault: 1000}
        server.add_rule("file", **faults)
        client = threading.Thread(target=lambda: suppressed(server))
        client.start()
        idle = http.client.HTTPConnection(urlsplit(server.url).netloc)
        idle.request("GET", "/missing")
        idle.getresponse().read()
        wait_for(lambda: len(server.log) == 2)
        stopping = time.monotonic()
    assert time.monotonic() - stopping < 100, "it has waited for the fault"
    client.join(5)
    idle.close()

    assert set(threading.enumerate()) == before


def test_a_client_that_leaves_frees_its_thread(server: ChannelServer) -> None:
    before = threading.active_count()
    server.add_rule("file", hang_after=1000)
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc)
    connection.request("GET", "/file.bin")
    response = connection.getresponse()
    assert response.read(1000) == BODY[:1000]
    response.close()
    connection.close()

    wait_for(lambda: threading.active_count() == before)


def suppressed(server: ChannelServer) -> None:
    with suppress(http.client.HTTPException, OSError):
        ask(server, "/file.bin")


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline, "it did not come true within 5 seconds"
        time.sleep(0.01)
