"""Reading and folding: the program's rules, keys and counts."""

import shutil

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
import xxhash
from conftest import GOLDEN, exports_in, one_machine

from ringscope_spark import _core, detect, fold_events


def test_content_keys_are_the_bits_of_xxh3():
    for value in [b"", b"a", b"203.0.113.7", "déjà vu".encode(), bytes(range(256)) * 20]:
        unsigned = xxhash.xxh3_64_intdigest(value)
        assert _core.hash_value(value) == (unsigned if unsigned < 2**63 else unsigned - 2**64)


@pytest.mark.parametrize("name", ["readers.jsonl", "readers.csv"])
def test_good_and_bad_lines_are_told_apart_as_the_golden_file_says(spark, tmp_path, name):
    cells = fold_events(spark, str(GOLDEN / name), str(tmp_path))
    rows = sorted((row.line, row.field, row.reason) for row in cells.rejects.collect())
    expected = [line.split("|") for line in (GOLDEN / "readers.rejects.txt").read_text().splitlines()]
    assert rows == [(int(line), field, reason) for file, line, field, reason in expected if file == name]
    told = cells.sources.first()
    assert told.file.endswith(name) and told.rejected == len(rows)


def test_lines_of_rejects_are_counted_over_the_pieces_of_a_file(spark, tmp_path):
    log = tmp_path / "long.jsonl"
    good = b'{"ts":1767225600,"account":"a","ip":"10.0.0.1"}\n'
    log.write_bytes(good * 3000 + b"bad\n" + good * 3000 + b"worse\n")
    before = spark.conf.get("spark.sql.files.maxPartitionBytes")
    spark.conf.set("spark.sql.files.maxPartitionBytes", "50000")
    try:
        cells = fold_events(spark, str(log), str(tmp_path / "work"))
        assert sorted(row.line for row in cells.rejects.collect()) == [3001, 6002]
        assert cells.sources.first().lines == 6002
        assert cells.cells.first()["count"] == 6000
    finally:
        spark.conf.set("spark.sql.files.maxPartitionBytes", before)


def test_jsonl_csv_and_parquet_together_are_what_ingest_makes_of_them(spark, tmp_path):
    inputs = tmp_path / "in"
    inputs.mkdir()
    shutil.copy(GOLDEN / "readers.jsonl", inputs / "one file.jsonl")
    shutil.copy(GOLDEN / "readers.csv", inputs)
    (inputs / "empty.jsonl").write_bytes(b"")
    table = pa.table(
        {
            "ts": pa.array([1767225600, 1767225601, None, 1767225603], pa.int64()),
            "account": ["p1", "p1", "p2", ""],
            "ip": ["203.0.113.9", None, "203.0.113.9", "203.0.113.9"],
            "tokens": pa.array([1.0, 2.0, 3.0, 4.0]),
            "beside": [1, 2, 3, 4],
        }
    )
    pa.parquet.write_table(table, inputs / "rows.parquet")
    here = one_machine(tmp_path, tmp_path / "one.db", sorted(inputs.iterdir()))
    result = detect(spark, str(inputs), str(tmp_path / "out"), distribute=False)
    assert exports_in(tmp_path / "out") == here
    assert result.rejected == 26 + 8 + 2
    rejected = {(row.line, row.field) for row in result.rejects(spark).collect() if "rows.parquet" in row.file}
    assert rejected == {(3, "ts"), (4, "account")}


def test_parquet_files_of_different_columns_are_each_read_whole(spark, tmp_path):
    inputs = tmp_path / "in"
    inputs.mkdir()
    ts, account = pa.array([1767225600, 1767225601], pa.int64()), ["p1", "p2"]
    pa.parquet.write_table(pa.table({"ts": ts, "account": account, "ip": ["203.0.113.9"] * 2}), inputs / "a.parquet")
    pa.parquet.write_table(
        pa.table({"payment": ["4111", "4112"], "account": account, "ts": ts.cast(pa.timestamp("s", "UTC")),
                  "email": ["a@b.example", None]}),
        inputs / "b.parquet",
    )
    pa.parquet.write_table(pa.table({"ts": ts, "account": ["p3", "p4"], "ip": ["203.0.113.9"] * 2}), inputs / "c.parquet")
    here = one_machine(tmp_path, tmp_path / "one.db", sorted(inputs.iterdir()))
    detect(spark, str(inputs), str(tmp_path / "out"), distribute=False)
    assert exports_in(tmp_path / "out") == here
    cells = fold_events(spark, str(inputs), str(tmp_path / "work"))
    names = {(row.kind, bytes(row.value).decode()) for row in cells.names.collect()}
    assert {("ip", "203.0.113.9"), ("payment", "4111"), ("payment", "4112")} <= names
    assert {name for kind, name in names if not kind} == {"p1", "p2", "p3", "p4"}
    assert [row.lines for row in cells.sources.orderBy("file").collect()] == [2, 2, 2]


def test_a_file_that_is_no_log_is_named(spark, tmp_path):
    (tmp_path / "x.jsonl").write_text("[1, 2]\n")
    with pytest.raises(_core.CoreError, match="JSON array"):
        fold_events(spark, str(tmp_path / "x.jsonl"), str(tmp_path / "work"))
    with pytest.raises(FileNotFoundError):
        fold_events(spark, str(tmp_path / "none.jsonl"), str(tmp_path / "work"))
    with pytest.raises(ValueError, match="say which"):
        (tmp_path / "x.txt").write_text("")
        fold_events(spark, str(tmp_path / "x.txt"), str(tmp_path / "work"))
