"""The run cache returns what was stored, or nothing."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.handmade import make_nine_threads

from snippet_engine.project.run_cache import ABANDONED_S, RunCache
from snippet_engine.run import Run


@pytest.fixture
def cache(tmp_path: Path) -> RunCache:
    """Return an empty cache whose folder does not exist yet."""
    return RunCache(tmp_path / "deep" / "runs")


def list_files(cache: RunCache) -> list[str]:
    return sorted(os.listdir(cache.folder))


def test_stored_run_is_loaded_under_its_key_alone(cache: RunCache) -> None:
    assert cache.load("a") is None
    cache.store("a", make_nine_threads())
    assert cache.load("a") == make_nine_threads()
    assert cache.load("b") is None
    assert list_files(cache) == ["a.json"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "",
        lambda text: text[: len(text) // 2],
        lambda text: text.replace("1.07", "1.08", 1),
        lambda text: "{}",
        lambda text: "0" * 64 + text[64:],
    ],
    ids=["emptied", "cut short", "altered", "foreign", "another digest"],
)
def test_damaged_file_is_a_miss_and_can_be_replaced(cache: RunCache, damage: object) -> None:
    cache.store("a", make_nine_threads())
    path = cache.folder / "a.json"
    path.write_text(damage(path.read_text()))  # type: ignore[operator]
    assert cache.load("a") is None
    cache.store("a", make_nine_threads())
    assert cache.load("a") == make_nine_threads()


def test_renamed_file_is_a_miss(cache: RunCache) -> None:
    cache.store("a", make_nine_threads())
    (cache.folder / "a.json").rename(cache.folder / "b.json")
    assert cache.load("b") is None


def test_invalid_utf8_and_a_folder_are_misses(cache: RunCache) -> None:
    cache.folder.mkdir(parents=True)
    (cache.folder / "a.json").write_bytes(b"\xff\xfe\x00")
    (cache.folder / "b.json").mkdir()
    assert cache.load("a") is None
    assert cache.load("b") is None


def test_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    cache = RunCache(tmp_path / "file" / "runs")
    cache.store("a", make_nine_threads())
    cache.evict()
    assert cache.load("a") is None


def test_least_recently_used_runs_are_evicted(cache: RunCache) -> None:
    for n, key in enumerate("abcd"):
        cache.store(key, make_nine_threads())
        os.utime(cache.folder / f"{key}.json", (n, n))
    cache.load("a")
    cache.max_bytes = 2 * (cache.folder / "a.json").stat().st_size
    cache.evict()
    assert list_files(cache) == ["a.json", "d.json"]


def test_reading_the_digest_of_a_run_counts_as_use(cache: RunCache) -> None:
    for n, key in enumerate("ab"):
        cache.store(key, make_nine_threads())
        os.utime(cache.folder / f"{key}.json", (n, n))
    cache.digest("a")
    cache.max_bytes = (cache.folder / "a.json").stat().st_size
    cache.evict()
    assert list_files(cache) == ["a.json"]


def test_old_temporary_files_are_evicted(cache: RunCache) -> None:
    """Those that another build is writing now are kept."""
    cache.store("a", make_nine_threads())
    for name, age in ((".old", ABANDONED_S + 60), (".new", 0)):
        path = cache.folder / name
        path.touch()
        moment = path.stat().st_mtime - age
        os.utime(path, (moment, moment))
    cache.evict()
    assert list_files(cache) == [".new", "a.json"]


def test_concurrent_writers_never_show_half_a_run(cache: RunCache) -> None:
    cache.store("a", make_nine_threads())
    loaded: list[Run | None] = []

    def work() -> None:
        for _ in range(50):
            cache.store("a", make_nine_threads())
            loaded.append(cache.load("a"))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert loaded == [make_nine_threads()] * 200
    assert list_files(cache) == ["a.json"]


def test_text_that_is_not_a_run_is_a_miss(cache: RunCache) -> None:
    for text in ("{}", "[]", "no JSON"):
        cache.write_text("a.json", text)
        assert cache.read_text("a.json") == text
        assert cache.load("a") is None


def test_digest_distinguishes_runs(cache: RunCache) -> None:
    assert cache.digest("a") is None
    cache.store("a", make_nine_threads())
    first = cache.digest("a")
    cache.store("a", replace(make_nine_threads(), seconds=2.0))
    assert None not in (first, cache.digest("a"))
    assert cache.digest("a") != first
    (cache.folder / "a.json").write_bytes(b"\xff" * 80)
    assert cache.digest("a") is None
