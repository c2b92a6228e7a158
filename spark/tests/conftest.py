"""One session for all tests: a cluster of two separate executor processes on this machine."""

import os
import subprocess
from pathlib import Path

import pytest

from ringscope_spark import session

ROOT = Path(__file__).parent.parent.parent
PROGRAM = os.environ.get("RINGSCOPE_PROGRAM", str(ROOT / "build/release/bin/ringscope"))
GOLDEN = ROOT / "tests/golden"
EXPORTS = [("rings", "jsonl"), ("rings", "parquet"), ("accounts", "csv"), ("accounts", "parquet"), ("evidence", "parquet")]
# Short runs do not earn back what the second compiler of Java costs, nor several threads of a collector.
QUICK_JAVA = {f"spark.{side}.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC" for side in ("driver", "executor")}


def pytest_addoption(parser):
    parser.addoption("--all", action="store_true", help="also what is tested elsewhere with other numbers")


def pytest_configure(config):
    config.addinivalue_line("markers", "more: the same with other numbers; runs with --all")


def pytest_collection_modifyitems(config, items):
    if config.getoption("--all"):
        return
    more = [item for item in items if item.get_closest_marker("more")]
    items[:] = [item for item in items if item not in more]
    config.hook.pytest_deselected(items=more)


@pytest.fixture(scope="session")
def spark():
    made = session(
        master=os.environ.get("RINGSCOPE_SPARK_MASTER", "local-cluster[2,1,1024]"),
        conf={"spark.sql.shuffle.partitions": "3", "spark.task.maxFailures": "8", **QUICK_JAVA},
    )
    made.sparkContext.setLogLevel("OFF")
    yield made
    made.stop()


def program(*arguments: str) -> str:
    run = subprocess.run([PROGRAM, "-q", *arguments], capture_output=True, text=True)
    assert run.returncode in (0, 3), run.stderr  # 3: done, but lines were rejected
    return run.stdout


class World:
    """A simulated log, and what the program on one machine exports of it."""

    def __init__(self, directory: Path, accounts: int, requests: int, seed: int):
        self.events = directory / "world/events.jsonl"
        self.store = directory / "one-machine.db"
        program("simulate", "--out", str(directory / "world"), "--seed", str(seed), "--accounts", str(accounts),
                "--requests", str(requests))
        self.exports = one_machine(directory, self.store, [self.events])


def one_machine(directory: Path, store: Path, files: list[Path]) -> dict[str, bytes]:
    program("--db", str(store), "ingest", *map(str, files))
    program("--db", str(store), "detect")
    return exports_of(directory, store)


def exports_of(directory: Path, store: Path) -> dict[str, bytes]:
    exports = {}
    for level, form in EXPORTS:
        out = directory / f"one-machine-{level}.{form}"
        program("--db", str(store), "export", "--level", level, "--format", form, "--out", str(out))
        exports[f"{level}.{form}"] = out.read_bytes()
    return exports


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    return World(tmp_path_factory.mktemp("world"), accounts=1500, requests=20000, seed=3)


def exports_in(out: Path) -> dict[str, bytes]:
    return {f"{level}.{form}": (out / f"{level}.{form}").read_bytes() for level, form in EXPORTS}
