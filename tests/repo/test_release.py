"""What is released is what was tested: the version, the changelog, and the wheel in an environment of its own."""

import os
import re
import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).parent / "uv"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def run(*command: str | Path, cwd: Path, timeout_s: float = 300) -> subprocess.CompletedProcess[str]:
    """Run a command without this environment's Python variables."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    return subprocess.run([str(part) for part in command], cwd=cwd, env=env, capture_output=True, text=True, timeout=timeout_s, check=False)


def build_wheel(target: Path) -> Path:
    """The wheel of the tree as it is."""
    built = run(sys.executable, "-m", "build", "--wheel", "--installer", "uv", "--outdir", target, ROOT, cwd=target)
    assert built.returncode == 0, built.stderr[-3000:]
    return next(target.glob("*.whl"))


def test_changelog_names_this_version() -> None:
    """The newest entry of the changelog is the version in pyproject.toml or what comes after it."""
    headings = re.findall(r"^## (?:\[)?([^\]\s]+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings
    assert headings[0] in {"Unreleased", PROJECT["version"]}


def test_ci_runs_all_tests() -> None:
    """The script that CI calls runs the target that runs everything."""
    assert "make test" in (ROOT / ".ci/run").read_text()


@pytest.mark.slow
def test_wheel_works_alone(tmp_path: Path) -> None:
    """Installed without development packages, in an empty directory, the product diagnoses itself and verifies a connector."""
    wheel = build_wheel(tmp_path)
    names = zipfile.ZipFile(wheel).namelist()
    assert not [name for name in names if name.startswith("tests/")]
    home = tmp_path / "env"
    venv.create(home, with_pip=False)
    pins = tmp_path / "pins.txt"
    lock = run(UV, "export", "-q", "--locked", "--no-dev", "--no-emit-project", "--no-hashes", "-o", pins, cwd=ROOT)
    assert lock.returncode == 0, lock.stderr
    python = home / "bin" / "python"
    installed = run(UV, "pip", "install", "--quiet", "--python", python, "-r", pins, wheel, cwd=tmp_path)
    assert installed.returncode == 0, installed.stderr[-3000:]
    empty = tmp_path / "empty"
    empty.mkdir()
    doctor = run(home / "bin" / "dryclose", "doctor", cwd=empty)
    assert doctor.returncode == 0, doctor.stdout + doctor.stderr
    verified = run(home / "bin" / "dryclose", "verify", "--scenario", "smoke", "--out", empty / "run", cwd=empty)
    assert verified.returncode == 0, verified.stdout[-3000:] + verified.stderr[-3000:]
    assert (empty / "run" / "verdict.json").exists()
