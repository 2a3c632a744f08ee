"""Lighthouse, on a phone and on a desktop."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

PROGRAM = Path(__file__).parent / "node_modules/.bin/lighthouse"
LEAST = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100}


def scores(address: str, form: str, chromium: str) -> dict[str, int]:
    """The score of the page at `address` in each of LEAST; `form` is phone or desktop."""
    command = [str(PROGRAM), address, "--quiet", "--output=json"]
    command += ["--chrome-flags=--headless --no-sandbox --disable-gpu"]
    if form == "desktop":
        command.append("--preset=desktop")
    environment = {**os.environ, "CHROME_PATH": chromium}
    told = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    categories = json.loads(told.stdout)["categories"]
    return {name: round(100 * categories[name]["score"]) for name in LEAST}
