"""The distributed rings are byte for byte the single machine's."""

import json
import os
import subprocess
import sys

import pytest
from conftest import exports_in, exports_of, program

from ringscope_spark import detect
from ringscope_spark.cli import main
from ringscope_spark.plan import estimate, fit


@pytest.mark.parametrize("partitions", [pytest.param(1, marks=pytest.mark.more), pytest.param(3, marks=pytest.mark.more), 7])
def test_any_number_of_partitions_gives_the_same_bytes(spark, world, tmp_path, partitions):
    before = {name: spark.conf.get(name) for name in ("spark.sql.shuffle.partitions", "spark.sql.files.maxPartitionBytes")}
    spark.conf.set("spark.sql.shuffle.partitions", str(partitions))
    spark.conf.set("spark.sql.files.maxPartitionBytes", str(world.events.stat().st_size // partitions + 1))
    try:
        result = detect(spark, str(world.events), str(tmp_path / "out"), blocks=partitions)
        assert exports_in(tmp_path / "out") == world.exports
        assert {"detect: corroborate", "detect: keep pairs", "detect: components", "detect: cluster"} <= set(result.seconds)
    finally:
        for name, value in before.items():
            spark.conf.set(name, value)


def test_a_store_carries_its_ledger_on_and_the_program_works_with_it(spark, world, tmp_path, monkeypatch):
    store = tmp_path / "ringscope.db"
    detect(spark, str(world.events), str(tmp_path / "out"), store=str(store), distribute=False)
    first = {row.ring for row in detect(spark, str(world.events), str(tmp_path / "again"), store=str(store),
                                        distribute=False, keep_store=True).rings(spark).collect()}
    lines = [json.loads(line) for line in program("--db", str(store), "--json", "rings").splitlines()]
    assert {line["ring"] for line in lines} == first and all(line["version"] == 1 for line in lines)
    assert main(["load", "--out", str(tmp_path / "again"), "--db", str(tmp_path / "loaded.db")]) == 0
    assert program("--db", str(tmp_path / "loaded.db"), "--json", "rings") == program("--db", str(store), "--json", "rings")
    assert main(["load", "--out", str(tmp_path / "again"), "--db", str(tmp_path / "loaded.db")]) == 1  # is there
    monkeypatch.chdir(tmp_path)
    assert main(["load", "--out", str(tmp_path / "again"), "--db", "near.db"]) == 0
    assert program("--db", str(tmp_path / "near.db"), "--json", "rings") == program("--db", str(store), "--json", "rings")


def test_a_run_that_was_kept_goes_into_a_store_of_the_program(spark, world, tmp_path):
    out = tmp_path / "out"
    detect(spark, str(world.events), str(out), distribute=False, keep_store=True)
    told = json.loads(program("--db", str(tmp_path / "new.db"), "--json", "import-run", str(out)))
    assert told["outcome"] == "copied" and told["sources"] == 1
    assert exports_of(tmp_path, tmp_path / "new.db") == world.exports
    program("--db", str(tmp_path / "new.db"), "doctor")
    assert json.loads(program("--db", str(tmp_path / "new.db"), "--json", "import-run", str(out)))["outcome"] == "known"
    other = tmp_path / "other.jsonl"
    other.write_text('{"ts":1767225600,"account":"somebody","ip":"198.51.100.77"}\n')
    program("--db", str(tmp_path / "own.db"), "ingest", str(other))
    told = json.loads(program("--db", str(tmp_path / "own.db"), "--json", "import-run", str(out), "--force"))
    assert told["outcome"] == "published" and told["unseen_sources"] == 1 and told["events"] == {"born": told["rings"]}
    assert exports_of(tmp_path, tmp_path / "own.db") == world.exports
    program("--db", str(tmp_path / "own.db"), "doctor")


def test_constants_are_fitted_to_runs_that_differ_by_a_tenth():
    def run(events: int, luck: float) -> dict:
        return {"events": events, "accounts": events // 20, "driver_bytes": 1000 + events // 10,
                "cpu_seconds": {"read": luck * (5 + 1e-5 * events), "judge": luck * (1 + 1e-6 * (events / 20) ** 1.5),
                                "quick": 2 * luck},
                "shuffle_bytes": {"read": events}}

    sizes = [(100, 0.95), (500_000, 1.1), (1_000_000, 0.95), (2_000_000, 1.05)]
    constants = fit([run(*size) for size in sizes], ("judge",))
    read, judge, quick = (constants["stages"][name] for name in ("read", "judge", "quick"))
    assert (read["where"], read["exponent"]) == ("executors", 1)
    assert judge["where"] == "driver" and judge["exponent"] == pytest.approx(1.5, abs=0.1)
    spent = {stage["stage"]: stage["core_hours"] * 3600 for stage in estimate(constants, 5e6, 250_000, 1)["stages"]}
    assert spent["read"] == pytest.approx(55, rel=0.1) and spent["judge"] == pytest.approx(126, rel=0.15)
    assert spent["quick"] == pytest.approx(2, rel=0.3)
    assert estimate(constants, 5e6, 250_000, 1)["driver_bytes"] == pytest.approx(1000 + 5e5, rel=0.01)


def test_a_plan_grows_each_stage_by_its_own_exponent(tmp_path, capsys):
    constants = tmp_path / "constants.json"
    constants.write_text(json.dumps({
        "events": 1e6, "accounts": 5e4, "driver_bytes": 2**30,
        "stages": {
            "read": {"where": "executors", "core_seconds": 36, "exponent": 1.0, "shuffle_bytes": 2**20},
            "judge": {"where": "driver", "core_seconds": 36, "exponent": 2.0},
        },
    }))
    assert main(["plan", "--events", "1e7", "--cores", "10", "--constants", str(constants), "--json"]) == 0
    plan = json.loads(capsys.readouterr().out)
    assert plan["hours"] == pytest.approx(0.01 + 1.0)  # 360 core-seconds on ten cores; 3600 on the driver's one
    assert plan["core_hours"] == pytest.approx(0.1 + 1.0)
    assert plan["shuffle_bytes"] == 10 * 2**20 and plan["driver_bytes"] == 10 * 2**30
    assert main(["plan", "--events", "1e7", "--accounts", "1e5", "--cores", "10", "--constants", str(constants), "--json"]) == 0
    plan = json.loads(capsys.readouterr().out)
    assert plan["hours"] == pytest.approx(0.01 + 0.04)  # the driver's stages grow with accounts: twice, squared
    assert plan["accounts"] == 1e5 and plan["driver_bytes"] == 2 * 2**30
    assert (plan["executors"], plan["executor_heap_bytes"], plan["executor_overhead_bytes"]) == (3, 4 * 2**30, 2 * 2**30)
    assert "cost_used" not in plan
    assert main(["plan", "--events", "1e7", "--cores", "10", "--executor-cores", "5", "--price", "0.5", "--constants",
                 str(constants), "--json"]) == 0
    plan = json.loads(capsys.readouterr().out)
    assert plan["executors"] == 2 and plan["cost_used"] == pytest.approx(0.5 * 1.1)
    assert plan["cost_held"] == pytest.approx(0.5 * 11 * 1.01)  # ten cores and the driver's, all the time
    constants.write_text('{"events": 1e6, "accounts": 5e4, "stages": {}}')
    assert main(["plan", "--events", "1e7", "--constants", str(constants)]) == 1
    assert capsys.readouterr().err == f"ringscope-spark: error: {constants}: has no 'driver_bytes'\n"


def test_a_plan_without_constants_takes_those_of_the_package_and_says_what_to_set(capsys):
    assert main(["plan", "--events", "1e9", "--price", "0.05"]) == 0
    told = capsys.readouterr().out
    assert "executors: 16 of 4 cores" in told and "spark.executor.memory=4096m" in told
    assert "spark.executor.memoryOverhead=2048m" in told and "cost: " in told
    with pytest.raises(SystemExit):
        main(["plan", "--events", "1e9", "--executor-cores", "0"])


@pytest.mark.parametrize("events, says", [("none.jsonl", "no such file"), ("bad.parquet", "bad.parquet"),
                                          ("nowhere://lake/a.jsonl", "nowhere"), ("array.jsonl", "JSON array")])
def test_what_goes_wrong_is_said_in_one_line(spark, tmp_path, capsys, events, says):
    (tmp_path / "bad.parquet").write_text("this is no Parquet")
    (tmp_path / "array.jsonl").write_text("[1, 2]\n")
    path = events if ":" in events else str(tmp_path / events)
    assert main(["detect", "--events", path, "--out", str(tmp_path / "out")]) == 1
    told = capsys.readouterr().err
    assert told.startswith("ringscope-spark: error: ") and told.count("\n") == 1 and says in told


SETTINGS = """
import threading
from ringscope_spark import session
spark = session(conf={"spark.sql.session.timeZone": "Europe/Paris"})
conf = spark.sparkContext.getConf()
for key in ("spark.ui.showConsoleProgress", "spark.executor.memoryOverhead", "spark.sql.adaptive.enabled",
            "spark.ui.enabled", "spark.sql.session.timeZone", "spark.sql.shuffle.partitions"):
    print(conf.get(key))
spark.conf.set("spark.sql.shuffle.partitions", "6")
other = threading.Thread(target=session)  # in which no session is the active one
other.start()
other.join()
print(spark.conf.get("spark.sql.shuffle.partitions"))
"""


def test_settings_of_spark_submit_stay_but_those_that_the_answer_rests_on(tmp_path):
    (tmp_path / "spark-defaults.conf").write_text("spark.executor.memoryOverhead 700m\n")
    said = ("--master local[1] --conf spark.ui.showConsoleProgress=true --conf spark.sql.adaptive.enabled=true "
            "pyspark-shell")
    environment = os.environ | {"PYSPARK_SUBMIT_ARGS": said, "SPARK_CONF_DIR": str(tmp_path)}
    ended = subprocess.run([sys.executable, "-c", SETTINGS], env=environment, capture_output=True, text=True)
    assert ended.stdout.split() == ["true", "700m", "false", "false", "Europe/Paris", "8", "6"], ended.stderr
