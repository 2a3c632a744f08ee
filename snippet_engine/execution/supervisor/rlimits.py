"""Limits that the kernel enforces."""

from __future__ import annotations

import resource
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protocol import LimitValues

# A program reserves more memory than it uses, so the kernel's limit is only a backstop: this
# multiple of the memory limit, and these bytes per thread, twice the usual stack.
RESERVED_MULTIPLE = 4
STACK_BYTES = 16 << 20


def apply_rlimits(limits: LimitValues) -> None:
    """Limit core dumps, file size and reserved memory of this process; see setrlimit(2).

    A limit is never raised, and left out where the system does not support it.
    """
    reserved = limits["memory_bytes"] * RESERVED_MULTIPLE + limits["threads"] * STACK_BYTES
    for number, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, limits["disk_bytes"]),
        (resource.RLIMIT_DATA, reserved),
    ):
        current = [it for it in resource.getrlimit(number) if it != resource.RLIM_INFINITY]
        most = min([most, *current])
        with suppress(OSError, ValueError):
            resource.setrlimit(number, (most, most))
