"""Serving of one request by a supervisor, and its entry point."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest
from helpers.processes import find_processes, is_gone, needs_proc, wait_until
from helpers.supervisors import build_request, start_by_hand

pytestmark = needs_proc


@pytest.mark.parametrize("has_proc", [True, False], ids=["linux", "portable"])
def test_signal_does_not_end_the_supervisor_but_the_end_of_its_input_does(
    has_proc: bool, tmp_path: Path
) -> None:
    token = f"serve-{os.getpid()}-{has_proc}"
    request = build_request(
        tmp_path, has_proc=has_proc, command=["/bin/sleep", "60"], environment={"TOKEN": token}
    )
    with start_by_hand(request) as process:
        assert wait_until(lambda: bool(find_processes(f"TOKEN={token}")), seconds=30)
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGINT)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.3)
        assert process.stdin
        process.stdin.close()
        assert process.wait(30) == 1
    assert is_gone(f"TOKEN={token}")
