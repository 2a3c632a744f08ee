"""Do what a new contributor does first, on a fresh clone, and print how long it took.

    python scripts/newcomer.py --python python3.15

The commands of README's section "Without make" are run as they are there, with the Python
named in a folder whose name has a blank: environment, packages, `mkdocs serve`. Then a
program is edited so that its output differs, renamed and deleted, and Ctrl-C ends the
server. Exits with 1 and the reason where the site is not what it should be.
"""

from __future__ import annotations

import argparse
import re
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Self
from urllib.error import HTTPError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
NAME = "one-at-a-time/take-a-look"
LONGEST = 1800.0  # seconds for any step: a slow network and a busy machine


class Failed(Exception):
    """The site, or a command, was not what a newcomer expects."""


def main() -> int:
    """Follow a newcomer; return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--python", default=sys.executable, help="the Python to begin with")
    parser.add_argument("--repository", default=str(ROOT), help="what to clone")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="a newcomer ") as folder:
        try:
            follow(Path(folder) / "the clone", options.repository, options.python)
        except Failed as error:
            print(f"newcomer: {error}", file=sys.stderr)
            return 1
    return 0


def follow(clone: Path, repository: str, python: str) -> None:
    """Clone the repository and do what README says. Raises Failed."""
    version = subprocess.check_output([python, "--version"], text=True).strip()
    began = time.monotonic()

    def report(step: str) -> None:
        print(f"{time.monotonic() - began:8.1f} s  {step}", flush=True)

    run(["git", "clone", "-q", repository, str(clone)], clone.parent)
    report(f"cloned, {version}")
    *preparation, serve = commands_of((clone / "README.md").read_text(encoding="utf-8"))
    bin = clone / ".venv" / "bin"
    for command in preparation:
        words = shlex.split(command)
        if words[0] == ".":  # activates the environment: its programs are called by path here
            continue
        words[0] = python if words[0] == "python" else str(bin / words[0])
        run(words, clone)
        report(command)
    with Server([str(bin / shlex.split(serve)[0]), *shlex.split(serve)[1:]], clone) as server:
        server.wait(lambda: "data-snippet" in server.get("threads/"))
        report(f"{serve}: the first page answers")
        visit(server, clone, report)
    left = subprocess.run(["pgrep", "-f", re.escape(str(clone))], capture_output=True, text=True)
    if left.stdout.strip():
        raise Failed(f"processes are left after Ctrl-C: {left.stdout.split()}")
    report("Ctrl-C: the server has ended, and no process is left")


def visit(server: Server, clone: Path, report: Callable[[str], None]) -> None:
    """Look at each page, then edit, rename and delete a program. Raises Failed."""
    for page in sorted((clone / "docs").glob("*.md")):
        html = server.get("" if page.stem == "index" else f"{page.stem}/")
        for wrong in ("could not be shown", "snippet-mismatch"):
            if wrong in html:
                raise Failed(f"{page.name}: {wrong}")
    program = clone / "snippets" / f"{NAME}.py"
    page = clone / "docs" / "one-at-a-time.md"
    text = program.read_text(encoding="utf-8")
    program.write_text(text.replace("take a look!", "take a walk!", 1), encoding="utf-8")
    server.wait(lambda: "snippet-mismatch" in server.get("one-at-a-time/"))
    report("a program was edited: its page shows how its output differs")
    program.rename(program.with_name("a-look.py"))
    page.write_text(page.read_text(encoding="utf-8").replace(NAME, "one-at-a-time/a-look"))
    server.wait(lambda: server.get("downloads/one-at-a-time/a-look.py") != "404")
    server.wait(lambda: "could not be shown" not in server.get("one-at-a-time/"))
    report("it was renamed: its page shows it under the new name")
    program.with_name("a-look.py").unlink()
    server.wait(lambda: "could not be shown" in server.get("one-at-a-time/"))
    report("it was deleted: its page says that it is gone")


def commands_of(readme: str) -> list[str]:
    """Return the commands under "Without make" in README."""
    block = re.search(r"^## Without make\n.*?^```sh\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    if not block:
        raise Failed("README.md has no commands under 'Without make'")
    return [line.partition(" #")[0].strip() for line in block[1].splitlines() if line.strip()]


def run(command: list[str], folder: Path) -> None:
    """Run a command to its end. Raises Failed with the end of its output."""
    result = subprocess.run(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LONGEST,
    )
    if result.returncode:
        raise Failed(
            f"{shlex.join(command)} ended with {result.returncode}\n{result.stdout[-4000:]}"
        )


class Server:
    """A running `mkdocs serve`, ended by Ctrl-C at the end of the block."""

    def __init__(
        self, command: list[str], folder: Path, environment: dict[str, str] | None = None
    ) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            at = f"127.0.0.1:{free.getsockname()[1]}"
        self.address = f"http://{at}/"
        self.log = folder.parent / "log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [*command, "-a", at],
                cwd=folder,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self.process.send_signal(signal.SIGINT)
        try:
            status = self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        if kind is None and status != 0:
            raise Failed(f"the server ended with {status} at Ctrl-C\n{self.tail()}")
        if kind is None and "Traceback" in self.log.read_text():
            raise Failed(f"the server logged a traceback\n{self.tail()}")

    def tail(self) -> str:
        """Return the end of what the server has logged."""
        return self.log.read_text()[-4000:]

    def get(self, path: str) -> str:
        """Return a page, the status of an error, or nothing where nothing answers."""
        try:
            with urlopen(f"{self.address}{path}", timeout=60) as answer:  # noqa: S310 # http
                return str(answer.read().decode())
        except HTTPError as error:
            with error:
                return str(error.code)
        except OSError:
            return ""

    def wait(self, holds: Callable[[], bool]) -> None:
        """Wait until `holds`. Raises Failed where the server ends, or it takes too long."""
        until = time.monotonic() + LONGEST
        while not holds():
            with suppress(subprocess.TimeoutExpired):
                raise Failed(f"the server ended with {self.process.wait(0.1)}\n{self.tail()}")
            if time.monotonic() > until:
                raise Failed(f"the site did not follow in {LONGEST:.0f} s\n{self.tail()}")


if __name__ == "__main__":
    sys.exit(main())
