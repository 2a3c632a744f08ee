"""Downloads: each behaves as its page shows, with plain Python or zsh."""

from __future__ import annotations

import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import threading
import tomllib
import tty
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from helpers.programs import build_snippet
from helpers.repository import PROJECT, ROOT
from helpers.torn_lines import mend_lines

from snippet_engine.checking.check import check_run
from snippet_engine.project.downloads import read_downloads
from snippet_engine.run import Line, Provenance, Run, Stream
from snippet_engine.snippet.model import Snippet
from snippet_engine.snippet.standalone import build_standalone_text
from snippet_engine.snippet.versions import SUPPORTED_VERSIONS

SNIPPETS = [PROJECT.read(name) for name in PROJECT.names()]
MAX_CONCURRENT = 12  # programs; most of them wait
TIME_LIMIT_S = 60.0  # for a program that ends by itself, on a busy machine
# The regular expression of PEP 723, "Inline script metadata".
METADATA = re.compile(r"(?m)^# /// (?P<type>[a-zA-Z0-9-]+)$\s(?P<content>(^#(| .*)$\s)+)^# ///$")


def query_version(python: str) -> str:
    """Return the full version of an interpreter, "" if it does not start."""
    result = subprocess.run(
        [python, "-c", "import platform; print(platform.python_version())"],
        capture_output=True,
        text=True,
    )
    return result.stdout.strip() if result.returncode == 0 else ""


def find_pythons() -> dict[str, str]:
    """Return this interpreter and one of each other supported version, by version.

    They are looked for on PATH, in pyenv, and in the folders that SNIPPETS_PYTHONS names.
    """
    folders = os.environ.get("SNIPPETS_PYTHONS", "").split(os.pathsep)
    path = os.pathsep.join([*filter(None, folders), os.environ["PATH"]])
    candidates = [sys.executable]
    for version in SUPPORTED_VERSIONS:
        of_pyenv = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
        candidates += [shutil.which(f"python{version}", path=path) or "", *map(str, of_pyenv)]
    pythons: dict[str, str] = {}
    for python in filter(None, candidates):
        if full := query_version(python):
            pythons.setdefault(".".join(full.split(".")[:2]), python)
    return {version: python for version, python in pythons.items() if version in SUPPORTED_VERSIONS}


PYTHONS = find_pythons()
each_python = pytest.mark.parametrize(
    "version",
    [
        pytest.param(version, marks=[] if python == sys.executable else [pytest.mark.slow])
        for version, python in PYTHONS.items()
    ],
)


@pytest.fixture(autouse=True)
def restore_ctrl_c() -> Iterator[None]:
    """Let programs handle Ctrl-C: background jobs of a shell inherit that it is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class Terminal:
    """A program as a reader runs it: in a folder, with a terminal for each output stream."""

    def __init__(self, command: list[str], folder: Path, environment: dict[str, str]) -> None:
        ends: dict[Stream, tuple[int, int]] = {"stdout": pty.openpty(), "stderr": pty.openpty()}
        for _, slave in ends.values():
            tty.setraw(slave)
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=ends["stdout"][1],
            stderr=ends["stderr"][1],
            start_new_session=True,
        )
        self.printed: dict[Stream, bytearray] = {"stdout": bytearray(), "stderr": bytearray()}
        self.readers = []
        for stream, (master, slave) in ends.items():
            os.close(slave)
            reader = threading.Thread(target=self._read, args=(master, self.printed[stream]))
            reader.start()
            self.readers.append(reader)

    def run(self, stop_after_s: float | None) -> tuple[str, dict[Stream, str]]:
        """Return the exit status and the output, which ends at Ctrl-C if it is stopped."""
        try:
            try:
                ending = self._wait(stop_after_s or TIME_LIMIT_S)
                stopped = False
            except subprocess.TimeoutExpired:
                stopped = True
                texts = {stream: self._decode(stream) for stream in self.printed}
                ending = self._interrupt() if stop_after_s else "limit: time"
        finally:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            for reader in self.readers:
                reader.join()
        if stopped:  # perhaps while it wrote a line
            return ending, {stream: text[: text.rfind("\n") + 1] for stream, text in texts.items()}
        return ending, {stream: self._decode(stream) for stream in self.printed}

    def _wait(self, time_limit_s: float) -> str:
        status = self.process.wait(time_limit_s)
        return f"exit {status}" if status >= 0 else f"signal {signal.Signals(-status).name}"

    def _interrupt(self) -> str:
        """Press Ctrl-C, and again if that does not end it, as the preamble says."""
        for time_limit_s in (2.0, TIME_LIMIT_S):
            os.killpg(self.process.pid, signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(time_limit_s)
                return "stopped"
        return "not ended by Ctrl-C"

    def _decode(self, stream: Stream) -> str:
        return bytes(self.printed[stream]).decode()

    @staticmethod
    def _read(master: int, into: bytearray) -> None:
        with suppress(OSError):  # EIO: no process has the other end open
            while piece := os.read(master, 1 << 16):
                into += piece
        os.close(master)


class Reader:
    """A reader who runs downloads with one interpreter, each in its own folder."""

    def __init__(self, python: str, folder: Path, temporary: str, options: str = "") -> None:
        self.python = python
        self.version = query_version(python)
        self.folder = folder
        facts = "import sysconfig; print(sysconfig.get_path('stdlib'))"
        self.library = subprocess.check_output([python, "-c", facts], text=True).strip()
        commands = folder / "bin"
        commands.mkdir()
        # The `python` command of zsh programs.
        (commands / "python").write_text(f'#!/bin/sh\nexec "{python}" {options} "$@"\n')
        (commands / "python").chmod(0o755)
        self.environment = {
            "PATH": os.pathsep.join([str(commands), os.environ["PATH"]]),
            "TMPDIR": temporary,
            "LANG": "C.UTF-8",
            "TERM": "dumb",
            "NO_COLOR": "1",
            "COLUMNS": "80",
        }

    def run(self, snippet: Snippet, text: bytes) -> Run:
        """Run a download that has this `text`."""
        folder = self.folder / snippet.name
        folder.mkdir(parents=True)
        file = folder / snippet.path.name
        file.write_bytes(text)
        command = "zsh" if snippet.language == "zsh" else "python"
        environment = {**self.environment, "HOME": str(folder)}
        program = shutil.which(command, path=environment["PATH"]) or command
        terminal = Terminal([program, file.name], folder, environment)
        ending, printed = terminal.run(snippet.time_limit)
        above = text.decode().partition(snippet.code)[0].count("\n")
        lines = [
            Line(0.0, stream, self._normalize(line, file, above))
            for stream, text in printed.items()
            for line in text.splitlines()
        ]
        if recording := snippet.find_recording(self.version):
            lines = list(mend_lines(snippet, recording, lines))
        made = Provenance(self.version, "", "", 2, "", "")
        return Run(1.0, 0.1, 1, ending, made, tuple(lines))

    def _normalize(self, line: str, file: Path, above: int) -> str:
        """Return a line with paths and line numbers as on the page.

        There the program has no lines `above`. Such numbers are in tracebacks and warnings,
        and in the first column of a disassembly.
        """
        line = line.replace(f"{file.parent}{os.sep}", "")
        line = line.replace(f"{self.library}{os.sep}", "/python/")
        name = re.escape(file.name)
        in_traceback = rf'(?<=File "{name}", line )\d+'
        in_warning = rf"(?<=^{name}:)\d+"
        in_disassembly = r"^ {0,2}\d+(?= +(?:\d+ )?[A-Z_]{4,} )"

        def shift(match: re.Match[str]) -> str:
            width = len(match[0]) if match[0].startswith(" ") else 0
            return f"{int(match[0]) - above:>{width}}"

        return re.sub(f"{in_traceback}|{in_warning}|{in_disassembly}", shift, line)


@pytest.fixture
def make_reader(tmp_path: Path) -> Iterator[Callable[..., Reader]]:
    """Return a factory of readers with a short path for fork server sockets, unix(7)."""
    with TemporaryDirectory() as temporary:
        yield lambda python, options="": Reader(python, tmp_path, temporary, options)


def test_lines_printed_into_each_other_are_split() -> None:
    snippet = build_snippet(
        "print()\n",
        head='lines = "any-order"',
        recording="#: output\n#> one took 0.1 s\n#> two\n#>\n",
    )
    printed = ["onetwo", "", "twoone took 0.2 stwo", "", "", "", "two", "two!"]
    lines = mend_lines(
        snippet, snippet.recordings[0], [Line(0.0, "stdout", text) for text in printed]
    )
    expected = ["onetwo", "", "two", "one took 0.2 s", "two", "", "two", "two!"]
    assert [line.text for line in lines] == expected


def check_downloads(reader: Reader, snippets: Iterable[Snippet]) -> None:
    """Fail with the differences between downloads of `snippets` and their pages.

    Claims are not checked: they are about workers and times, which the probe reports.
    """
    texts = read_downloads(ROOT)

    def find_fault(snippet: Snippet) -> str:
        run = reader.run(snippet, texts[f"{snippet.chapter}/{snippet.path.name}"])
        mismatch = check_run(replace(snippet, claims=()), run)
        return f"{snippet.path}: {mismatch}" if mismatch else ""

    with ThreadPoolExecutor(MAX_CONCURRENT) as pool:
        faults = [*filter(None, pool.map(find_fault, snippets))]
    assert faults == [], "\n".join(faults)


@pytest.mark.timeout(600)
@each_python
def test_downloads_behave_as_their_pages_show(
    version: str, make_reader: Callable[..., Reader]
) -> None:
    """Programs that never end are stopped by Ctrl-C."""
    snippets = [snippet for snippet in SNIPPETS if not snippet.dependencies]
    reader = make_reader(PYTHONS[version])
    check_downloads(reader, [one for one in snippets if one.can_run_on(reader.version)])


@each_python
def test_downloads_that_need_packages_behave_as_their_pages_show(
    version: str, make_reader: Callable[..., Reader]
) -> None:
    snippets = [snippet for snippet in SNIPPETS if snippet.dependencies]
    names = sorted({name for snippet in snippets for name in snippet.dependencies})
    python = PYTHONS[version]
    imported = subprocess.run([python, "-c", f"import {', '.join(names)}"], capture_output=True)
    if imported.returncode:
        pytest.skip(f"Python {version} has no {', '.join(names)} here")
    check_downloads(make_reader(python), snippets)


@pytest.mark.parametrize(
    "snippet", [one for one in SNIPPETS if one.dependencies], ids=lambda one: one.name
)
def test_download_names_the_missing_package_in_its_first_line(
    snippet: Snippet, make_reader: Callable[..., Reader]
) -> None:
    [package] = snippet.dependencies
    text = read_downloads(ROOT)[f"{snippet.chapter}/{snippet.path.name}"]
    run = make_reader(sys.executable, "-I -S").run(snippet, text)
    assert any(f"No module named '{package}'" in line.text for line in run.lines)
    first = text.decode().removeprefix(snippet.head).splitlines()[0]
    assert first.startswith("# Needs ")
    assert f"`pip install {package}`" in first


def test_download_without_a_preamble_equals_the_file() -> None:
    for snippet in SNIPPETS:
        text = build_standalone_text(snippet)
        needs = snippet.setup or snippet.time_limit or snippet.start_method or snippet.dependencies
        assert (text == snippet.text) == (not needs and snippet.language == "python"), snippet.name
        assert snippet.code in text
        assert text.startswith(snippet.head)


def test_each_download_is_a_script_with_metadata() -> None:
    """Other tools read its head too: `uv run FILE`."""
    for snippet in SNIPPETS:
        [metadata] = METADATA.finditer(build_standalone_text(snippet))
        assert metadata.start() == 0, snippet.name
        assert metadata["type"] == "script"
        head = tomllib.loads(re.sub("(?m)^# ?", "", metadata["content"]))
        assert head["requires-python"] == snippet.requires_python
        assert tuple(head["dependencies"]) == snippet.dependencies


def find_preamble(snippet: Snippet) -> list[str]:
    """Return the lines between the head and the program."""
    text = build_standalone_text(snippet)
    assert text.startswith(snippet.head)
    return text.removeprefix(snippet.head).partition(snippet.code)[0].splitlines()


def test_notes_start_method_and_setup_come_before_the_program() -> None:
    head = 'setup = "d = {}"\nstart-method = "spawn"\nstops = 2'
    snippet = build_snippet("print(d)\n", head=head, recording="#: output\n#> {}\n")
    assert find_preamble(snippet) == [
        "# This program never ends by itself. Press Ctrl-C to stop it, and again if threads",
        "# are still running.",
        '# This program needs the "spawn" start method of multiprocessing,',
        "# which is not the default on Linux.",
        "import multiprocessing",
        "",
        'multiprocessing.set_start_method("spawn", force=True)',
        "# What an earlier program left behind:",
        "d = {}",
        "# The program begins below.",
    ]
    assert build_standalone_text(snippet).endswith("print(d)\n#: output\n#> {}\n")


@pytest.mark.parametrize(
    ("code", "dependencies", "needs"),
    [
        ("print hello\n", "", "# Needs zsh."),
        ("python -c 1\n", "", "# Needs zsh and a `python` command."),
        (
            "python -c 1\n",
            'dependencies = ["pandas>=2", "numpy"]',
            "# Needs zsh and a `python` command with pandas>=2 and numpy: "
            "`pip install 'pandas>=2' numpy`.",
        ),
    ],
)
def test_zsh_program_names_what_it_needs(code: str, dependencies: str, needs: str) -> None:
    snippet = replace(
        build_snippet(code, suffix=".zsh"),
        dependencies=tuple(tomllib.loads(dependencies).get("dependencies", ())),
    )
    assert find_preamble(snippet) == [needs, "# The program begins below."]


@pytest.mark.parametrize(
    ("code", "before"),
    [
        ('"""Says what it is."""\nfrom __future__ import annotations\nprint(__doc__, x)\n', 2),
        ("from __future__ import (\n    annotations,\n)\nprint(__doc__, x)\n", 3),
        ("print(__doc__, x)\n", 0),
    ],
)
def test_docstring_and_future_imports_stay_first(code: str, before: int, tmp_path: Path) -> None:
    snippet = build_snippet(code, head="setup = \"x = 'left'\"")
    text = build_standalone_text(snippet)
    assert text.removeprefix(snippet.head).splitlines()[:before] == code.splitlines()[:before]
    (tmp_path / "program.py").write_text(text)
    printed = subprocess.check_output([sys.executable, tmp_path / "program.py"], text=True)
    docstring = "Says what it is." if before == 2 else None
    assert printed == f"{docstring} left\n"


def test_program_that_does_not_compile_follows_the_preamble() -> None:
    snippet = build_snippet("def\n", head='setup = "x = 1"\nraises = "SyntaxError"')
    assert find_preamble(snippet)[-2:] == ["x = 1", "# The program begins below."]


CHILD = """\
from multiprocessing import Process, get_start_method

def child():
    print(get_start_method(), flush=True)

if __name__ == "__main__":
    process = Process(target=child)
    process.start()
    process.join()
    print(process.exitcode, get_start_method())
"""


@each_python
@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_child_processes_have_the_start_method_too(
    version: str, method: str, tmp_path: Path
) -> None:
    file = tmp_path / "program.py"
    file.write_text(build_standalone_text(build_snippet(CHILD, head=f'start-method = "{method}"')))
    result = subprocess.run([PYTHONS[version], file], capture_output=True, text=True, timeout=60)
    assert (result.stdout.splitlines(), result.stderr) == ([method, f"0 {method}"], "")


@pytest.mark.parametrize("method", ["fork", "forkserver"])
def test_system_without_the_start_method_gets_a_message(method: str, tmp_path: Path) -> None:
    """As on Windows, without a traceback."""
    file = tmp_path / "program.py"
    file.write_text(build_standalone_text(build_snippet(CHILD, head=f'start-method = "{method}"')))
    as_on_windows = (
        "import multiprocessing, runpy, sys\n"
        "multiprocessing.get_all_start_methods = lambda: ['spawn']\n"
        "runpy.run_path(sys.argv[1], run_name='__main__')"
    )
    result = subprocess.run(
        [sys.executable, "-c", as_on_windows, file], capture_output=True, text=True, timeout=60
    )
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.splitlines() == [
        f"This program needs the {method} start method, which this system does not have.",
        "On Windows, run it in WSL.",
    ]
