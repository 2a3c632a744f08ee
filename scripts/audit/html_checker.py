"""Errors that the Nu HTML Checker finds on all pages."""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from pathlib import Path

JAR = Path(__file__).parent / "node_modules/vnu-jar/build/dist/vnu.jar"

# Errors in the HTML of the theme.
IGNORED = {
    r"Attribute “autocomplete” is only allowed": "Material's colour scheme switch",
}
# A page made from nbconvert's templates.
NOTEBOOK = re.compile(r"/session/index\.html$")


def find_faults(site: Path) -> list[str]:
    """Return one line for each kind of error on each page, except errors of others."""
    command = ["java", "-jar", str(JAR), "--format", "json", "--exit-zero-always"]
    command += ["--errors-only", "--skip-non-html", str(site)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    faults: Counter[tuple[str, str]] = Counter()
    for error in json.loads(output)["messages"]:
        page, message = error["url"].partition(site.name)[2], error["message"]
        ignored = any(re.match(pattern, message) for pattern in IGNORED)
        if not ignored and not NOTEBOOK.search(error["url"]):
            faults[page, message] += 1
    return [f"{page}: {message} ({count} times)" for (page, message), count in faults.items()]
