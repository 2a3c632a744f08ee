"""Print shell commands that give uv the package indexes configured for pip.

    eval "$(python scripts/pip_settings.py)"

uv does not read the configuration of pip (https://docs.astral.sh/uv/pip/compatibility/).
Variables of uv that are already set are not changed. Missing folders are left out,
because pip ignores them and uv does not.
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

# pip's option, uv's variable, and the separator of its values.
SETTINGS = (
    ("index-url", "UV_DEFAULT_INDEX", ""),
    ("extra-index-url", "UV_INDEX", " "),
    ("find-links", "UV_FIND_LINKS", ","),
    ("no-index", "UV_NO_INDEX", ""),
    ("trusted-host", "UV_INSECURE_HOST", " "),
    ("cert", "SSL_CERT_FILE", ""),
)


def parse_settings(listing: str) -> dict[str, str]:
    """Return the effective options in the output of `pip config list`.

    The environment overrides the section `install`, which overrides `global`.
    """
    sections: dict[str, dict[str, str]] = {"global": {}, "install": {}, ":env:": {}}
    for line in listing.splitlines():
        name, _, value = line.partition("=")
        section, _, option = name.rpartition(".")
        if section in sections:
            sections[section][option] = ast.literal_eval(value)
    return {**sections["global"], **sections["install"], **sections[":env:"]}


def is_available(source: str) -> bool:
    """Return False if `source`, a URL or path of packages, is a missing local file or folder."""
    url = urlsplit(source)
    if url.scheme not in ("", "file"):
        return True
    return Path(url2pathname(url.path)).expanduser().exists()


def uv_variables(settings: dict[str, str], environment: dict[str, str]) -> dict[str, str]:
    """Return the environment variables to set for uv."""
    variables = {}
    for option, variable, separator in SETTINGS:
        values = settings.get(option, "").split()
        if option.endswith("url") or option == "find-links":
            values = [value for value in values if is_available(value)]
        if values and variable not in environment:
            variables[variable] = separator.join(values)
    if "UV_INDEX" in variables:
        # Like pip, use the best version of all indexes; hashes identify the file.
        variables.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    return variables


def main() -> None:
    """Print the shell commands."""
    listing = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True
    ).stdout
    for name, value in uv_variables(parse_settings(listing), dict(os.environ)).items():
        print(f"export {name}={shlex.quote(value)}")


if __name__ == "__main__":
    main()
