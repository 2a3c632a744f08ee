"""Lighthouse scores of a page on a phone and on a desktop."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from statistics import median
from typing import Any

PROGRAM = Path(__file__).parent / "node_modules/.bin/lighthouse"
MIN_SCORES = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100}
# Scores vary from run to run: https://github.com/GoogleChrome/lighthouse/blob/main/docs/variability.md
RUNS = 3
# Lighthouse's BenchmarkIndex of a mid-range phone: `midScore` in CalibrationController.ts of
# chrome-devtools-frontend.
PHONE_INDEX = 1000


def measure_slowdown(url: str, chromium: str) -> float:
    """Return the factor by which a phone is slower than this machine, from 1 to 4."""
    index = _report(url, chromium, "--only-categories=seo")["environment"]["benchmarkIndex"]
    return round(min(max(index / PHONE_INDEX, 1.0), 4.0), 1)


def measure_scores(url: str, form: str, chromium: str, slowdown: float) -> dict[str, int]:
    """Return the median score of RUNS runs in each category of MIN_SCORES.

    `form` is "phone" or "desktop"; `slowdown` applies to a phone.
    """
    preset = [f"--throttling.cpuSlowdownMultiplier={slowdown}"]
    if form == "desktop":
        preset = ["--preset=desktop"]
    runs = [_report(url, chromium, *preset)["categories"] for _ in range(RUNS)]
    return {name: round(median(100 * run[name]["score"] for run in runs)) for name in MIN_SCORES}


def _report(url: str, chromium: str, *options: str) -> dict[str, Any]:
    command = [str(PROGRAM), url, "--quiet", "--output=json", *options]
    command.append("--chrome-flags=--headless --no-sandbox --disable-gpu")
    environment = {**os.environ, "CHROME_PATH": chromium}
    result = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    report: dict[str, Any] = json.loads(result.stdout)
    return report
