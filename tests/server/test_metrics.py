"""What Prometheus reads, on the server's own route."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.serverapp import ServerApp
from prometheus_client import REGISTRY

from jupyter_envkernels.engine.operations import Clone
from jupyter_envkernels.jobs.manager import JobManager, ManagerOptions
from jupyter_envkernels.models import EngineOptions, Job, JobEvent, JobPhase, JobState, Progress
from jupyter_envkernels.server.metrics import JobMetrics
from tests.channel.server import ChannelServer
from tests.jobs.conftest import until

from .conftest import Call, Fetch, Reply, answer

DOCS = Path(__file__).parents[2] / "docs" / "administration.md"


def figure(name: str, **labels: str) -> float:
    """A figure of the registry, which all tests of this process share; 0 where there is none yet."""
    return REGISTRY.get_sample_value(name, labels) or 0.0


@pytest.fixture
def metrics(tmp_path: Path) -> JobMetrics:
    return JobMetrics(JobManager(ManagerOptions(tmp_path / "jobs", EngineOptions((), tmp_path))))


class Story:
    """Tells the metrics of one job, event by event."""

    def __init__(self, metrics: JobMetrics, tmp_path: Path, seq: int = 0) -> None:
        self.hear = metrics._hear
        self.request = Clone("lesson", tmp_path / "lesson", source=tmp_path / "source")
        self.seq = seq

    def tell(
        self, time: float, state: JobState, phase: JobPhase | None = None, done: int | None = None, unit: Any = "bytes"
    ) -> None:
        self.seq += 1
        progress = None if done is None else Progress(done, None, unit)
        self.hear(
            Job("a", self.request, self.seq, 0.0, state=state, phase=phase, progress=progress),
            JobEvent(self.seq, time, state=state, phase=phase, progress=progress),
        )


class Change:
    """What has been added to the figures since."""

    def __init__(self) -> None:
        self.before = self._all()

    def _all(self) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
        samples = [sample for metric in REGISTRY.collect() for sample in metric.samples]
        return {(sample.name, tuple(sorted(sample.labels.items()))): sample.value for sample in samples}

    def seconds(self) -> dict[str, float]:
        """By phase of clone jobs."""
        sums = {
            dict(labels)["phase"]: value - self.before.get((name, labels), 0)
            for (name, labels), value in self._all().items()
            if name == "envkernels_job_phase_seconds_sum" and dict(labels)["kind"] == "clone"
        }
        return {phase: value for phase, value in sums.items() if value}

    def of(self, name: str, **labels: str) -> float:
        return figure(name, **labels) - self.before.get((name, tuple(sorted(labels.items()))), 0)


def test_phases_bytes_and_end_of_a_job(metrics: JobMetrics, tmp_path: Path) -> None:
    change, story = Change(), Story(metrics, tmp_path)
    story.tell(100, "queued")
    story.tell(104, "running", "checking")
    story.tell(105, "running", "downloading")
    story.tell(106, "running", "downloading", 1000)
    story.tell(107, "running", "downloading", 5000)
    story.tell(115, "running", "linking")
    story.tell(116, "running", "linking", 7, "packages")
    story.tell(118, "failed", "linking")
    assert change.seconds() == {"queued": 4, "checking": 1, "downloading": 10, "linking": 3}
    assert change.of("envkernels_downloaded_bytes_total") == 5000
    assert change.of("envkernels_jobs_total", kind="clone", state="failed") == 1


def test_of_a_job_that_was_not_seen_from_its_beginning_only_what_was_seen(metrics: JobMetrics, tmp_path: Path) -> None:
    change, story = Change(), Story(metrics, tmp_path, seq=7)
    story.tell(100, "running", "downloading", 4_000_000)
    story.tell(101, "running", "downloading", 4_000_100)
    story.tell(110, "running", "linking")
    story.tell(112, "succeeded", "linking")
    assert change.seconds() == {"linking": 2}
    assert change.of("envkernels_downloaded_bytes_total") == 100
    assert change.of("envkernels_jobs_total", kind="clone", state="succeeded") == 1


def test_a_clock_that_was_set_back_takes_nothing_away(metrics: JobMetrics, tmp_path: Path) -> None:
    change, story = Change(), Story(metrics, tmp_path)
    story.tell(100, "queued")
    story.tell(90, "cancelled")
    assert change.seconds() == {}
    assert change.of("envkernels_jobs_total", kind="clone", state="cancelled") == 1


async def test_the_route_of_the_server(
    call: Call, jp_fetch: Fetch, finish: Callable[[Reply], Awaitable[Any]], channel_server: ChannelServer
) -> None:
    async def read() -> str:
        return (await answer(jp_fetch, "metrics")).body.decode()

    change = Change()
    channel_server.add_rule(r"big-demo.*\.conda$", throttle=20_000_000)
    text = "name: x\ndependencies: [big-demo]"
    job = await call("POST", "jobs", {"kind": "create", "text": text})

    async def runs() -> bool:
        return "envkernels_jobs_running 1.0" in await read()

    await until(runs)
    channel_server.reset()
    ended = await finish(job)
    assert ended["state"] == "succeeded"

    async def told() -> bool:
        return change.of("envkernels_jobs_total", kind="create", state="succeeded") == 1

    await until(told, seconds=10)
    assert "envkernels_jobs_running 0.0" in await read()
    assert 'envkernels_jobs_total{kind="create",state="succeeded"}' in await read()
    assert change.of("envkernels_downloaded_bytes_total") > 1_000_000
    before = figure("envkernels_listing_seconds_count")
    await call("GET", "environments")
    assert figure("envkernels_listing_seconds_count") == before + 1


async def test_two_servers_in_one_process(
    jp_serverapp: ServerApp, jp_configurable_serverapp: Callable[..., ServerApp], jp_server_config: dict[str, Any]
) -> None:
    del jp_serverapp
    ServerApp.clear_instance()
    jp_configurable_serverapp(config=jp_server_config)
    assert figure("envkernels_jobs_running") == 0


def documented() -> Iterator[tuple[str, str]]:
    for line in DOCS.read_text().splitlines():
        if match := re.match(r"\| `(envkernels_\w+)` \| (\w+) \|", line):
            yield match[1], match[2]


def test_all_are_documented(metrics: JobMetrics) -> None:
    found = {
        (f"{metric.name}_total" if metric.type == "counter" else metric.name, metric.type)
        for metric in REGISTRY.collect()
        if metric.name.startswith("envkernels_")
    }
    assert found == set(documented())
