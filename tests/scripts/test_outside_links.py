"""Links to other sites, asked of a real server on this machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from helpers.repository import ROOT
from outside_links import NAME, PLACES, TRIES, Answer, answer, collected, links_in, report

PAGE = b'<h2 id="here">A</h2><a name="there"></a><p id="user-content-made">B</p><i name="no">'


class Host(BaseHTTPRequestHandler):
    """`/404` answers with that status; `/flaky` with 503, 503, 200; `/cut` breaks off."""

    asked: ClassVar[Counter[str]] = Counter()

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self.asked[self.path] += 1
        assert self.headers["User-Agent"] == NAME
        word = self.path.strip("/")
        if word == "cut":
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        if word == "moved":
            self.send_response(301)
            self.send_header("Location", "/page")
            self.end_headers()
            return
        status = int(word) if word.isdigit() else 200
        if word == "flaky" and self.asked[self.path] < TRIES:
            status = 503
        self.send_response(status)
        self.send_header("Content-Type", "text/plain" if word == "text" else "text/html")
        self.end_headers()
        self.wfile.write(PAGE)


@pytest.fixture
def host() -> Iterator[str]:
    """The address of that server."""
    Host.asked.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Host) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("link", "told", "times"),
    [
        ("/page", Answer(), 1),
        ("/moved", Answer(), 1),
        ("/page#here", Answer(), 1),
        ("/page#there", Answer(), 1),
        ("/page#made", Answer(), 1),
        ("/page#%68ere", Answer(), 1),
        ("/moved#here", Answer(), 1),
        ("/text#anything", Answer(), 1),
        ("/page#no", Answer(wrong="its page has no #no"), 1),
        ("/404", Answer(wrong="404 Not Found"), 1),
        ("/410", Answer(wrong="410 Gone"), 1),
        ("/403", Answer(refused="403 Forbidden"), 1),
        ("/429", Answer(refused="429 Too Many Requests"), TRIES),
        ("/500", Answer(wrong="500 Internal Server Error"), TRIES),
        ("/flaky", Answer(), TRIES),
    ],
)
def test_a_link_is_asked_for(host: str, link: str, told: Answer, times: int) -> None:
    """Dead, alive, moved, refused; asked again only where that may help."""
    assert answer(host + link, pause=0) == told
    assert Host.asked[link.partition("#")[0]] == times


def test_a_host_that_breaks_off_is_asked_again(host: str) -> None:
    """An answer that never comes is a dead link, after as many tries as any."""
    assert answer(f"{host}/cut", pause=0).wrong
    assert Host.asked["/cut"] == TRIES


def test_a_host_that_is_not_there_is_dead() -> None:
    """Nobody listens at the port: the reason is the system's own words."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert "refused" in answer(f"http://127.0.0.1:{port}/", pause=0).wrong


def test_what_is_no_address_is_dead() -> None:
    """A link that no browser could follow is told as such."""
    assert answer("http://[broken/", pause=0).wrong


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("see [a](https://a.org/b).", ["https://a.org/b"]),
        ("<https://a.org/b>, and `https://a.org/c`", ["https://a.org/b", "https://a.org/c"]),
        (
            "[a](https://a.org/B_(c)#d) (https://a.org/e).",
            ["https://a.org/B_(c)#d", "https://a.org/e"],
        ),
        ('notes={"x": "Of [that](https://a.org/b)."}', ["https://a.org/b"]),
        ("[a]: https://a.org/b 'title'", ["https://a.org/b"]),
        ("**https://a.org/b**", ["https://a.org/b"]),
        ("http://localhost:8000/a http://127.0.0.1/ https://a.b.example/", []),
    ],
)
def test_links_are_found(text: str, links: list[str]) -> None:
    """In Markdown's ways to write them, without what follows; none of this machine."""
    assert links_in(f"\n{text}\n") == [(2, link) for link in links]


def test_the_projects_links_are_found() -> None:
    """Each place that is looked into by default is there, and most links are of docs/."""
    found = collected([ROOT / place for place in PLACES])
    assert len(found) > 50
    assert any("/docs/" in line for lines in found.values() for line in lines)
    assert all(link.startswith("https://") for link in found)


def test_a_report_names_file_and_line() -> None:
    """Dead links come with the lines they stand on, refused ones apart."""
    places = {"https://a.org": ["docs/a.md:3", "docs/b.md:4"], "https://b.org": ["README.md:1"]}
    text = report(
        places, {"https://a.org": Answer("404 Not Found"), "https://b.org": Answer("", "403")}
    )
    assert text == (
        "## Links to other sites: 1 dead of 2\n\n"
        "### Dead\n\n- `https://a.org`: `404 Not Found` (docs/a.md:3, docs/b.md:4)\n\n"
        "### Refused to tell a program\n\n- `https://b.org`: `403` (README.md:1)\n"
    )


@pytest.mark.parametrize(("links", "status"), [(["page", "403"], 0), (["page", "404"], 1)])
def test_the_command_fails_where_a_link_is_dead(
    tmp_path: Path, host: str, links: list[str], status: int
) -> None:
    """Dead links fail it, refused ones do not, and both are told."""
    other = host.replace("127.0.0.1", "127.1")  # an address that is not left out
    (tmp_path / "a.md").write_text("".join(f"[a]({other}/{link})\n" for link in links))
    result = subprocess.run(
        [sys.executable, ROOT / "scripts" / "outside_links.py", tmp_path, "--pause", "0"],
        env={**os.environ, "NO_PROXY": "*"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode == status, result.stderr
    assert f"{other}/{links[1]}" in result.stdout
    assert "a.md:2" in result.stdout
