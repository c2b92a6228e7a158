"""The package as pip installs it, on clusters of other sizes than that of the other tests. This file is the first, so that
no second Spark is up meanwhile."""

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from conftest import QUICK_JAVA, World, exports_in

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


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return World(tmp_path_factory.mktemp("small"), accounts=400, requests=5000, seed=4)


def command(installed: Path, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([str(installed / "ringscope-spark"), *arguments], capture_output=True, text=True, env=ENVIRONMENT)


def test_the_wheel_brings_the_command(installed):
    ended = command(installed, "--help")
    assert ended.returncode == 0 and "detect" in ended.stdout, ended.stderr
    ended = command(installed, "plan", "--events", "1e9", "--json")
    assert ended.returncode == 0 and json.loads(ended.stdout)["core_hours"] > 1, ended.stderr  # the constants come with it


@pytest.mark.more
@pytest.mark.parametrize("executors", [1, 4])
def test_any_number_of_executors_gives_the_same_bytes(installed, small, tmp_path, executors):
    settings = [part for name, value in (QUICK_JAVA | {"spark.sql.shuffle.partitions": "3"}).items()
                for part in ("--conf", f"{name}={value}")]
    ended = command(installed, "--master", f"local-cluster[{executors},1,1024]", *settings, "detect", "--events",
                    str(small.events), "--out", str(tmp_path / "out"), "--blocks", "5")
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout.splitlines()[-1])
    assert told["rings"] > 0 and "detect: cluster" in told["stages"]
    assert exports_in(tmp_path / "out") == small.exports
