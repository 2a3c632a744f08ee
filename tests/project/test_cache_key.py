"""The cache key of a run changes with what the run depends on, and with nothing else."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.programs import build_snippet

from snippet_engine.project import cache_key as module
from snippet_engine.project.cache_key import cache_key


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return the root of a project with a lock file."""
    (tmp_path / "requirements.txt").write_text("pandas==3.0\n")
    return tmp_path


def test_key_changes_with_everything_that_the_run_depends_on(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snippet = build_snippet("pass\n")
    keys = {cache_key(snippet, sys.executable, root)}

    def has_changed(snippet: object = snippet) -> bool:
        before = len(keys)
        keys.add(cache_key(snippet, sys.executable, root))  # type: ignore[arg-type]
        return len(keys) > before

    assert not has_changed()
    assert has_changed(replace(snippet, code="print()\n"))
    assert has_changed(build_snippet("pass\n", head="alone = true"))
    assert has_changed(replace(snippet, path=Path("snippets/tests/other.py")))
    (root / "requirements.txt").write_text("pandas==3.1\n")
    assert has_changed()
    facts = module.query_interpreter(sys.executable)
    for fact in ("python", "build"):
        monkeypatch.setattr(module, "query_interpreter", lambda _, f=fact: {**facts, f: "another"})
        assert has_changed()
    monkeypatch.setattr(module, "count_cores", lambda: 64)
    assert has_changed()
    engine = tmp_path / "engine"
    shutil.copytree(module._ENGINE, engine, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(module, "_ENGINE", engine)
    (engine / "tracing" / "probe" / "sitecustomize.py").write_text("pass\n")
    assert has_changed()


def test_key_does_not_depend_on_recordings(root: Path) -> None:
    plain, recorded = (
        build_snippet("pass\n"),
        build_snippet("pass\n", recording="#: output\n#> a\n"),
    )
    assert cache_key(plain, sys.executable, root) == cache_key(recorded, sys.executable, root)


def test_engine_code_is_read_again_only_after_a_change(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache_key(build_snippet("pass\n"), sys.executable, root)
    read = []
    monkeypatch.setattr(Path, "read_bytes", lambda path: read.append(path) or b"")
    cache_key(build_snippet("print()\n"), sys.executable, root)
    assert read == []
