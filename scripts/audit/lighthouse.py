"""Lighthouse, on a phone and on a desktop."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from statistics import median
from typing import Any

PROGRAM = Path(__file__).parent / "node_modules/.bin/lighthouse"
LEAST = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100}
# Scores vary from run to run: https://github.com/GoogleChrome/lighthouse/blob/main/docs/variability.md
RUNS = 3
# Lighthouse's BenchmarkIndex of a phone of the middle class, by which Chrome's own tools
# calibrate how much slower than this machine a phone is: `midScore` in
# CalibrationController.ts of chrome-devtools-frontend.
PHONE = 1000


def slowdown(address: str, chromium: str) -> float:
    """How much slower than this machine a phone is, at most four times."""
    index = _report(address, chromium, "--only-categories=seo")["environment"]["benchmarkIndex"]
    return round(min(max(index / PHONE, 1.0), 4.0), 1)


def scores(address: str, form: str, chromium: str, slower: float) -> dict[str, int]:
    """The score of the page at `address` in each of LEAST: the median of RUNS.

    `form` is phone or desktop; a phone is so many times `slower` than this machine.
    """
    preset = [f"--throttling.cpuSlowdownMultiplier={slower}"]
    if form == "desktop":
        preset = ["--preset=desktop"]
    runs = [_report(address, chromium, *preset)["categories"] for _ in range(RUNS)]
    return {name: round(median(100 * run[name]["score"] for run in runs)) for name in LEAST}


def _report(address: str, chromium: str, *options: str) -> dict[str, Any]:
    command = [str(PROGRAM), address, "--quiet", "--output=json", *options]
    command.append("--chrome-flags=--headless --no-sandbox --disable-gpu")
    environment = {**os.environ, "CHROME_PATH": chromium}
    told = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    report: dict[str, Any] = json.loads(told.stdout)
    return report
