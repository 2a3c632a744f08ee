"""Times of builds of the whole site: cold, warm, after edits and served."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from live_server import serve, wait_for
from project_copies import copy_project, make_rendered
from report import Row, format_ratio
from timing import Timing, compare_in_turn, make_environment, time_build, time_median

from snippet_engine.execution.cores import count_cores
from snippet_engine.project.project import Project
from snippet_engine.project.run_cache import RunCache
from snippet_engine.run import Run

EDITED = "threads/thread-pool"
COLD_BUILDS = 3
SETTLE_SECONDS = 3.0  # time for a server to finish all builds


def read_runs(memory: Path) -> list[Run]:
    """Return all runs in the run cache `memory`."""
    cache = RunCache(memory)
    runs = (cache.load(path.stem) for path in sorted(memory.glob("*.json")))
    return [run for run in runs if run]


def measure(scratch: Path) -> Iterator[Row]:
    """Yield a row for each kind of build, with its ratio to a lower bound."""
    root, memory = copy_project(scratch / "project"), scratch / "runs"
    runs, cold, plain, without, relative = _measure_cold(root, scratch, memory)
    yield Row("The site with its panels already rendered", without.seconds)
    yield Row(f"Cold: {runs} programs run", cold.seconds, f"{relative:.2f}", "1")
    warm, relative = compare_in_turn(9, lambda: time_build(plain), lambda: time_build(root, memory))
    assert "have run" not in warm.log
    yield Row("Warm: nothing changed", warm.seconds, f"{relative:.2f}", "1.10")
    prose, relative = compare_in_turn(
        5, lambda: time_build(root, memory), lambda: _build_after_prose_edit(root, memory)
    )
    yield Row("Prose edited", prose.seconds, f"{relative:.2f}", "1")
    edits = sorted(_build_after_program_edit(root, memory, f"edited {n}") for n in (1, 2, 3))
    yield Row("One program edited", edits[1][1], f"{edits[1][0]:.2f}", "1")
    prose_served, snippet_served, run_seconds = _measure_served(root, memory)
    near = warm.seconds + 0.5
    yield Row("Served, prose edited", prose_served, format_ratio(prose_served, near), "1")
    near += run_seconds
    yield Row("Served, one program edited", snippet_served, format_ratio(snippet_served, near), "1")


def _measure_cold(
    root: Path, scratch: Path, memory: Path
) -> tuple[int, Timing, Path, Timing, float]:
    """Time cold builds, and builds of the same site with rendered panels.

    Return the number of programs, the median cold build, the rendered site with its median
    build, and the median ratio of a cold build to its bound. The last build fills `memory`.
    """
    builds = []
    for n in range(COLD_BUILDS):
        folder = memory if n == COLD_BUILDS - 1 else scratch / f"runs-{n}"
        cold = time_build(root, folder)
        runs = read_runs(folder)
        plain = make_rendered(root, scratch / f"bare-{n}", folder)
        without = time_median(3, lambda plain=plain: time_build(plain))  # type: ignore[misc]
        computed = sum(run.cpu_seconds for run in runs) / count_cores()
        bound = 1.25 * max(*(run.seconds for run in runs), computed) + without.seconds
        builds.append((cold.seconds / bound, cold, without))
    ratios, colds, others = zip(*sorted(builds, key=lambda build: build[0]), strict=True)
    middle = COLD_BUILDS // 2
    return len(runs), colds[middle], plain, others[middle], ratios[middle]


def profile_warm_build(scratch: Path) -> Iterator[tuple[str, float]]:
    """Yield the packages with the largest shares of time in a warm build; run `measure` first."""
    program = (
        "import cProfile, pstats, sys\n"
        "from mkdocs.__main__ import cli\n"
        "profile = cProfile.Profile()\n"
        "try: profile.runcall(cli, ['build', '--strict', '-q'])\n"
        "except SystemExit: pass\n"
        "for (file, _, _), (_, _, own, _, _) in pstats.Stats(profile).stats.items():\n"
        "    print(own, file)\n"
    )
    log = subprocess.run(
        [sys.executable, "-c", program],
        cwd=scratch / "project",
        env=make_environment(scratch / "project", SNIPPETS_MEMORY=str(scratch / "runs")),
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    shares: dict[str, float] = {}
    for own, file in re.findall(r"^([\d.e-]+) (.*)$", log, re.MULTILINE):
        package = re.search(r"site-packages/(\w+)|/(snippet_engine)/", file)
        owner = (package[1] or package[2]) if package else "python"
        shares[owner] = shares.get(owner, 0.0) + float(own)
    total = sum(shares.values())
    yield from sorted(((o, s / total) for o, s in shares.items()), key=lambda pair: -pair[1])[:8]


def _build_after_prose_edit(root: Path, memory: Path) -> Timing:
    page = root / "docs" / "threads.md"
    page.write_text(page.read_text(encoding="utf-8") + "\nOne more sentence.\n", encoding="utf-8")
    after = time_build(root, memory)
    assert "have run" not in after.log, after.log
    return after


def _build_after_program_edit(root: Path, memory: Path, comment: str) -> tuple[float, float]:
    """Return the time of the build as a ratio to the expected time, and in seconds.

    Expected are a warm build just before it and the run of the program.
    """
    before = time_build(root, memory).seconds
    known = {*memory.glob("*.json")}
    _edit_program(root, comment)
    after = time_build(root, memory)
    assert "1 of 1 have run" in after.log, after.log
    return after.seconds / (before + _new_run_seconds(memory, known)), after.seconds


def _edit_program(root: Path, comment: str) -> None:
    """Append `comment` to the program EDITED, so that it must run again."""
    project = Project(root)
    snippet = project.read(EDITED)
    edited = snippet.text.replace(snippet.code, f"{snippet.code}# {comment}\n")
    project.path(EDITED).write_text(edited, encoding="utf-8")


def _new_run_seconds(memory: Path, known: set[Path]) -> float:
    """Return the seconds of the only run in `memory` that is not `known`."""
    [new] = {*memory.glob("*.json")} - known
    run = RunCache(memory).load(new.stem)
    assert run
    return run.seconds


def _measure_served(root: Path, memory: Path) -> tuple[float, float, float]:
    """Return the seconds from a save to the served page, for prose and for a program.

    The third value is the seconds of the program's run.
    """
    with serve(root, memory) as address:
        chapter = f"{address}/threads/"
        wait_for(chapter, "<h1")
        page = root / "docs" / "threads.md"
        text = page.read_text(encoding="utf-8")
        start = time.perf_counter()
        page.write_text(text + "\nA paragraph that was not there.\n", encoding="utf-8")
        wait_for(chapter, "A paragraph that was not there.")
        prose = time.perf_counter() - start
        time.sleep(SETTLE_SECONDS)
        known = {*memory.glob("*.json")}
        start = time.perf_counter()
        _edit_program(root, "edited while it is served")
        wait_for(chapter, "edited while it is served")
        return prose, time.perf_counter() - start, _new_run_seconds(memory, known)
