"""The Nu HTML Checker, over every page."""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from pathlib import Path

JAR = Path(__file__).parent / "node_modules/vnu-jar/build/dist/vnu.jar"

# What others write into our pages, and we do not mend.
THEIRS = {
    r"Attribute “autocomplete” is only allowed": "Material's switch of colours",
}
# The page that nbconvert's templates make, with JupyterLab's styles in it.
NOTEBOOK = re.compile(r"/session/index\.html$")


def faults(site: Path) -> list[str]:
    """One line for each kind of error on each page, less what is not ours."""
    command = ["java", "-jar", str(JAR), "--format", "json", "--exit-zero-always"]
    command += ["--errors-only", "--skip-non-html", str(site)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    found: Counter[tuple[str, str]] = Counter()
    for one in json.loads(told)["messages"]:
        page, message = one["url"].partition(site.name)[2], one["message"]
        if not NOTEBOOK.search(one["url"]) and not any(re.match(t, message) for t in THEIRS):
            found[page, message] += 1
    return [f"{page}: {message} ({number} times)" for (page, message), number in found.items()]
