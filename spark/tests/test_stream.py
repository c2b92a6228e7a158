"""Micro-batches into a live store, each exactly once."""

import json

import pytest
from conftest import program

from ringscope_spark import stream
from ringscope_spark.cli import main
from ringscope_spark.stream import BatchError, stream_events, write_batch


def _line(account: str, n: int) -> str:
    return json.dumps({"ts": 1767225600 + n, "account": account, "ip": f"10.0.0.{n % 5}"}) + "\n"


def test_batches_come_in_once_and_the_program_reads_them_live(spark, tmp_path):
    incoming, store, checkpoint = tmp_path / "in", tmp_path / "live.db", tmp_path / "checkpoint"
    incoming.mkdir()
    lines = [_line(f"u{n % 7}", n) for n in range(60)] + ["bad\n"]
    (incoming / "1.jsonl").write_text("".join(lines[:20]))
    stream_events(spark, str(incoming), str(store), str(checkpoint), once=True).awaitTermination()
    (incoming / "2.jsonl").write_text("".join(lines[20:]))
    stream_events(spark, str(incoming), str(store), str(checkpoint), once=True).awaitTermination()
    # A batch that Spark repeats is passed over.
    again = spark.createDataFrame([(line.rstrip("\n"),) for line in lines[20:]], "value string")
    assert write_batch(spark, again, 1, str(store), "events", str(checkpoint)) is None
    assert list((checkpoint / "parts").iterdir()) == []

    whole = tmp_path / "whole.jsonl"
    whole.write_text("".join(lines))
    program_store = tmp_path / "one.db"
    program("--db", str(program_store), "ingest", str(whole))
    for account in ("u0", "u6"):
        streamed = json.loads(program("--db", str(store), "--json", "account", account))
        ingested = json.loads(program("--db", str(program_store), "--json", "account", account))
        assert streamed == ingested


def test_parts_of_a_batch_lie_where_all_executors_reach_them_and_must_be_whole(spark, tmp_path, monkeypatch):
    store, checkpoint = tmp_path / "live.db", tmp_path / "checkpoint"
    lines = spark.createDataFrame([(_line(f"u{n % 7}", n).rstrip("\n"),) for n in range(60)], "value string")
    lines = lines.repartition(3)
    whole, seen = stream.fold_values, []

    def lossy(*arguments):  # what one executor wrote to its own disk does not come back
        parts = whole(*arguments)
        return parts.where("what <> 'source' or entity <> 1")

    def merging(session, parts, files):
        seen.extend(parts.inputFiles())
        return merge(session, parts, files)

    merge = stream.merge_parts
    monkeypatch.setattr(stream, "merge_parts", merging)
    monkeypatch.setattr(stream, "fold_values", lossy)
    with pytest.raises(BatchError, match="60 lines were read, 40 came back"):
        write_batch(spark, lines, 0, str(store), "events", str(checkpoint))
    assert seen and all(f"{checkpoint}/parts/0/" in file for file in seen)
    monkeypatch.setattr(stream, "fold_values", whole)
    assert write_batch(spark, lines, 0, str(store), "events", str(checkpoint))["accounts"] > 0  # nothing was stored before


def test_a_stream_that_breaks_says_why_in_one_line(spark, tmp_path, monkeypatch, capsys):
    incoming = tmp_path / "incoming"
    incoming.mkdir()
    (incoming / "1.jsonl").write_text("".join(_line(f"u{n}", n) for n in range(5)))
    whole = stream.fold_values
    monkeypatch.setattr(stream, "fold_values", lambda *given: whole(*given).where("what <> 'source'"))
    arguments = ["--events", str(incoming), "--db", str(tmp_path / "db"), "--checkpoint", str(tmp_path / "checkpoint")]
    assert main(["stream", *arguments, "--once"]) == 1
    told = capsys.readouterr().err
    assert told.startswith("ringscope-spark: error: ") and told.count("\n") == 1, told
    assert "5 lines were read, 0 came back" in told
