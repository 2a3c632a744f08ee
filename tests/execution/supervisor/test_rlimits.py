"""Limits that the kernel enforces."""

from __future__ import annotations

from helpers.processes import needs_proc
from helpers.supervisors import run_like_supervisor

pytestmark = needs_proc


def test_kernel_limits_core_dumps_files_and_reserved_memory() -> None:
    output = run_like_supervisor("""
        import resource
        from supervisor.rlimits import STACK_BYTES, apply_rlimits
        apply_rlimits({"memory_bytes": 1 << 30, "disk_bytes": 5000, "threads": 10})
        print(resource.getrlimit(resource.RLIMIT_CORE)[0])
        print(resource.getrlimit(resource.RLIMIT_FSIZE)[0])
        print(resource.getrlimit(resource.RLIMIT_DATA)[0] - 10 * STACK_BYTES >> 30)
    """)
    assert output.split() == ["0", "5000", "4"]


def test_lower_hard_limit_is_kept() -> None:
    output = run_like_supervisor("""
        import resource
        from supervisor.rlimits import apply_rlimits
        resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
        apply_rlimits({"memory_bytes": 1 << 30, "disk_bytes": 5000, "threads": 10})
        print(resource.getrlimit(resource.RLIMIT_FSIZE))
    """)
    assert output == "(3000, 3000)\n"


def test_lower_soft_limit_is_kept() -> None:
    output = run_like_supervisor("""
        import resource
        from supervisor.rlimits import apply_rlimits
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 4000))
        apply_rlimits({"memory_bytes": 1 << 30, "disk_bytes": 5000, "threads": 10})
        print(resource.getrlimit(resource.RLIMIT_FSIZE))
    """)
    assert output == "(2000, 2000)\n"
