"""Limits on the resources of a run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits on the resources of a run, for its whole process tree.

    `seconds` of wall time; lines and bytes of output; bytes of memory; bytes of files, and
    number of file and folder names, in the folders that the program may write to;
    `processes` and `threads` alive concurrently. All but time and output are sampled, so
    they can be exceeded between two samples.
    """

    seconds: float = 30.0
    output_lines: int = 2_000
    output_bytes: int = 1 << 20
    memory_bytes: int = 1 << 30
    disk_bytes: int = 64 << 20
    disk_names: int = 4_096
    processes: int = 64
    threads: int = 1_500
