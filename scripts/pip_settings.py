"""Print pip's settings of indexes as shell commands that set the same for uv.

    eval "$(python scripts/pip_settings.py)"

uv reads no configuration of pip (https://docs.astral.sh/uv/pip/compatibility/). What is
set for uv already is left alone, and so are folders that are not there, which pip ignores.
"""

from __future__ import annotations

import ast
import os
import shlex
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

# pip's option, uv's variable, and what separates its values.
SETTINGS = (
    ("index-url", "UV_DEFAULT_INDEX", ""),
    ("extra-index-url", "UV_INDEX", " "),
    ("find-links", "UV_FIND_LINKS", ","),
    ("no-index", "UV_NO_INDEX", ""),
    ("trusted-host", "UV_INSECURE_HOST", " "),
    ("cert", "SSL_CERT_FILE", ""),
)


def settings_of(listing: str) -> dict[str, str]:
    """Return the options in the output of `pip config list`, the strongest of each.

    That is the environment's, then those for `pip install`, then those for all commands.
    """
    found: dict[str, dict[str, str]] = {"global": {}, "install": {}, ":env:": {}}
    for line in listing.splitlines():
        name, _, value = line.partition("=")
        section, _, option = name.rpartition(".")
        if section in found:
            found[section][option] = ast.literal_eval(value)
    return {**found["global"], **found["install"], **found[":env:"]}


def is_there(place: str) -> bool:
    """Return whether a place of packages exists, if it is a file or folder of this machine."""
    address = urlsplit(place)
    if address.scheme not in ("", "file"):
        return True
    return Path(url2pathname(address.path)).expanduser().exists()


def variables_of(settings: dict[str, str], environment: dict[str, str]) -> dict[str, str]:
    """Return the variables to set for uv."""
    found = {}
    for option, variable, separator in SETTINGS:
        values = settings.get(option, "").split()
        if option.endswith("url") or option == "find-links":
            values = [value for value in values if is_there(value)]
        if values and variable not in environment:
            found[variable] = separator.join(values)
    if "UV_INDEX" in found:
        # pip takes the best version of all indexes; hashes say which file is meant.
        found.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    return found


def main() -> None:
    """Print the commands."""
    listing = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True
    ).stdout
    for name, value in variables_of(settings_of(listing), dict(os.environ)).items():
        print(f"export {name}={shlex.quote(value)}")


if __name__ == "__main__":
    main()
