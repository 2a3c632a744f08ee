"""Set-up: which Python it takes, what it hands on to uv, and what it says is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pip_settings
import pytest
from helpers.repository import ROOT

TOOLS = ("bash", "dirname", "env", "id", "ls", "sort")


@pytest.fixture
def bin(tmp_path: Path) -> Path:
    """A folder that is all of PATH: the tools of the scripts, and what a test adds."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in TOOLS:
        (folder / tool).symlink_to(shutil.which(tool) or "")
    return folder


def add_python(folder: Path, name: str, *, works: bool = True) -> Path:
    """A Python called `name`: this one, or one that does not start, as a shim of pyenv."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / name
    program.write_text(
        f'#!/bin/bash\nexec {sys.executable} "$@"\n' if works else "#!/bin/bash\nexit 127\n"
    )
    program.chmod(0o755)
    return program


def find(bin: Path, wanted: str = "") -> subprocess.CompletedProcess[str]:
    """Ask which Python set-up takes, with that PATH, and the folder above as home."""
    return subprocess.run(
        [ROOT / "scripts/setup", "--find", wanted],
        env={"PATH": str(bin), "HOME": str(bin.parent)},
        capture_output=True,
        text=True,
    )


def taken(result: subprocess.CompletedProcess[str]) -> str:
    """The Python that was found, from the folder above PATH."""
    assert result.returncode == 0, result.stderr
    return result.stdout.strip().partition("/bin/")[2]


def test_the_newest_supported_python_is_taken_first(bin: Path) -> None:
    """Of those on PATH and those of pyenv, before any `python3`."""
    for name in ("python3", "python3.11", "python3.13"):
        add_python(bin, name)
    assert taken(find(bin)) == "python3.13"
    for version in ("3.14.10", "3.14.9"):
        add_python(bin.parent / f".pyenv/versions/{version}/bin", "python")
    assert find(bin).stdout.endswith("/3.14.10/bin/python\n")
    assert taken(find(bin, "3.11")) == "python3.11"
    assert find(bin, "3.14.9").stdout.endswith("/3.14.9/bin/python\n")


def test_a_python_that_does_not_start_is_passed_over(bin: Path) -> None:
    """pyenv puts a `python3.15` on PATH even if that version is not chosen."""
    add_python(bin, "python3.15", works=False)
    add_python(bin, "python3")
    assert taken(find(bin)) == "python3"


@pytest.mark.parametrize("wanted", ["", "3.12", "/no/such/python"])
def test_no_python_is_one_line(bin: Path, wanted: str) -> None:
    """With what to do about it."""
    result = find(bin, wanted)
    assert result.returncode == 1
    assert result.stderr == (
        f"setup: no Python {wanted or '3.11 or later'} here: install one, or say which with"
        " PYTHON=/path/to/python\n"
    )


def test_a_python_that_is_too_old_is_named(bin: Path) -> None:
    """It was asked for by its path, and is there."""
    old = bin / "python3.9"
    old.write_text('#!/bin/bash\n[ "$1" = --version ] && echo Python 3.9.18\nexit 1\n')
    old.chmod(0o755)
    result = find(bin, str(old))
    assert result.returncode == 1
    assert result.stderr.startswith(f"setup: {old} is Python 3.9.18, and 3.11 is needed\n")


def test_what_the_tests_lack_is_said(bin: Path) -> None:
    """Where nothing can be installed: by the names of the packages."""
    result = subprocess.run(
        [ROOT / "scripts/setup-tests"],
        env={"PATH": str(bin), "HOME": str(bin.parent)},
        capture_output=True,
        text=True,
    )
    if Path("/Applications/Google Chrome.app").exists():
        assert result.stderr == "setup: please install: zsh\n"
    else:
        assert result.stderr == "setup: please install: zsh chromium\n"
    assert result.returncode == 1
    for program in ("zsh", "chromium"):
        (bin / program).symlink_to(bin / "bash")
    assert subprocess.run([ROOT / "scripts/setup-tests"], env={"PATH": str(bin)}).returncode == 0


def test_pip_settings_are_handed_on_to_uv(tmp_path: Path) -> None:
    """The environment comes before the file; a folder that is not there is left out."""
    (tmp_path / "wheels").mkdir()
    config = tmp_path / "pip.conf"
    config.write_text(
        "[global]\n"
        "index-url = https://packages.example/simple\n"
        f"extra-index-url =\n  https://one.example/simple\n  file://{tmp_path}/gone\n"
        "trusted-host = one.example\n"
        "[install]\n"
        f"find-links = {tmp_path}/wheels\n"
    )
    environment = {name: value for name, value in os.environ.items() if "PIP_" not in name}
    for mine in ({}, {"PIP_INDEX_URL": "https://mine.example/simple"}):
        printed = subprocess.run(
            [sys.executable, ROOT / "scripts/pip_settings.py"],
            env={**environment, "PIP_CONFIG_FILE": str(config), **mine},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
        index = mine.get("PIP_INDEX_URL", "https://packages.example/simple")
        assert f"export UV_DEFAULT_INDEX={index}" in printed
        assert "export UV_INDEX=https://one.example/simple" in printed
        assert "export UV_INDEX_STRATEGY=unsafe-best-match" in printed
        assert "export UV_INSECURE_HOST=one.example" in printed
        assert f"export UV_FIND_LINKS={tmp_path}/wheels" in printed


def test_uv_keeps_its_own_settings() -> None:
    """What is set for uv already is not set again."""
    settings = {"index-url": "https://a.example/", "cert": "/c.pem"}
    own = {"UV_DEFAULT_INDEX": "https://b.example/"}
    assert pip_settings.variables_of(settings, own) == {"SSL_CERT_FILE": "/c.pem"}


def test_uv_looks_where_pip_is_told_to(tmp_path: Path) -> None:
    """A package that is in pip's folder of wheels alone is found by uv."""
    uv = shutil.which("uv", path=str(Path(sys.executable).parent))
    assert uv
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    (tmp_path / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        '[project]\nname = "only-here-in-a-test"\nversion = "1"\n'
        "[tool.hatch.build.targets.wheel]\nbypass-selection = true\n"
    )
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(wheels)],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    variables = pip_settings.variables_of({"find-links": str(wheels), "no-index": "true"}, {})
    result = subprocess.run(
        [uv, "pip", "compile", "-q", "--no-header", "-"],
        input="only-here-in-a-test",
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert result.stdout.startswith("only-here-in-a-test==1"), result.stderr
