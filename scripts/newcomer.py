"""Follow the first steps of a new contributor in a fresh clone, and print their times.

    python scripts/newcomer.py --python python3.15

Run the commands of README's section "Without make" with the given Python, in a folder with
a space in its name: make the environment, install packages, start `mkdocs serve`. Then edit,
rename and delete a program, and stop the server with Ctrl-C. If the site is not as expected,
print the reason and exit with status 1.
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
TIMEOUT = 1800.0  # seconds for each step, for a slow network and a loaded machine


class StepError(Exception):
    """Error for a step that failed; the message has the reason."""


def main() -> int:
    """Run all steps and return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--python", default=sys.executable, help="the Python for the environment")
    parser.add_argument("--repository", default=str(ROOT), help="the repository to clone")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="a newcomer ") as folder:
        try:
            run_steps(Path(folder) / "the clone", options.repository, options.python)
        except StepError as error:
            print(f"newcomer: {error}", file=sys.stderr)
            return 1
    return 0


def run_steps(clone: Path, repository: str, python: str) -> None:
    """Clone the repository and run all steps. Raise StepError if one fails."""
    version = subprocess.check_output([python, "--version"], text=True).strip()
    start = time.monotonic()

    def report(step: str) -> None:
        print(f"{time.monotonic() - start:8.1f} s  {step}", flush=True)

    run(["git", "clone", "-q", repository, str(clone)], clone.parent)
    report(f"cloned, {version}")
    *preparation, serve = parse_commands((clone / "README.md").read_text(encoding="utf-8"))
    bin = clone / ".venv" / "bin"
    for command in preparation:
        words = shlex.split(command)
        if words[0] == ".":  # activation is not needed: programs are run by their paths
            continue
        words[0] = python if words[0] == "python" else str(bin / words[0])
        run(words, clone)
        report(command)
    with Server([str(bin / shlex.split(serve)[0]), *shlex.split(serve)[1:]], clone) as server:
        server.wait(lambda: "data-snippet" in server.get("threads/"))
        report(f"{serve}: the first page is served")
        edit_program(server, clone, report)
    remaining = subprocess.run(
        ["pgrep", "-f", re.escape(str(clone))], capture_output=True, text=True
    )
    if remaining.stdout.strip():
        raise StepError(f"processes remain after Ctrl-C: {remaining.stdout.split()}")
    report("stopped the server with Ctrl-C: no process remains")


def edit_program(server: Server, clone: Path, report: Callable[[str], None]) -> None:
    """Check each page, then edit, rename and delete a program. Raise StepError."""
    for page in sorted((clone / "docs").glob("*.md")):
        html = server.get("" if page.stem == "index" else f"{page.stem}/")
        for fault in ("could not be shown", "snippet-mismatch"):
            if fault in html:
                raise StepError(f"{page.name}: {fault}")
    program = clone / "snippets" / f"{NAME}.py"
    page = clone / "docs" / "one-at-a-time.md"
    text = program.read_text(encoding="utf-8")
    program.write_text(text.replace("take a look!", "take a walk!", 1), encoding="utf-8")
    server.wait(lambda: "snippet-mismatch" in server.get("one-at-a-time/"))
    report("edited a program: its page shows the difference in its output")
    program.rename(program.with_name("a-look.py"))
    page.write_text(page.read_text(encoding="utf-8").replace(NAME, "one-at-a-time/a-look"))
    server.wait(lambda: server.get("downloads/one-at-a-time/a-look.py") != "404")
    server.wait(lambda: "could not be shown" not in server.get("one-at-a-time/"))
    report("renamed it: its page shows it under the new name")
    program.with_name("a-look.py").unlink()
    server.wait(lambda: "could not be shown" in server.get("one-at-a-time/"))
    report("deleted it: its page reports that it is missing")


def parse_commands(readme: str) -> list[str]:
    """Return the commands in the section "Without make" of `readme`."""
    block = re.search(r"^## Without make\n.*?^```sh\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    if not block:
        raise StepError("README.md has no commands in the section 'Without make'")
    return [line.partition(" #")[0].strip() for line in block[1].splitlines() if line.strip()]


def run(command: list[str], folder: Path) -> None:
    """Run a command. If it fails, raise StepError with the end of its output."""
    result = subprocess.run(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=TIMEOUT,
    )
    if result.returncode:
        raise StepError(
            f"{shlex.join(command)} exited with {result.returncode}\n{result.stdout[-4000:]}"
        )


class Server:
    """A running `mkdocs serve`, stopped as with Ctrl-C at the end of the block."""

    def __init__(
        self, command: list[str], folder: Path, environment: dict[str, str] | None = None
    ) -> None:
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{unused.getsockname()[1]}"
        self.url = f"http://{address}/"
        self.log = folder.parent / "log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [*command, "-a", address],
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
            raise StepError(f"the server exited with {status} on Ctrl-C\n{self.log_tail()}")
        if kind is None and "Traceback" in self.log.read_text():
            raise StepError(f"the server logged a traceback\n{self.log_tail()}")

    def log_tail(self) -> str:
        """Return the end of the log."""
        return self.log.read_text()[-4000:]

    def get(self, path: str) -> str:
        """Return a page, the status of an HTTP error, or "" if the server does not respond."""
        try:
            with urlopen(f"{self.url}{path}", timeout=60) as response:  # noqa: S310 # http
                return str(response.read().decode())
        except HTTPError as error:
            with error:
                return str(error.code)
        except OSError:
            return ""

    def wait(self, condition: Callable[[], bool]) -> None:
        """Wait until `condition()` is true. Raise StepError if the server exits or on timeout."""
        deadline = time.monotonic() + TIMEOUT
        while not condition():
            with suppress(subprocess.TimeoutExpired):
                raise StepError(
                    f"the server exited with {self.process.wait(0.1)}\n{self.log_tail()}"
                )
            if time.monotonic() > deadline:
                raise StepError(
                    f"the site was not updated within {TIMEOUT:.0f} s\n{self.log_tail()}"
                )


if __name__ == "__main__":
    sys.exit(main())
