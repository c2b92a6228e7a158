"""Processes of the cluster die in the midst of a stage, and no byte of the answer changes."""

import importlib
import os
import random
from pathlib import Path

import pytest
from conftest import exports_in

from ringscope_spark import detect, events, pairs, store

components = importlib.import_module("ringscope_spark.components")


class Deaths:
    """Kills one process in each of some stages: from inside a task of that stage, so it is in the midst of it. Which of
    the tasks that come to the place it is, the seed says."""

    def __init__(self, place: Path, victim: str, stages: list[str], seed: int):
        place.mkdir()
        self.place = place
        self.victim = victim
        luck = random.Random(seed)
        self.visit = {stage: luck.randrange(2) for stage in stages}

    def killed(self) -> dict[str, int]:
        """Process by stage."""
        return {file.stem: int(file.read_text()) for file in self.place.glob("*.killed")}

    def strike(self, stage: str):
        """A function to be called in tasks. It is sent there by value, so it has all that it needs."""
        place, victim, visit = str(self.place), self.victim, self.visit.get(stage)

        def come() -> None:
            import signal

            turn, taken = 0, None
            while taken is None:
                try:
                    taken = os.open(f"{place}/{stage}.{turn}", os.O_CREAT | os.O_EXCL)
                except FileExistsError:
                    turn += 1
            os.close(taken)
            if turn != visit:
                return
            pid = os.getpid()
            while victim == "executor":  # the Java process above this worker
                with open(f"/proc/{pid}/cmdline") as command:
                    if "CoarseGrainedExecutorBackend" in command.read():
                        break
                with open(f"/proc/{pid}/stat") as stat:
                    pid = int(stat.read().rsplit(")", 1)[1].split()[1])
            with open(f"{place}/{stage}.killed", "w") as told:
                told.write(str(pid))
            os.kill(pid, signal.SIGKILL)

        return come

    def before(self, stage: str, function):
        come = self.strike(stage)

        def struck(*given):
            come()
            return function(*given)

        return struck

    def through(self, stage: str, function):
        """Of a function that gives a table: its rows pass by."""

        def struck(*given):
            come, frame = self.strike(stage), function(*given)

            def run(batches):
                come()
                yield from batches

            return frame.mapInArrow(run, frame.schema)

        return struck

    def plant(self, patch) -> None:
        patch.setattr(events, "_fold_lines", self.through("read", events._fold_lines))
        patch.setattr(events, "_merge_packed", self.through("merge", events._merge_packed))
        in_order = store.batches_of
        patch.setattr(store, "batches_of", lambda frame: in_order(self.through("import", lambda: frame)()))
        patch.setattr(components, "_small_star", self.through("components", components._small_star))
        patch.setattr(pairs, "cluster_bin", self.before("cluster", pairs.cluster_bin))
        for method, stage in (("corroborate", "corroborate"), ("keep_pairs", "keep pairs")):
            patch.setattr(pairs.Workers, method, self._while(stage, getattr(pairs.Workers, method)))

    def _while(self, stage: str, method):
        def struck(*given):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(pairs, "fill", self.before(stage, pairs.fill))
                return method(*given)

        return struck


@pytest.mark.parametrize("victim, seed, stages", [
    ("executor", 1, ["merge", "keep pairs", "components", "cluster"]),
    pytest.param("worker", 2, ["read", "import", "corroborate", "components", "cluster"], marks=pytest.mark.more),
])
def test_a_process_that_is_killed_in_the_midst_of_a_stage_costs_time_only(
    spark, world, tmp_path, monkeypatch, victim, seed, stages
):
    before = spark.conf.get("spark.sql.files.maxPartitionBytes")
    spark.conf.set("spark.sql.files.maxPartitionBytes", str(world.events.stat().st_size // 3))
    deaths = Deaths(tmp_path / "deaths", victim, stages, seed)
    deaths.plant(monkeypatch)
    try:
        detect(spark, str(world.events), str(tmp_path / "out"), blocks=5)
    finally:
        spark.conf.set("spark.sql.files.maxPartitionBytes", before)
    killed = deaths.killed()
    assert set(killed) == set(stages) and len(set(killed.values())) == len(stages)
    assert not any(Path(f"/proc/{pid}").exists() for pid in killed.values())
    assert exports_in(tmp_path / "out") == world.exports
