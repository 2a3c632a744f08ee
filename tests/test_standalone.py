"""What readers take home: every download does what the page shows, with plain Python."""

from __future__ import annotations

import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import threading
import tty
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from conftest import LIBRARY, ROOT
from programs import snippet_of

from snippet_engine.downloads import downloads_of
from snippet_engine.matching import disagreement
from snippet_engine.run import Line, Provenance, Run, Stream
from snippet_engine.snippet import SUPPORTED, Snippet
from snippet_engine.standalone import standalone_text

SNIPPETS = [LIBRARY.read(name) for name in LIBRARY.names()]
AT_ONCE = 12  # programs: most of them wait
LONGEST = 60.0  # seconds that a program may take on a busy machine


def version_of(python: str) -> str:
    """The full version of an interpreter; empty where it does not start."""
    result = subprocess.run(
        [python, "-c", "import platform; print(platform.python_version())"],
        capture_output=True,
        text=True,
    )
    return result.stdout.strip() if result.returncode == 0 else ""


def interpreters() -> dict[str, str]:
    """This interpreter and one of each other supported version that is here, by version.

    Those on PATH, of pyenv, and in the folders that SNIPPETS_PYTHONS names.
    """
    folders = os.environ.get("SNIPPETS_PYTHONS", "").split(os.pathsep)
    path = os.pathsep.join([*filter(None, folders), os.environ["PATH"]])
    found = [sys.executable]
    for version in SUPPORTED:
        of_pyenv = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
        found += [shutil.which(f"python{version}", path=path) or "", *map(str, of_pyenv)]
    known: dict[str, str] = {}
    for python in filter(None, found):
        if full := version_of(python):
            known.setdefault(".".join(full.split(".")[:2]), python)
    return known


PYTHONS = interpreters()


class Program:
    """One download, run as a reader runs it: in a terminal, in a folder of its own."""

    def __init__(
        self, snippet: Snippet, file: Path, command: list[str], path: str, temporary: str
    ) -> None:
        self.snippet = snippet
        self.file = file
        self.command = command
        self.environment = {
            "PATH": path,
            "HOME": str(file.parent),
            "TMPDIR": temporary,
            "LANG": "C.UTF-8",
            "TERM": "dumb",
            "NO_COLOR": "1",
            "COLUMNS": "80",
        }
        self.lines: list[Line] = []

    def run(self, version: str, stdlib: str) -> Run:
        """Its run; stopped, with all that it has started, where it never ends."""
        ends: dict[Stream, tuple[int, int]] = {"stdout": pty.openpty(), "stderr": pty.openpty()}
        for _, slave in ends.values():
            tty.setraw(slave)
        process = subprocess.Popen(
            self.command,
            cwd=self.file.parent,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=ends["stdout"][1],
            stderr=ends["stderr"][1],
            start_new_session=True,
        )
        readers = []
        for stream, (master, slave) in ends.items():
            os.close(slave)
            readers.append(threading.Thread(target=self._read, args=(stream, master, stdlib)))
            readers[-1].start()
        try:
            status = process.wait(self.snippet.patience or LONGEST)
            ending = f"exit {status}" if status >= 0 else f"signal {signal.Signals(-status).name}"
        except subprocess.TimeoutExpired:
            ending = "stopped" if self.snippet.patience else "limit: time"
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for reader in readers:
            reader.join()
        made = Provenance(version, "", "", 2, "", "")
        return Run(1.0, 0.1, 1, ending, made, tuple(self.lines))

    def _read(self, stream: Stream, master: int, stdlib: str) -> None:
        text = b"".join(self._pieces(master)).decode()
        os.close(master)
        text = text.replace(f"{self.file.parent}{os.sep}", "")
        text = text.replace(f"{stdlib}{os.sep}", "/python/")
        self.lines += [Line(0.0, stream, self._shifted(line)) for line in text.splitlines()]

    def _shifted(self, line: str) -> str:
        """The line as it is printed where no head is above the program.

        In tracebacks and warnings, and in the first column of a disassembly.
        """
        name = re.escape(self.file.name)
        above = self.file.read_text().partition(self.snippet.code)[0].count("\n")
        places = rf'(?<=File "{name}", line )\d+|(?<=^{name}:)\d+'
        offsets = r"^ {0,2}\d+(?= +(?:\d+ )?[A-Z_]{4,} )"

        def shift(found: re.Match[str]) -> str:
            width = len(found[0]) if found[0].startswith(" ") else 0
            return f"{int(found[0]) - above:>{width}}"

        return re.sub(f"{places}|{offsets}", shift, line)

    @staticmethod
    def _pieces(master: int) -> Iterator[bytes]:
        while True:
            try:
                piece = os.read(master, 1 << 16)
            except OSError:  # EIO: all that held the other end have ended
                return
            if not piece:
                return
            yield piece


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "version",
    [
        pytest.param(one, marks=[] if python == sys.executable else [pytest.mark.slow])
        for one, python in PYTHONS.items()
    ],
)
def test_every_download_does_what_its_page_shows(version: str, tmp_path: Path) -> None:
    """It ends and prints as recorded, or says in its first lines what it needs.

    Claims are left out: they are about workers and times, which the probe tells.
    """
    python = PYTHONS[version]
    facts = "import sysconfig; print(sysconfig.get_path('stdlib'))"
    stdlib = subprocess.check_output([python, "-c", facts], text=True).strip()
    pandas = subprocess.run([python, "-c", "import pandas"], capture_output=True)
    full = version_of(python)
    texts = downloads_of(ROOT)
    bin = tmp_path / "bin"
    bin.mkdir()
    # What a zsh program calls `python`.
    (bin / "python").write_text(f'#!/bin/sh\nexec "{python}" "$@"\n')
    (bin / "python").chmod(0o755)
    path = os.pathsep.join([str(bin), os.environ["PATH"]])

    def wrong(snippet: Snippet) -> str:
        folder = tmp_path / snippet.name
        folder.mkdir(parents=True)
        file = folder / snippet.path.name
        file.write_bytes(texts[f"{snippet.chapter}/{file.name}"])
        if snippet.dependencies and pandas.returncode:
            beginning = file.read_text().partition("# ///\n")[2]
            return "" if beginning.startswith("# Needs pandas") else f"{snippet.path}: says nothing"
        program = "zsh" if snippet.language == "zsh" else python
        run = Program(snippet, file, [program, file.name], path, temporary).run(full, stdlib)
        found = disagreement(replace(snippet, claims=()), run)
        return f"{snippet.path}: {found}" if found else ""

    # A short name: the address of a fork server's socket is in it, see unix(7).
    with TemporaryDirectory() as temporary, ThreadPoolExecutor(AT_ONCE) as pool:
        faults = [*filter(None, pool.map(wrong, (one for one in SNIPPETS if one.runs_on(full))))]
    assert faults == [], "\n".join(faults)


def test_what_needs_nothing_is_the_file_itself() -> None:
    """To the byte; and the source blocks are in their downloads, to the letter."""
    for snippet in SNIPPETS:
        text = standalone_text(snippet)
        plain = not (snippet.setup or snippet.stops or snippet.start_method or snippet.dependencies)
        assert (text == snippet.text) == plain, snippet.name
        assert snippet.code in text
        assert text.startswith(snippet.head)


def test_setup_and_start_method_come_before_the_program() -> None:
    """In the order in which they are needed, each with a comment."""
    head = 'setup = "d = {}"\nstart-method = "fork"\nstops = 2'
    text = standalone_text(snippet_of("print(d)\n", head=head, recording="#: output\n#> {}\n"))
    body = text.partition("# ///\n")[2]
    assert body.startswith("# This program never ends by itself: stop it with Ctrl-C.\n")
    code = [line for line in body.splitlines() if line and not line.startswith("#")]
    assert code == [
        "import multiprocessing",
        'multiprocessing.set_start_method("fork", force=True)',
        "d = {}",
        "print(d)",
    ]
    assert text.endswith("print(d)\n#: output\n#> {}\n")


@pytest.mark.parametrize(
    ("code", "before"),
    [
        ('"""Says what it is."""\nfrom __future__ import annotations\nprint(1)\n', 2),
        ("from __future__ import (\n    annotations,\n)\nprint(1)\n", 3),
        ("print(1)\n", 0),
        ("def\n", 0),
    ],
)
def test_what_has_to_be_first_stays_first(code: str, before: int) -> None:
    """A docstring, and imports from the future."""
    text = standalone_text(snippet_of(code, head='setup = "x = 1"'))
    lines = text.partition("# ///\n")[2].splitlines()
    assert lines[:before] == code.splitlines()[:before]
    assert lines[before].startswith("# What an earlier program")
