"""The distributed rings are byte for byte the single machine's."""

import json

import pytest
from conftest import exports_in, program

from ringscope_spark import detect
from ringscope_spark.cli import main


@pytest.mark.parametrize("partitions", [1, 3, 7])
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


def test_a_store_carries_its_ledger_on_and_the_program_works_with_it(spark, world, tmp_path):
    store = tmp_path / "ringscope.db"
    detect(spark, str(world.events), str(tmp_path / "out"), store=str(store), distribute=False)
    first = {row.ring for row in detect(spark, str(world.events), str(tmp_path / "again"), store=str(store),
                                        distribute=False, keep_store=True).rings(spark).collect()}
    lines = [json.loads(line) for line in program("--db", str(store), "--json", "rings").splitlines()]
    assert {line["ring"] for line in lines} == first and all(line["version"] == 1 for line in lines)
    assert main(["load", "--out", str(tmp_path / "again"), "--db", str(tmp_path / "loaded.db")]) == 0
    assert program("--db", str(tmp_path / "loaded.db"), "--json", "rings") == program("--db", str(store), "--json", "rings")
    assert main(["load", "--out", str(tmp_path / "again"), "--db", str(tmp_path / "loaded.db")]) == 1  # is there


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
