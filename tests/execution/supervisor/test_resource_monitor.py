"""Sampling of a process tree, and the limits that it finds."""

from __future__ import annotations

import time
from pathlib import Path

from helpers.supervisors import build_request

from snippet_engine.execution.supervisor.resource_monitor import (
    DISK_LIMIT,
    WAITING_INTERVAL_S,
    ResourceMonitor,
)


class Monitor(ResourceMonitor):
    """A monitor of a tree that takes `cost_s` to sample and has reached `limit`."""

    cost_s = 0.0
    limit: str | None = None
    unlinked_bytes = 0
    since: float

    def _check_processes(self, since: float) -> str | None:
        self.since = since
        end = time.process_time() + self.cost_s
        while time.process_time() < end:
            pass
        return self.limit

    def _measure_unlinked(self) -> int:
        return self.unlinked_bytes


def test_samples_follow_one_another_at_the_usual_interval(tmp_path: Path) -> None:
    monitor = Monitor(build_request(tmp_path, sample_interval_s=0.5))
    began = time.monotonic()
    assert monitor.sample() is None
    assert began + 0.5 <= monitor.due_at < began + 1
    assert monitor.since <= began - 0.4
    monitor.sample()
    assert began <= monitor.since < monitor.due_at


def test_slow_sampling_takes_a_bounded_share_of_the_time(tmp_path: Path) -> None:
    monitor = Monitor(build_request(tmp_path, sample_interval_s=0.01))
    monitor.cost_s = 0.05
    began = time.monotonic()
    monitor.sample()
    assert monitor.due_at >= began + 0.05 + 0.2


def test_waiting_program_is_sampled_rarely_and_immediately_at_its_release(tmp_path: Path) -> None:
    monitor = Monitor(build_request(tmp_path, sample_interval_s=0.1))
    monitor.slow_down()
    began = time.monotonic()
    assert monitor.due_at > began + WAITING_INTERVAL_S / 2
    monitor.sample()
    assert monitor.due_at >= began + WAITING_INTERVAL_S
    monitor.resume()
    assert monitor.due_at <= began
    monitor.sample()
    assert monitor.due_at < time.monotonic() + 0.2


def test_limit_on_processes_is_returned(tmp_path: Path) -> None:
    monitor = Monitor(build_request(tmp_path))
    monitor.limit = "limit: memory"
    assert monitor.sample() == "limit: memory"


def test_disk_limit_counts_linked_and_unlinked_files(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 40_000)
    monitor = Monitor(build_request(tmp_path, limits={"disk_bytes": 100_000}))
    assert monitor.sample() is None
    monitor.unlinked_bytes = 80_000
    assert monitor.sample() == DISK_LIMIT


def test_disk_limit_counts_names(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / str(number)).touch()
    assert Monitor(build_request(tmp_path, limits={"disk_names": 3})).sample() is None
    assert Monitor(build_request(tmp_path, limits={"disk_names": 2})).sample() == DISK_LIMIT


def test_bytes_at_the_limit_are_allowed_until_the_end(tmp_path: Path) -> None:
    """The kernel cuts a file there, so at the end it means that the limit was reached."""
    monitor = Monitor(build_request(tmp_path, limits={"disk_bytes": 50_000}))
    monitor.unlinked_bytes = 50_000
    assert monitor.sample() is None
    assert monitor.check_disk(50_000) == DISK_LIMIT
