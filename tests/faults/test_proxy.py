"""Behind a proxy that cuts what is silent, and below a path: nothing of a job is lost to who follows it."""

from __future__ import annotations

import asyncio
import json
import signal
from typing import Any

from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from tests.channel.server import ChannelServer
from tests.jobs.conftest import Place

from .proxy import CuttingProxy
from .server import HEADERS, RealServer

BASE = "/user/ada/"


class Follower:
    """Hears of a job on the event bus; where the line is cut, it connects again and asks for what it has missed."""

    def __init__(self, server: RealServer, job_id: str) -> None:
        self._server = server
        self._id = job_id
        self.seen: list[int] = []
        self.connections = 0

    async def follow(self) -> None:
        while not (await self._server.ask("GET", f"jobs/{self._id}"))[1]["finished"]:
            self.connections += 1
            url = f"{self._server.url.replace('http', 'ws', 1)}/api/events/subscribe"
            line = await websocket_connect(HTTPRequest(url, headers=HEADERS))
            await self._replay()
            while (said := await line.read_message()) is not None:
                event = json.loads(said)
                if event.get("job_id") == self._id:
                    await self._hear(event)
            line.close()
        await self._replay()

    async def _hear(self, event: Any) -> None:
        if event["seq"] > len(self.seen) + 1:
            await self._replay()
        elif event["seq"] == len(self.seen) + 1:
            self.seen.append(event["seq"])

    async def _replay(self) -> None:
        _, answer = await self._server.ask("GET", f"jobs/{self._id}/events?after={len(self.seen)}")
        self.seen += [event["seq"] for event in answer["events"]]


async def read_log(server: RealServer, job_id: str) -> str:
    """The whole log, piece by piece."""
    text, offset, complete = "", 0, False
    while not complete:
        _, answer = await server.ask("GET", f"jobs/{job_id}/log?offset={offset}")
        text, offset, complete = text + answer["text"], answer["offset"], answer["complete"]
        await asyncio.sleep(0.2)
    return text


async def test_who_follows_a_job_loses_nothing(place: Place, channel_server: ChannelServer) -> None:
    channel_server.add_rule(r"prio-demo.*\.conda$", delay=3)
    server = RealServer(place, base_url=BASE)
    await server.start()
    try:
        with CuttingProxy(server.port, 1.0) as proxy:
            server.url = f"{proxy.address}{BASE.rstrip('/')}"
            job = await server.job({"kind": "create", "text": "name: lesson\ndependencies: [prio-demo]\n"})
            follower = Follower(server, job["id"])
            _, log = await asyncio.gather(follower.follow(), read_log(server, job["id"]))
            ended = await server.over(job)
        assert ended["state"] == "succeeded", ended
        assert proxy.cuts >= 1
        assert follower.connections > 1
        assert follower.seen == list(range(1, ended["seq"] + 1))
        assert log == (place.folder / "jobs" / job["id"] / "log.txt").read_text()
    finally:
        await server.end(signal.SIGTERM)
