"""Facts about interpreters, and byte-compilation of the probe and the supervisor."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from helpers.programs import build_snippet, build_text, select_lines
from helpers.repository import ROOT

from snippet_engine.errors import ExecutionError
from snippet_engine.execution import interpreter, paths
from snippet_engine.execution.interpreter import compile_helpers, query_interpreter
from snippet_engine.execution.runner import execute


@pytest.mark.parametrize("python", ["/no/such/python", "/bin/true", "/bin/false"])
def test_path_that_is_not_an_interpreter_is_an_error(python: str) -> None:
    with pytest.raises(ExecutionError, match=f"{python} is not a Python interpreter"):
        execute(build_snippet("pass\n"), python=python)


def test_run_has_the_version_of_its_own_interpreter() -> None:
    run = execute(
        build_snippet("import sys\nprint(sys.version.split()[0])\n"), python=sys.executable
    )
    version = query_interpreter(sys.executable)["python"]
    assert select_lines(run) == [version] == [run.provenance.python]


def test_other_interpreter_is_queried_in_its_own_process(tmp_path: Path) -> None:
    other = tmp_path / "python"
    other.symlink_to(sys.executable)
    facts, own_facts = query_interpreter(str(other)), query_interpreter(sys.executable)
    assert (facts["python"], facts["build"]) == (own_facts["python"], own_facts["build"])
    assert facts is not own_facts


def test_module_is_compiled_only_if_it_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "module.py"
    path.write_text("1\n")
    compile_folder = interpreter._compile_folder.__wrapped__
    assert not interpreter._is_compiled(path)
    compile_folder(sys.executable, tmp_path)
    assert interpreter._is_compiled(path)
    [compiled] = tmp_path.glob("*/*.pyc")
    before = compiled.stat().st_mtime_ns
    compile_folder(sys.executable, tmp_path)
    assert compiled.stat().st_mtime_ns == before
    os.utime(path, (1e9, 1e9))
    assert not interpreter._is_compiled(path)
    compile_folder(sys.executable, tmp_path)
    assert interpreter._is_compiled(path)


def test_each_folder_is_compiled_by_the_interpreter_that_loads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The supervisor runs with the engine's interpreter, whichever runs the program."""
    folders = {}
    for name in ("PROBE", "SUPERVISOR"):
        monkeypatch.setattr(paths, name, tmp_path / name)
        (tmp_path / name).mkdir()
        (tmp_path / name / "module.py").touch()
    run = subprocess.run

    def record(command: list[str], **options: Any) -> subprocess.CompletedProcess[bytes]:
        folders[Path(command[-1]).name] = command[0]
        return run([sys.executable, *command[1:]], **options)

    monkeypatch.setattr(subprocess, "run", record)
    compile_helpers("/other/python")
    assert folders == {"PROBE": "/other/python", "SUPERVISOR": sys.executable}


def test_probe_and_supervisor_are_compiled_before_the_first_run(tmp_path: Path) -> None:
    """Even if the engine itself must not write bytecode."""
    engine = tmp_path / "snippet_engine"
    shutil.copytree(ROOT / "snippet_engine", engine, ignore=shutil.ignore_patterns("__pycache__"))
    command = (
        "from pathlib import Path; from snippet_engine.execution.runner import execute;"
        "from snippet_engine.snippet.parser import parse_snippet;"
        "execute(parse_snippet(Path('a.py').read_text(), Path('a.py'), 'threads/a'))"
    )
    (tmp_path / "a.py").write_text(build_text("pass\n"))
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, "-c", command], cwd=tmp_path, env=environment, check=True)
    for folder in ("tracing/probe", "execution/supervisor"):
        modules = {path.stem for path in (engine / folder).rglob("*.py")}
        compiled = {path.name.partition(".")[0] for path in (engine / folder).rglob("*.pyc")}
        assert modules <= compiled
