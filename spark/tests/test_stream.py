"""Micro-batches into a live store, each exactly once."""

import json

from conftest import program

from ringscope_spark.stream import stream_events, write_batch


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
    assert write_batch(spark, again, 1, str(store), "events") is None

    whole = tmp_path / "whole.jsonl"
    whole.write_text("".join(lines))
    program_store = tmp_path / "one.db"
    program("--db", str(program_store), "ingest", str(whole))
    for account in ("u0", "u6"):
        streamed = json.loads(program("--db", str(store), "--json", "account", account))
        ingested = json.loads(program("--db", str(program_store), "--json", "account", account))
        assert streamed == ingested
