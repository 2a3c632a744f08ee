"""Downloads of programs: the files, their links on the pages, and the command."""

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


def read_zip(data: bytes) -> dict[str, bytes]:
    """Return the contents of the members of a zip, by path."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert file.testzip() is None
        return {name: file.read(name) for name in file.namelist()}


def select_programs(chapter: str) -> dict[str, bytes]:
    """Return the programs of a chapter, by path."""
    return {name: data for name, data in PROGRAMS.items() if name.startswith(f"{chapter}/")}


def test_downloads_are_all_programs_a_zip_of_each_chapter_and_a_zip_of_all() -> None:
    """Each zip has a folder with its own name; a program may contain any bytes."""
    programs = {"b/x.py": b"\xff\n", "a/y.zsh": b"y\n", "b/y.py": b""}
    downloads = build_downloads(programs)
    assert sorted(downloads) == sorted([*programs, "a.zip", "b.zip", "all-programs.zip"])
    assert {name: downloads[name] for name in programs} == programs
    assert read_zip(downloads["a.zip"]) == {"a/y.zsh": b"y\n"}
    assert read_zip(downloads["b.zip"]) == {"b/x.py": b"\xff\n", "b/y.py": b""}
    all_programs = {f"all-programs/{name}": data for name, data in programs.items()}
    assert read_zip(downloads["all-programs.zip"]) == all_programs


def test_zip_is_reproducible_byte_for_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not depend on the order of programs, the time, its zone or the system."""
    data = build_zip({"a/x.py": b"x", "a/y.py": b"y"})
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    monkeypatch.setattr(time, "time", lambda: 2e9)
    monkeypatch.setattr(sys, "platform", "darwin")
    assert build_zip({"a/y.py": b"y", "a/x.py": b"x"}) == data
    monkeypatch.undo()
    time.tzset()
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        facts = {(m.date_time, m.external_attr >> 16, m.compress_type) for m in file.infolist()}
        assert file.namelist() == ["a/x.py", "a/y.py"]
    assert facts == {((1980, 1, 1, 0, 0, 0), 0o644, zipfile.ZIP_STORED)}


@pytest.mark.parametrize(
    ("page", "expected"),
    [("index", "downloads/a/x%20%23.py"), ("threads", "../downloads/a/x%20%23.py")],
)
def test_link_is_relative_to_its_page(page: str, expected: str) -> None:
    assert build_download_url("a/x #.py", page) == expected


def test_link_is_relative_to_the_source_of_its_page_if_the_environment_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """For a generator that converts links; all sources are in the same folder."""
    monkeypatch.setenv("SNIPPETS_LINKS", "source")
    assert build_download_url("threads.zip", "gallery") == "downloads/threads.zip"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return the root of a project of three programs in two chapters."""
    for name in ("a/x.py", "b/x.py", "b/y.zsh"):
        path = tmp_path / "snippets" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {name}\n")
    return tmp_path


def read_files(folder: Path) -> dict[str, bytes]:
    """Return the contents of every file in a folder, by its path."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_edit_of_a_program_changes_only_its_file_and_its_zips(project: Path) -> None:
    folder = project / "site" / "downloads"
    names = ["a.zip", "a/x.py", "all-programs.zip", "b.zip", "b/x.py", "b/y.zsh"]
    assert sorted(write_downloads(project, folder)) == names
    assert read_files(folder) == read_downloads(project)
    assert write_downloads(project, folder) == []
    (project / "snippets/b/x.py").write_text("new\n")
    assert sorted(write_downloads(project, folder)) == ["all-programs.zip", "b.zip", "b/x.py"]
    assert read_files(folder)["b/x.py"] == b"new\n"
    assert read_zip(read_files(folder)["b.zip"])["b/x.py"] == b"new\n"


def test_obsolete_downloads_are_deleted_and_other_files_remain(project: Path) -> None:
    """A program was deleted or renamed, or a chapter has no programs any more."""
    folder = project / "site" / "downloads"
    write_downloads(project, folder)
    others = ["a/data.csv", "notes.txt"]
    for other in others:
        (folder / other).write_text("mine")
    shutil.rmtree(project / "snippets/a")
    (project / "snippets/b/y.zsh").rename(project / "snippets/b/z.zsh")
    assert "b/z.zsh" in write_downloads(project, folder)
    assert sorted(read_files(folder)) == sorted(
        ["all-programs.zip", "b.zip", "b/x.py", "b/z.zsh", *others]
    )
    (folder / "a/data.csv").unlink()
    shutil.rmtree(project / "snippets/b")
    write_downloads(project, folder)
    assert sorted(read_files(folder)) == ["all-programs.zip", "notes.txt"]
    assert read_zip((folder / "all-programs.zip").read_bytes()) == {}


def test_command_writes_the_downloads_into_a_folder(tmp_path: Path) -> None:
    """For a site that another generator has built."""
    assert main(["downloads", "--into", str(tmp_path)]) == 0
    assert read_files(tmp_path) == read_downloads(ROOT)


def fetch_downloads(site: str, chapter: str) -> dict[str, bytes]:
    """Return the files that a page links to as downloads, by path in their folder."""
    page_url, folder = build_page_url(site, chapter), f"{site}/downloads/"
    links = (link.attributes.get("href") or "" for link in read_page(site, chapter).select("a"))
    downloads = {}
    for url in (urljoin(page_url, link) for link in links if "downloads/" in link):
        assert url.startswith(folder)
        with urlopen(url) as answer:
            assert answer.status == 200, url
            downloads[url.removeprefix(folder)] = answer.read()
    return downloads


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_page_links_to_each_of_its_programs_and_to_a_zip_of_them(chapter: str, site: str) -> None:
    downloads = fetch_downloads(site, chapter)
    programs = select_programs(chapter)
    assert read_zip(downloads.pop(f"{chapter}.zip")) == programs
    if chapter == "index":
        all_programs = {f"all-programs/{name}": data for name, data in PROGRAMS.items()}
        assert read_zip(downloads.pop("all-programs.zip")) == all_programs
    assert downloads == programs


def test_gallery_links_to_all_zips(site: str) -> None:
    zips = {name: data for name, data in build_downloads(PROGRAMS).items() if name.endswith(".zip")}
    assert fetch_downloads(site, "gallery") == zips


@pytest.mark.parametrize(
    ("chapter", "width", "has_scripts"),
    [
        ("one-at-a-time", 360, True),
        *(
            pytest.param("queues", width, has_scripts, marks=pytest.mark.slow)
            for width in (360, 1280)
            for has_scripts in (True, False)
        ),
    ],
)
def test_panel_has_one_download_link_with_the_name_of_its_file(
    chapter: str, width: int, has_scripts: bool, browser: Browser, site: str
) -> None:
    """It is in the bar with the file's name, covers no letter, and is wide enough for a finger."""
    context = browser.new_context(
        viewport={"width": width, "height": 800}, java_script_enabled=has_scripts
    )
    page = MonitoredPage(context.new_page(), site).open(chapter)
    panels = page.locator("section.snippet")
    files = panels.locator(".filename").all_text_contents()
    assert panels.count() == len(files) == len(select_programs(chapter))
    for panel, file in zip(panels.all(), files, strict=True):
        link = panel.get_by_role("link", name=f"Download {file}", exact=True)
        link.hover()  # an element far away is not laid out
        box, bar, letters = link.evaluate(
            """link => {
                const bar = link.closest("section.snippet").querySelector(".filename");
                const range = document.createRange();
                range.selectNodeContents(bar);
                return [link, bar, range].map(part => part.getBoundingClientRect().toJSON());
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
def test_downloaded_file_has_its_name_and_prints_what_is_recorded(
    name: str, monitored: MonitoredPage, tmp_path: Path
) -> None:
    snippet = PROJECT.read(name)
    page = monitored.open(snippet.chapter)
    file = snippet.path.name
    with page.expect_download() as download:
        page.get_by_role("link", name=f"Download {file}", exact=True).click()
    assert download.value.suggested_filename == file
    download.value.save_as(tmp_path / file)
    assert (tmp_path / file).read_bytes() == PROGRAMS[f"{snippet.chapter}/{file}"]
    result = subprocess.run(
        [sys.executable, file], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert (result.returncode, result.stderr) == (0, "")
    printed = sorted(apply_masks(line, snippet.mask) for line in result.stdout.splitlines())
    recorded = snippet.find_recording(get_feature_version()).lines
    assert printed == sorted(apply_masks(text, snippet.mask) for _, text in recorded)


def test_search_does_not_find_download_links(searchable_site: str) -> None:
    """Every panel has one, so it does not help to find anything."""
    with urlopen(f"{searchable_site}/search/search_index.json") as answer:
        index = json.load(answer)
    texts = [entry["text"] for entry in index["docs"] if "#" in entry["location"]]
    assert any("ThreadPoolExecutor" in text for text in texts)
    assert not [text for text in texts if re.search(r">Download<|\bDownload$", text)]
