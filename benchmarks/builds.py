"""Builds of the whole site: cold, warm, after an edit, served; beside what each must be near."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from commands import Took, built, environment, in_turn, median
from projects import bare, copied
from report import Row, ratio
from served import server, wait_for

from snippet_engine.execution.cores import count_cores
from snippet_engine.project.project import Library
from snippet_engine.project.run_cache import Memory
from snippet_engine.run import Run

EDITED = "threads/thread-pool"
COLD = 3  # builds that remember nothing
SETTLED = 3.0  # seconds after which a server has nothing left to do


def runs_in(memory: Path) -> list[Run]:
    """What is remembered there."""
    store = Memory(memory)
    found = (store.get(path.stem) for path in sorted(memory.glob("*.json")))
    return [run for run in found if run]


def rows(scratch: Path) -> Iterator[Row]:
    """A row for each kind of build."""
    root, memory = copied(scratch / "project"), scratch / "runs"
    runs, cold, plain, without, beside = _cold(root, scratch, memory)
    yield Row("The site with its panels already rendered", without.seconds)
    yield Row(f"Cold: {runs} programs run", cold.seconds, f"{beside:.2f}", "1")
    warm, beside = in_turn(9, lambda: built(plain), lambda: built(root, memory))
    assert "have run" not in warm.told
    yield Row("Warm: nothing changed", warm.seconds, f"{beside:.2f}", "1.10")
    prose, beside = in_turn(5, lambda: built(root, memory), lambda: _prose_edited(root, memory))
    yield Row("Prose edited", prose.seconds, f"{beside:.2f}", "1")
    edits = sorted(_snippet_edited(root, memory, f"edited {n}") for n in (1, 2, 3))
    yield Row("One program edited", edits[1][1], f"{edits[1][0]:.2f}", "1")
    prose_served, snippet_served, run_seconds = _served(root, memory)
    near = warm.seconds + 0.5
    yield Row("Served, prose edited", prose_served, ratio(prose_served, near), "1")
    near += run_seconds
    yield Row("Served, one program edited", snippet_served, ratio(snippet_served, near), "1")


def _cold(root: Path, scratch: Path, memory: Path) -> tuple[int, Took, Path, Took, float]:
    """Cold builds, each beside the site that it makes when its panels are there already.

    How many programs run; the median of the builds, and that site with its own; the median
    ratio of a build to its bound. The last of the builds fills `memory`.
    """
    found = []
    for n in range(COLD):
        folder = memory if n == COLD - 1 else scratch / f"runs-{n}"
        cold = built(root, folder)
        runs = runs_in(folder)
        plain = bare(root, scratch / f"bare-{n}", folder)
        without = median(3, lambda plain=plain: built(plain))  # type: ignore[misc]
        computed = sum(run.cpu_seconds for run in runs) / count_cores()
        bound = 1.25 * max(*(run.seconds for run in runs), computed) + without.seconds
        found.append((cold.seconds / bound, cold, without))
    ratios, colds, others = zip(*sorted(found, key=lambda one: one[0]), strict=True)
    middle = COLD // 2
    return len(runs), colds[middle], plain, others[middle], ratios[middle]


def profiled(scratch: Path) -> Iterator[tuple[str, float]]:
    """Whose code the time of a warm build is spent in, as shares; after `rows`."""
    program = (
        "import cProfile, pstats, sys\n"
        "from mkdocs.__main__ import cli\n"
        "profile = cProfile.Profile()\n"
        "try: profile.runcall(cli, ['build', '--strict', '-q'])\n"
        "except SystemExit: pass\n"
        "for (file, _, _), (_, _, own, _, _) in pstats.Stats(profile).stats.items():\n"
        "    print(own, file)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", program],
        cwd=scratch / "project",
        env=environment(scratch / "project", SNIPPETS_MEMORY=str(scratch / "runs")),
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    shares: dict[str, float] = {}
    for own, file in re.findall(r"^([\d.e-]+) (.*)$", told, re.MULTILINE):
        package = re.search(r"site-packages/(\w+)|/(snippet_engine)/", file)
        owner = (package[1] or package[2]) if package else "python"
        shares[owner] = shares.get(owner, 0.0) + float(own)
    total = sum(shares.values())
    yield from sorted(((o, s / total) for o, s in shares.items()), key=lambda pair: -pair[1])[:8]


def _prose_edited(root: Path, memory: Path) -> Took:
    page = root / "docs" / "threads.md"
    page.write_text(page.read_text(encoding="utf-8") + "\nOne more sentence.\n", encoding="utf-8")
    after = built(root, memory)
    assert "have run" not in after.told, after.told
    return after


def _snippet_edited(root: Path, memory: Path, comment: str) -> tuple[float, float]:
    """As a ratio to a warm build right before it and the program's run, and in seconds."""
    before = built(root, memory).seconds
    known = {*memory.glob("*.json")}
    _edit(root, comment)
    after = built(root, memory)
    assert "1 of 1 have run" in after.told, after.told
    return after.seconds / (before + _new_run(memory, known)), after.seconds


def _edit(root: Path, comment: str) -> None:
    """Append `comment` to the program EDITED, which makes it another."""
    library = Library(root)
    snippet = library.read(EDITED)
    edited = snippet.text.replace(snippet.code, f"{snippet.code}# {comment}\n")
    library.path(EDITED).write_text(edited, encoding="utf-8")


def _new_run(memory: Path, known: set[Path]) -> float:
    """Seconds of the one run that is in `memory` and was not `known`."""
    [new] = {*memory.glob("*.json")} - known
    run = Memory(memory).get(new.stem)
    assert run
    return run.seconds


def _served(root: Path, memory: Path) -> tuple[float, float, float]:
    """Seconds from the save of a paragraph, and of a program, to its page on the server.

    And those of that program's run.
    """
    with server(root, memory) as address:
        chapter = f"{address}/threads/"
        wait_for(chapter, "<h1")
        page = root / "docs" / "threads.md"
        text = page.read_text(encoding="utf-8")
        began = time.perf_counter()
        page.write_text(text + "\nA paragraph that was not there.\n", encoding="utf-8")
        wait_for(chapter, "A paragraph that was not there.")
        prose = time.perf_counter() - began
        time.sleep(SETTLED)
        known = {*memory.glob("*.json")}
        began = time.perf_counter()
        _edit(root, "edited while it is served")
        wait_for(chapter, "edited while it is served")
        return prose, time.perf_counter() - began, _new_run(memory, known)
