"""The set-up scripts: the choice of Python, the settings of uv, and missing packages."""

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
    """A folder with the tools that the scripts need, to be used as the whole PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in TOOLS:
        (folder / tool).symlink_to(shutil.which(tool) or "")
    return folder


def add_python(folder: Path, name: str, *, works: bool = True) -> Path:
    """Add this Python as `name`, or a program that fails, like a shim of pyenv."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / name
    program.write_text(
        f'#!/bin/bash\nexec {sys.executable} "$@"\n' if works else "#!/bin/bash\nexit 127\n"
    )
    program.chmod(0o755)
    return program


def find_python(bin: Path, wanted: str = "") -> subprocess.CompletedProcess[str]:
    """Run `scripts/setup --find` with the PATH `bin`, and its parent as home."""
    return subprocess.run(
        [ROOT / "scripts/setup", "--find", wanted],
        env={"PATH": str(bin), "HOME": str(bin.parent)},
        capture_output=True,
        text=True,
    )


def relative_path(result: subprocess.CompletedProcess[str]) -> str:
    """Return the path of the found Python, relative to `bin`."""
    assert result.returncode == 0, result.stderr
    return result.stdout.strip().partition("/bin/")[2]


def test_newest_supported_python_is_preferred(bin: Path) -> None:
    """On PATH or from pyenv, before `python3`."""
    for name in ("python3", "python3.11", "python3.13"):
        add_python(bin, name)
    assert relative_path(find_python(bin)) == "python3.13"
    for version in ("3.14.10", "3.14.9"):
        add_python(bin.parent / f".pyenv/versions/{version}/bin", "python")
    assert find_python(bin).stdout.endswith("/3.14.10/bin/python\n")
    assert relative_path(find_python(bin, "3.11")) == "python3.11"
    assert find_python(bin, "3.14.9").stdout.endswith("/3.14.9/bin/python\n")


def test_python_that_does_not_start_is_skipped(bin: Path) -> None:
    """pyenv puts a `python3.15` on PATH even if that version is not active."""
    add_python(bin, "python3.15", works=False)
    add_python(bin, "python3")
    assert relative_path(find_python(bin)) == "python3"


@pytest.mark.parametrize("wanted", ["", "3.12", "/no/such/python"])
def test_missing_python_is_one_line_with_a_hint(bin: Path, wanted: str) -> None:
    result = find_python(bin, wanted)
    assert result.returncode == 1
    assert result.stderr == (
        f"setup: found no Python {wanted or '3.11 or later'}: install one, or name it with"
        " PYTHON=/path/to/python\n"
    )


def test_requested_python_that_is_too_old_is_reported(bin: Path) -> None:
    old = bin / "python3.9"
    old.write_text('#!/bin/bash\n[ "$1" = --version ] && echo Python 3.9.18\nexit 1\n')
    old.chmod(0o755)
    result = find_python(bin, str(old))
    assert result.returncode == 1
    assert result.stderr.startswith(f"setup: {old} is Python 3.9.18, but 3.11 is required\n")


def test_missing_system_packages_are_reported_if_none_can_be_installed(bin: Path) -> None:
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


def test_pip_settings_are_passed_to_uv(tmp_path: Path) -> None:
    """The environment overrides the file, and a missing folder is left out."""
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
    for variables in ({}, {"PIP_INDEX_URL": "https://mine.example/simple"}):
        printed = subprocess.run(
            [sys.executable, ROOT / "scripts/pip_settings.py"],
            env={**environment, "PIP_CONFIG_FILE": str(config), **variables},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
        index = variables.get("PIP_INDEX_URL", "https://packages.example/simple")
        assert f"export UV_DEFAULT_INDEX={index}" in printed
        assert "export UV_INDEX=https://one.example/simple" in printed
        assert "export UV_INDEX_STRATEGY=unsafe-best-match" in printed
        assert "export UV_INSECURE_HOST=one.example" in printed
        assert f"export UV_FIND_LINKS={tmp_path}/wheels" in printed


def test_existing_settings_of_uv_are_not_changed() -> None:
    settings = {"index-url": "https://a.example/", "cert": "/c.pem"}
    own = {"UV_DEFAULT_INDEX": "https://b.example/"}
    assert pip_settings.uv_variables(settings, own) == {"SSL_CERT_FILE": "/c.pem"}


def test_uv_finds_a_package_in_the_wheel_folder_of_pip(tmp_path: Path) -> None:
    """The package is in no index."""
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
    variables = pip_settings.uv_variables({"find-links": str(wheels), "no-index": "true"}, {})
    result = subprocess.run(
        [uv, "pip", "compile", "-q", "--no-header", "-"],
        input="only-here-in-a-test",
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert result.stdout.startswith("only-here-in-a-test==1"), result.stderr
