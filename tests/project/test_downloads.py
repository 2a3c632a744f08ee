"""What readers download: made the same each time, kept in step, and offered by every page."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin
from urllib.request import urlopen

import pytest
from helpers.browser import MonitoredPage, build_page_url
from helpers.built_page import read_page
from helpers.repository import PROJECT, ROOT

from snippet_engine.__main__ import main
from snippet_engine.checking.masks import apply_masks
from snippet_engine.project.downloads import (
    build_downloads,
    build_zip,
    read_downloads,
    write_downloads,
)
from snippet_engine.snippet.standalone import build_standalone_text
from snippet_engine.snippet.versions import get_feature_version
from snippet_engine.urls import build_download_url

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PROGRAMS = {
    f"{snippet.chapter}/{snippet.path.name}": build_standalone_text(snippet).encode()
    for snippet in map(PROJECT.read, PROJECT.names())
}
CHAPTERS = sorted({name.partition("/")[0] for name in PROGRAMS})


def members(data: bytes) -> dict[str, bytes]:
    """What is in a zip, by path."""
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name) for name in opened.namelist()}


def of_chapter(chapter: str) -> dict[str, bytes]:
    """The programs of a chapter, by path."""
    return {name: data for name, data in PROGRAMS.items() if name.startswith(f"{chapter}/")}


# What is made


def test_there_is_a_file_for_each_program_a_zip_for_each_chapter_and_one_of_all() -> None:
    """Each zip has a folder of its own name; a byte that is no text passes as well."""
    programs = {"b/x.py": b"\xff\n", "a/y.zsh": b"y\n", "b/y.py": b""}
    made = build_downloads(programs)
    assert sorted(made) == sorted([*programs, "a.zip", "b.zip", "all-programs.zip"])
    assert {name: made[name] for name in programs} == programs
    assert members(made["a.zip"]) == {"a/y.zsh": b"y\n"}
    assert members(made["b.zip"]) == {"b/x.py": b"\xff\n", "b/y.py": b""}
    every = {f"all-programs/{name}": data for name, data in programs.items()}
    assert members(made["all-programs.zip"]) == every


def test_a_zip_is_the_same_bytes_whenever_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the order, nor the clock, nor its zone, nor who made it is in it."""
    one = build_zip({"a/x.py": b"x", "a/y.py": b"y"})
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    monkeypatch.setattr(time, "time", lambda: 2e9)
    monkeypatch.setattr(sys, "platform", "darwin")
    assert build_zip({"a/y.py": b"y", "a/x.py": b"x"}) == one
    monkeypatch.undo()
    time.tzset()
    with zipfile.ZipFile(io.BytesIO(one)) as opened:
        told = {(m.date_time, m.external_attr >> 16, m.compress_type) for m in opened.infolist()}
        assert opened.namelist() == ["a/x.py", "a/y.py"]
    assert told == {((1980, 1, 1, 0, 0, 0), 0o644, zipfile.ZIP_STORED)}


@pytest.mark.parametrize(
    ("here", "expected"),
    [("index", "downloads/a/x%20%23.py"), ("threads", "../downloads/a/x%20%23.py")],
)
def test_a_link_is_relative_to_its_page(here: str, expected: str) -> None:
    """The first page is at the top, every other one folder below."""
    assert build_download_url("a/x #.py", here) == expected


def test_a_link_may_be_relative_to_the_source_of_its_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """For a generator that makes an address of it; all sources stand at the top."""
    monkeypatch.setenv("SNIPPETS_LINKS", "source")
    assert build_download_url("threads.zip", "gallery") == "downloads/threads.zip"


# Written into a built site


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Three programs in two chapters."""
    for name in ("a/x.py", "b/x.py", "b/y.zsh"):
        path = tmp_path / "snippets" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {name}\n")
    return tmp_path


def written(folder: Path) -> dict[str, bytes]:
    """Every file in a folder, by its path."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_an_edit_changes_its_file_and_its_zips_alone(project: Path) -> None:
    """What has not changed is not written again."""
    folder = project / "site" / "downloads"
    everything = ["a.zip", "a/x.py", "all-programs.zip", "b.zip", "b/x.py", "b/y.zsh"]
    assert sorted(write_downloads(project, folder)) == everything
    assert written(folder) == read_downloads(project)
    assert write_downloads(project, folder) == []
    (project / "snippets/b/x.py").write_text("new\n")
    assert sorted(write_downloads(project, folder)) == ["all-programs.zip", "b.zip", "b/x.py"]
    assert written(folder)["b/x.py"] == b"new\n"
    assert members(written(folder)["b.zip"])["b/x.py"] == b"new\n"


def test_a_program_that_is_gone_is_deleted_and_other_files_are_kept(project: Path) -> None:
    """A deleted or renamed program, a chapter without programs; not a stranger's file."""
    folder = project / "site" / "downloads"
    write_downloads(project, folder)
    for stranger in ("a/data.csv", "notes.txt"):
        (folder / stranger).write_text("mine")
    shutil.rmtree(project / "snippets/a")
    (project / "snippets/b/y.zsh").rename(project / "snippets/b/z.zsh")
    assert "b/z.zsh" in write_downloads(project, folder)
    strangers = ["a/data.csv", "notes.txt"]
    assert sorted(written(folder)) == sorted(
        ["all-programs.zip", "b.zip", "b/x.py", "b/z.zsh", *strangers]
    )
    (folder / "a/data.csv").unlink()
    shutil.rmtree(project / "snippets/b")
    write_downloads(project, folder)
    assert sorted(written(folder)) == ["all-programs.zip", "notes.txt"]
    assert members((folder / "all-programs.zip").read_bytes()) == {}


def test_the_command_writes_what_the_site_offers(tmp_path: Path) -> None:
    """`snippets downloads`, for a site that another generator has built."""
    assert main(["downloads", "--into", str(tmp_path)]) == 0
    assert written(tmp_path) == read_downloads(ROOT)


def offered(site: str, chapter: str) -> dict[str, bytes]:
    """Each download that a page links to, by its path below the folder, as it is served."""
    here, folder = build_page_url(site, chapter), f"{site}/downloads/"
    links = (link.attributes.get("href") or "" for link in read_page(site, chapter).select("a"))
    found = {}
    for address in (urljoin(here, link) for link in links if "downloads/" in link):
        assert address.startswith(folder)
        with urlopen(address) as answer:
            assert answer.status == 200, address
            found[address.removeprefix(folder)] = answer.read()
    return found


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_each_panel_and_each_chapter_offers_what_is_in_its_folder(chapter: str, site: str) -> None:
    """To the byte: every program of the page, and a zip of exactly these."""
    found = offered(site, chapter)
    programs = of_chapter(chapter)
    assert members(found.pop(f"{chapter}.zip")) == programs
    if chapter == "index":
        every = {f"all-programs/{name}": data for name, data in PROGRAMS.items()}
        assert members(found.pop("all-programs.zip")) == every
    assert found == programs


def test_the_gallery_offers_each_chapter_and_all(site: str) -> None:
    """A zip beside the name of each chapter, and one of all above."""
    made = {name: data for name, data in build_downloads(PROGRAMS).items() if name.endswith(".zip")}
    assert offered(site, "gallery") == made


@pytest.mark.parametrize(
    ("chapter", "width", "scripted"),
    [
        ("one-at-a-time", 360, True),
        *(
            pytest.param("queues", width, scripted, marks=pytest.mark.slow)
            for width in (360, 1280)
            for scripted in (True, False)
        ),
    ],
)
def test_a_panel_has_one_link_that_says_what_it_downloads(
    chapter: str, width: int, scripted: bool, browser: Browser, site: str
) -> None:
    """In the bar of the file's name, over none of its letters, and large enough for a finger."""
    context = browser.new_context(
        viewport={"width": width, "height": 800}, java_script_enabled=scripted
    )
    page = MonitoredPage(context.new_page(), site).open(chapter)
    panels = page.locator("section.snippet")
    files = panels.locator(".filename").all_text_contents()
    assert panels.count() == len(files) == len(of_chapter(chapter))
    for panel, file in zip(panels.all(), files, strict=True):
        link = panel.get_by_role("link", name=f"Download {file}", exact=True)
        link.hover()  # what is far away is not laid out
        box, bar, letters = link.evaluate(
            """link => {
                const bar = link.closest("section.snippet").querySelector(".filename");
                const range = document.createRange();
                range.selectNodeContents(bar);
                return [link, bar, range].map(one => one.getBoundingClientRect().toJSON());
            }"""
        )
        assert box["width"] >= 24
        assert box["height"] >= 24
        assert bar["top"] - 1 <= box["top"]
        assert box["bottom"] <= bar["bottom"] + 1
        assert letters["right"] <= box["left"]
    context.close()


@pytest.mark.parametrize(
    "name",
    [
        "one-at-a-time/take-a-look",
        pytest.param("threads/results-from-futures", marks=pytest.mark.slow),
    ],
)
def test_what_a_reader_downloads_is_called_as_its_file_and_runs(
    name: str, monitored: MonitoredPage, tmp_path: Path
) -> None:
    """A click saves it, head and recording included; Python prints what the page shows."""
    snippet = PROJECT.read(name)
    page = monitored.open(snippet.chapter)
    file = snippet.path.name
    with page.expect_download() as saving:
        page.get_by_role("link", name=f"Download {file}", exact=True).click()
    assert saving.value.suggested_filename == file
    saving.value.save_as(tmp_path / file)
    assert (tmp_path / file).read_bytes() == PROGRAMS[f"{snippet.chapter}/{file}"]
    ran = subprocess.run(
        [sys.executable, file], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    printed = sorted(apply_masks(line, snippet.mask) for line in ran.stdout.splitlines())
    recorded = snippet.find_recording(get_feature_version()).lines
    assert printed == sorted(apply_masks(text, snippet.mask) for _, text in recorded)


def test_search_does_not_find_the_links(searchable_site: str) -> None:
    """The word stands on every panel, and is of no use to who looks for something."""
    with urlopen(f"{searchable_site}/search/search_index.json") as answer:
        index = json.load(answer)
    texts = [entry["text"] for entry in index["docs"] if "#" in entry["location"]]
    assert any("ThreadPoolExecutor" in text for text in texts)
    assert not [text for text in texts if re.search(r">Download<|\bDownload$", text)]
