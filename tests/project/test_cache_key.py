"""A run is remembered under all that it depends on, and under nothing else."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.programs import snippet_of

from snippet_engine.project import cache_key as key
from snippet_engine.project.cache_key import key_of


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with a lock file."""
    (tmp_path / "requirements.txt").write_text("pandas==3.0\n")
    return tmp_path


def test_what_a_run_depends_on_changes_its_key(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Program, head, file name, interpreter, build, lock file, engine and cores."""
    snippet = snippet_of("pass\n")
    seen = {key_of(snippet, sys.executable, root)}

    def changed(snippet: object = snippet) -> bool:
        before = len(seen)
        seen.add(key_of(snippet, sys.executable, root))  # type: ignore[arg-type]
        return len(seen) > before

    assert not changed()
    assert changed(replace(snippet, code="print()\n"))
    assert changed(snippet_of("pass\n", head="alone = true"))
    assert changed(replace(snippet, path=Path("snippets/tests/other.py")))
    (root / "requirements.txt").write_text("pandas==3.1\n")
    assert changed()
    facts = key.query_interpreter(sys.executable)
    for fact in ("python", "build"):
        monkeypatch.setattr(key, "query_interpreter", lambda _, f=fact: {**facts, f: "another"})
        assert changed()
    monkeypatch.setattr(key, "count_cores", lambda: 64)
    assert changed()
    engine = tmp_path / "engine"
    shutil.copytree(key._ENGINE, engine, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(key, "_ENGINE", engine)
    (engine / "tracing" / "probe" / "sitecustomize.py").write_text("pass\n")
    assert changed()


def test_a_recording_is_no_part_of_the_key(root: Path) -> None:
    """Recording anew, or counting outcomes, does not run the program again."""
    plain, recorded = snippet_of("pass\n"), snippet_of("pass\n", recording="#: output\n#> a\n")
    assert key_of(plain, sys.executable, root) == key_of(recorded, sys.executable, root)


def test_the_engines_code_is_read_again_only_when_it_changed(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A site with many panels does not read the engine for each."""
    key_of(snippet_of("pass\n"), sys.executable, root)
    read = []
    monkeypatch.setattr(Path, "read_bytes", lambda path: read.append(path) or b"")
    key_of(snippet_of("print()\n"), sys.executable, root)
    assert read == []
