"""Write the names of the concurrency modules that the Python documentation documents.

usage: python3.15 scripts/documented_names.py FOLDER

FOLDER holds the HTML documentation of that Python: https://docs.python.org/3/download.html.
The names go into snippet_engine/snippet/stdlib_names.py. Run it on Linux: names that this
system does not have, such as constants for Windows, are left out.
"""

from __future__ import annotations

import importlib
import re
import sys
import warnings
from html.parser import HTMLParser
from pathlib import Path

OUTPUT = Path(__file__).parent.parent / "snippet_engine/snippet/stdlib_names.py"
MODULES = ("threading", "multiprocessing", "concurrent.futures", "queue", "asyncio", "subprocess")
CATEGORIES = {"class": "main", "function": "main", "exception": "exception", "data": "constant"}
# Pages whose names all have one category. The first five are listed at
# https://docs.python.org/3/library/asyncio.html#asyncio under "Low-level APIs" and
# "Guides and Tutorials".
PAGES = {
    "asyncio-eventloop": "low-level",
    "asyncio-future": "low-level",
    "asyncio-protocol": "low-level",
    "asyncio-extending": "low-level",
    "asyncio-platforms": "low-level",
    "asyncio-policy": "deprecated",
}
HEAD = '''"""Documented names of the concurrency modules, with the category of each.

From the documentation of Python {version}; written by scripts/documented_names.py.
"""

from __future__ import annotations

from typing import Literal

Category = Literal["main", "low-level", "exception", "constant", "deprecated"]

NAMES: dict[str, dict[str, Category]] = {{
'''


class Page(HTMLParser):
    """A page of the documentation: its documented objects, as (full name, kind)."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.objects: list[tuple[str, str]] = []
        self._kind = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Record a description of an object, `<dl class="py KIND"><dt class="sig" id="NAME">`."""
        attributes = dict(attrs)
        classes = (attributes.get("class") or "").split()
        if tag == "dl" and classes[:1] == ["py"]:
            self._kind = classes[1]
        elif tag == "dt" and "sig" in classes and attributes.get("id"):
            self.objects.append((attributes["id"] or "", self._kind))


def find_names(folder: Path, module: str) -> dict[str, str]:
    """Return the documented names that `module` has, sorted, each with its category.

    Some are documented in a submodule: multiprocessing.Pool as multiprocessing.pool.Pool.
    """
    namespace = importlib.import_module(module)
    categories: dict[str, str] = {}
    for path in sorted((folder / "library").glob(f"{module}*.html")):
        for full_name, kind in Page(path.read_text(encoding="utf-8")).objects:
            name = full_name.rpartition(".")[2]
            if kind in CATEGORIES and not name.startswith("_") and _has_name(namespace, name):
                categories[name] = PAGES.get(path.stem, CATEGORIES[kind])
    return dict(sorted(categories.items()))


def _has_name(namespace: object, name: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # access to a deprecated name warns
        return hasattr(namespace, name)


def read_version(folder: Path) -> str:
    """Return the version that the documentation in `folder` is of ("3.15.2")."""
    title = re.search(
        r"<title>.*?([\d.]+\w*) Documentation", (folder / "index.html").read_text(), re.I
    )
    assert title, f"{folder}/index.html names no version"
    return title[1]


def main() -> None:
    """Write the module from the documentation in the folder that the command line names."""
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    folder = Path(sys.argv[1])
    lines = [HEAD.format(version=read_version(folder))]
    for module in MODULES:
        names = find_names(folder, module)
        lines += [f'    "{module}": {{\n']
        lines += [f'        "{name}": "{category}",\n' for name, category in names.items()]
        lines += ["    },\n"]
    OUTPUT.write_text("".join([*lines, "}\n"]), encoding="utf-8")


if __name__ == "__main__":
    main()
