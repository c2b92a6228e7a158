"""The package as pip installs it."""

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The commands of an environment that has the wheel; what it depends on is that of the tests' environment."""
    wheel = os.environ.get("RINGSCOPE_WHEEL")
    assert wheel, "RINGSCOPE_WHEEL names the wheel: run scripts/spark-tests"
    place = tmp_path_factory.mktemp("installed") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True)
    packages = next(place.glob("lib/python*/site-packages"))
    (packages / "dependencies.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    # Without the path to the tests' own copy, which pip would find there already.
    pip = [sys.executable, "-m", "pip", "--python", str(place / "bin/python"), "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "-q", "--no-index", wheel], check=True, env=ENVIRONMENT)
    return place / "bin"


def command(installed: Path, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([str(installed / "ringscope-spark"), *arguments], capture_output=True, text=True, env=ENVIRONMENT)


def test_the_wheel_brings_the_command(installed):
    ended = command(installed, "--help")
    assert ended.returncode == 0 and "detect" in ended.stdout, ended.stderr
    ended = command(installed, "plan", "--events", "1e9", "--json")
    assert ended.returncode == 0 and json.loads(ended.stdout)["core_hours"] > 1, ended.stderr  # the constants come with it
