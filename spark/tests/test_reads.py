"""The program's own exports, as Spark's readers read them: what pyarrow reads, row by row."""

import json

import pyarrow.json
import pyarrow.parquet
import pytest
from conftest import program

# What is compared, of every row: texts, numbers, times and lists.
PARQUET = {
    "rings": ["ring", "version", "tier", "score", "size", "confidence", "first_seen", "parents", "reasons"],
    "accounts": ["account", "ring", "score", "tier", "membership", "reasons"],
    "evidence": ["ring", "kind", "value", "accounts", "population", "bits", "first_seen", "last_seen"],
    "shares": ["account", "ring", "member", "share", "bits"],
}
JSON_LINES = {
    "rings": ["ring", "version", "tier", "score", "size", "accounts", "reasons", "summary"],
    "shares": ["account", "ring", "member", "share", "bits"],
    "events": ["seq", "event_id", "type", "ring", "version"],
    "state": None,  # a ring or an account: all that both readers find
}


@pytest.fixture(scope="module")
def exported(world, tmp_path_factory):
    """(level, format) -> a file that the program on one machine wrote."""
    directory = tmp_path_factory.mktemp("exports")

    def export(level: str, form: str):
        out = directory / f"{level}.{form}"
        if not out.exists():
            program("--db", str(world.store), "export", "--level", level, "--format", form, "--out", str(out))
        return out

    return export


def plain(value):
    """As JSON, times without their zone: Spark gives those of the session's zone, which is UTC."""
    if hasattr(value, "tzinfo"):
        return value.replace(tzinfo=None).isoformat()
    return [plain(one) for one in value] if isinstance(value, (list, tuple)) else value


def lines_of(rows: list[dict]) -> list[str]:
    return sorted(json.dumps({name: plain(value) for name, value in row.items()}, sort_keys=True) for row in rows)


def rows_of(frame, columns: list[str]) -> list[str]:
    return lines_of([row.asDict(recursive=True) for row in frame.select(columns).collect()])


@pytest.mark.parametrize("level", PARQUET)
def test_parquet_is_read_by_spark_as_by_pyarrow(spark, exported, level):
    file, columns = exported(level, "parquet"), PARQUET[level]
    table = pyarrow.parquet.read_table(file)
    frame = spark.read.parquet(str(file))
    assert table.num_rows > 10
    assert frame.count() == table.num_rows
    assert frame.columns == table.column_names
    assert rows_of(frame, columns) == lines_of(table.select(columns).to_pylist())


@pytest.mark.parametrize("level", JSON_LINES)
def test_json_lines_are_read_by_spark_as_by_pyarrow(spark, exported, level):
    file = exported(level, "jsonl")
    table = pyarrow.json.read_json(file)
    frame = spark.read.json(str(file))
    assert table.num_rows > 10
    assert frame.count() == table.num_rows
    assert set(frame.columns) == set(table.column_names)
    columns = JSON_LINES[level] or [
        field.name for field in table.schema if pyarrow.types.is_string(field.type) or pyarrow.types.is_integer(field.type)
    ]
    assert len(columns) >= 3
    assert rows_of(frame, columns) == lines_of(table.select(columns).to_pylist())


@pytest.mark.parametrize("pack", ["gz", "zst"])
def test_packed_json_lines_are_the_same_rows(spark, world, exported, tmp_path, pack):
    whole = exported("rings", "jsonl")
    packed = tmp_path / f"rings.jsonl.{pack}"
    program("--db", str(world.store), "export", "--level", "rings", "--format", "jsonl", "--out", str(packed))
    if pack == "zst" and not spark._jvm.org.apache.hadoop.util.NativeCodeLoader.isNativeCodeLoaded():
        pytest.skip("Hadoop reads zstd with its native library only")
    columns = JSON_LINES["rings"]
    assert rows_of(spark.read.json(str(packed)), columns) == rows_of(spark.read.json(str(whole)), columns)
