"""What a run may use."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may use, all its processes together.

    `seconds` of wall time; `lines` and `bytes` of output; bytes of `memory`;
    bytes of `files`, and `names` of files and folders, in the folders it may
    write in; `processes` and `threads` alive at once. What is looked at from
    outside, every tenth of a second, can be exceeded for so long.
    """

    seconds: float = 30.0
    lines: int = 2_000
    bytes: int = 1 << 20
    memory: int = 1 << 30
    files: int = 64 << 20
    names: int = 4_096
    processes: int = 64
    threads: int = 1_500
