"""Supervision of one program from its launch to its result."""

from __future__ import annotations

import os
import selectors
import time
from contextlib import suppress

from .output_capture import OutputCapture

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from . import run_clock
    from .protocol import Request, Result, Stream
    from .resource_monitor import ResourceMonitor
    from .run_clock import RunClock
    from .start_gate import StartGate

    class Program(run_clock.Program, Protocol):
        """A launched program.

        `pipes` are the file descriptors of its output, by stream. It is held by `gate`, if
        there is one. `end_file` becomes readable when it ends; None means that the program
        has to be polled for that, every `poll_interval_s`.
        """

        pipes: dict[Stream, int]
        gate: StartGate | None
        end_file: int | None
        poll_interval_s: float

        @property
        def exit_status(self) -> str:
            """Return how the program ended, for example "exit 0"."""


OUTPUT_LIMIT = "limit: output"
LIFELINE = 0  # standard input, from the engine
CHUNK_BYTES = 1 << 16


def supervise(
    request: Request,
    program: Program,
    monitor: ResourceMonitor,
    clock: RunClock,
    lifeline: int = LIFELINE,
) -> Result:
    """Watch a launched program until it ends or reaches a limit; return the result.

    Its process tree is killed then. If the engine ends, which closes `lifeline`, this process
    kills the process tree and exits, too.
    """
    limits = request["limits"]
    capture = OutputCapture(limits["output_lines"], limits["output_bytes"])
    reached = _watch(program, monitor, clock, capture, lifeline)
    ended_at = clock.ended_at or time.monotonic()
    monitor.kill_tree()
    _drain(program, capture, ended_at)
    lines = capture.finish()
    if not reached:  # reached at the very end, or enforced by the kernel
        full = OUTPUT_LIMIT if capture.is_full else None
        reached = full or monitor.check_disk(limits["disk_bytes"])
    cpu_seconds, peak_memory = monitor.measure_total()
    return {
        "spawned_at": clock.spawned_at,
        "ended_at": ended_at,
        "was_cut": reached is not None,
        "exit_status": reached or program.exit_status,
        "lines": lines,
        "pid": program.pid,
        "cpu_shares": [(*key, shares) for key, shares in monitor.cpu.shares.items()],
        "cpu_seconds": cpu_seconds,
        "peak_memory": peak_memory,
    }


def _watch(
    program: Program,
    monitor: ResourceMonitor,
    clock: RunClock,
    capture: OutputCapture,
    lifeline: int,
) -> str | None:
    """Read and sample a program until it ends; return the limit it has reached, or None."""
    with selectors.DefaultSelector() as selector:
        selector.register(lifeline, selectors.EVENT_READ)
        if program.gate:
            selector.register(program.gate.reached, selectors.EVENT_READ)
        if program.end_file is not None:
            selector.register(program.end_file, selectors.EVENT_READ)
        for stream, pipe in program.pipes.items():
            os.set_blocking(pipe, False)
            selector.register(pipe, selectors.EVENT_READ, stream)
        open_pipes = len(program.pipes)
        has_signalled_end = False
        while True:
            now = clock.poll(program)
            if clock.ended_at is not None and not open_pipes:
                return None
            if now >= monitor.due_at and (reached := monitor.sample()):
                return reached
            if now >= clock.deadline:
                return clock.status_at_deadline
            due_at = min(monitor.due_at, now + program.poll_interval_s)
            is_ending = has_signalled_end or (program.end_file is None and not open_pipes)
            for key, _ in selector.select(clock.choose_pause(now, due_at, is_ending)):
                if key.fd == lifeline:
                    if not os.read(lifeline, 64):
                        monitor.kill_tree()
                        os._exit(1)
                    clock.release()
                    monitor.resume()
                    if program.gate:
                        program.gate.release()
                elif program.gate and key.fd == program.gate.reached:
                    selector.unregister(key.fd)
                    clock.mark_waiting()
                    monitor.slow_down()
                elif key.fd == program.end_file:  # its guard process may not have exited yet
                    selector.unregister(key.fd)
                    has_signalled_end = True
                elif data := os.read(key.fd, CHUNK_BYTES):
                    capture.feed(key.data, data, time.monotonic())
                else:
                    selector.unregister(key.fd)
                    open_pipes -= 1
            if capture.is_full:
                return OUTPUT_LIMIT


def _drain(program: Program, capture: OutputCapture, ended_at: float) -> None:
    """Read the output that is still in the pipes, as of the time `ended_at`."""
    for stream, pipe in program.pipes.items():
        with suppress(BlockingIOError):
            while data := os.read(pipe, CHUNK_BYTES):
                capture.feed(stream, data, ended_at)
