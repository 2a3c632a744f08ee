"""`mkdocs serve`: edits, renames and deletions, and a port in use."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.browser import build_environment
from helpers.processes import is_gone, needs_proc
from helpers.projects import format_fence, make_small_project
from newcomer import Server

NAME = "one-at-a-time/take-a-look"
QUIET_PERIOD = 3.0  # seconds without a build after which no more are expected


class Preview(Server):
    """A running `mkdocs serve` of a project that counts its builds."""

    def __init__(self, root: Path) -> None:
        command = [sys.executable, "-m", "mkdocs", "serve"]
        super().__init__(command, root, build_environment(root))
        self.root = root

    def count_builds(self) -> int:
        """Return the number of completed builds after the first."""
        return self.log.read_text().count("Reloading browsers")

    def save(self, path: str, text: str) -> int:
        """Write a file of the project and return the number of builds it caused."""
        return self.change(lambda: (self.root / path).write_text(text, encoding="utf-8"))

    def change(self, action: Callable[[], object]) -> int:
        """Call `action`, and return the number of builds it caused when they have completed."""
        before = self.count_builds()
        action()
        self.wait(lambda: self.count_builds() > before)
        quiet_since, count = time.monotonic(), self.count_builds()
        while time.monotonic() - quiet_since < QUIET_PERIOD:
            if self.count_builds() != count:
                quiet_since, count = time.monotonic(), self.count_builds()
            time.sleep(0.1)
        return count - before


@pytest.mark.site
@needs_proc
@pytest.mark.timeout(300)
def test_each_save_causes_one_correct_build(tmp_path: Path) -> None:
    root = make_small_project(tmp_path / "a project", [NAME])
    file, page = f"snippets/{NAME}.py", "docs/one-at-a-time.md"
    text = (root / file).read_text(encoding="utf-8")
    with Preview(root) as server:
        server.wait(lambda: f"Serving on {server.url}" in server.log.read_text())
        panel = server.get("one-at-a-time/")
        assert "Let's take a look!" in panel.replace("&#x27;", "'")
        assert "snippet-mismatch" not in panel
        assert server.get(f"downloads/{NAME}.py") == text

        # A program whose output differs is shown with the difference and a hint.
        edited = text.replace('take a look!")', 'take a walk!")')
        assert edited != text
        assert server.save(file, edited) == 1
        panel = server.get("one-at-a-time/")
        [note] = re.findall(r'<div class="snippet-mismatch".*?</div>', panel, re.DOTALL)
        assert re.findall(r"take a (\w+)", note) == ["look", "walk"]
        assert f"make record NAME={NAME}" in note
        assert server.get(f"downloads/{NAME}.py") == edited
        assert server.save(file, text) == 1
        assert "snippet-mismatch" not in server.get("one-at-a-time/")

        # A program without a recording and a page with a broken link are shown.
        unrecorded = text.partition("#: output")[0]
        assert server.save(file, unrecorded) == 1
        assert "Nothing is recorded for it" in server.get("one-at-a-time/")
        assert server.save(page, f"# A page\n\n[gone](gone.md)\n\n{format_fence(NAME)}") == 1
        assert "gone" in server.get("one-at-a-time/")

        # A renamed program is reported as missing until its fence is updated.
        renamed = root / "snippets/one-at-a-time/a-look.py"
        server.change(lambda: (root / file).rename(renamed))
        assert f"no snippet &#x27;{NAME}&#x27;" in server.get("one-at-a-time/")
        assert server.save(page, f"# A page\n\n{format_fence('one-at-a-time/a-look')}") == 1
        panel = server.get("one-at-a-time/")
        assert 'data-snippet="one-at-a-time/a-look"' in panel
        assert "could not be shown" not in panel
        assert server.get(f"downloads/{NAME}.py") == "404"
        assert server.get("downloads/one-at-a-time/a-look.py") == unrecorded

        # The download of a deleted program is removed.
        server.change(renamed.unlink)
        assert server.get("downloads/one-at-a-time/a-look.py") == "404"
        assert server.save(page, "# A page\n") == 1
        assert "could not be shown" not in server.get("one-at-a-time/")

        # A renamed page has a new URL.
        server.change(lambda: (root / "docs/threads.md").rename(root / "docs/strings.md"))
        assert server.get("threads/") == "404"
        assert "A page" in server.get("strings/")
        assert not re.search("^(?:Traceback|ERROR)", server.log.read_text(), re.MULTILINE)
    assert is_gone(str(root))


@pytest.mark.site
@pytest.mark.parametrize("command", [("-m", "mkdocs", "serve"), ("-m", "mkdocs", "serve", "-a")])
def test_port_in_use_is_an_error_before_the_build(command: tuple[str, ...], tmp_path: Path) -> None:
    """One line, with a command that uses another port."""
    root = make_small_project(tmp_path / "project", [NAME])
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        address = f"127.0.0.1:{port}"
        result = subprocess.run(
            [sys.executable, *command, *[address] * (command[-1] == "-a")],
            cwd=root,
            env=build_environment(root, DEV_ADDR=address),
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert result.returncode == 1
    lines = [line for line in result.stderr.splitlines() if not line.startswith("INFO ")]
    assert lines == [
        f"Error: cannot serve at {address} (Address already in use): choose another port with"
        f" `mkdocs serve -a 127.0.0.1:{port + 1}` or `make serve PORT={port + 1}`"
    ]
    assert "Documentation built" not in result.stderr
