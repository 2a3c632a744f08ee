"""Cost of the probe: how many times as long a program takes with it.

    python benchmarks/probe_overhead.py [PYTHON …]

Programs time themselves. Runs with and without the probe alternate, and the fastest of both
are compared.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROBE = Path(__file__).resolve().parents[1] / "snippet_engine" / "tracing" / "probe"
ROUNDS = 12

CASES = {
    "recursion": """
def f(n):
    return 1 if n < 2 else f(n - 1) + f(n - 2)
BEGIN
f(29)  # 1.7 million calls
END
""",
    "recursion in a thread": """
from threading import Thread
def f(n):
    return 1 if n < 2 else f(n - 1) + f(n - 2)
BEGIN
t = Thread(target=f, args=(29,)); t.start(); t.join()
END
""",
    "loop": """
def f(n):
    while n:
        n -= 1
BEGIN
f(3_000_000)
END
""",
    "short loops": """
def f(n):
    for i in range(2, n):
        if n % i == 0:
            return False
    return True
BEGIN
for n in range(50_000): f(n % 100)
END
""",
    "import asyncio": """
BEGIN
import asyncio
END
""",
    "generator": """
def g(n):
    for i in range(n):
        yield i
BEGIN
for _ in g(1_000_000): pass
END
""",
    "lock": """
from threading import Lock
lock = Lock()
BEGIN
for _ in range(300_000):
    with lock: pass
END
""",
    "asyncio steps": """
import asyncio
async def main():
    for _ in range(30_000): await asyncio.sleep(0)
BEGIN
asyncio.run(main())
END
""",
    "built-in calls": """
BEGIN
for i in range(1_000_000): abs(i)
END
""",
    "start and end": "",
}


def measure_run(python: str, program: str, probe: bool, folder: str) -> float:
    """Return the seconds that a program reports, or those of its whole run if it does not."""
    program = "import time as _time\n" + program
    program = program.replace("BEGIN", "_began = _time.perf_counter()")
    program = program.replace("END", "print(_time.perf_counter() - _began)")
    file = Path(folder, "program.py")
    file.write_text(program, encoding="utf-8")
    environment = {"PATH": os.environ["PATH"]}
    if probe:
        events = Path(folder, "events")
        events.unlink(missing_ok=True)
        environment |= {"PYTHONPATH": str(PROBE), "SNIPPET_EVENTS": str(events)}
    began = time.perf_counter()
    process = subprocess.run(
        [python, str(file)], env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return float(process.stdout or time.perf_counter() - began)


def main() -> None:
    """Print a table of ratios, a row for each interpreter and case."""
    for python in sys.argv[1:] or [sys.executable]:
        version = subprocess.run(
            [python, "-V"], stdout=subprocess.PIPE, text=True, check=True
        ).stdout.strip()
        for name, program in CASES.items():
            with tempfile.TemporaryDirectory() as folder:
                times: dict[bool, list[float]] = {False: [], True: []}
                for _ in range(ROUNDS):
                    for probe in times:
                        times[probe].append(measure_run(python, program, probe, folder))
            without, with_probe = min(times[False]), min(times[True])
            ratio = with_probe / without
            print(
                f"{version:14} {name:22} {without:8.4f} s {with_probe:8.4f} s {ratio:6.2f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
