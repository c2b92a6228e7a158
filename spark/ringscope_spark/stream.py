"""Continuous ingestion: micro-batches of Structured Streaming into a live store, each exactly once.

The store keeps the number of every batch with the data that it brought, in one durable step. A batch that Spark repeats
after a failure is found there and passed over."""

import tempfile
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.streaming import StreamingQuery

from ringscope_spark.events import fold_values, merge_parts
from ringscope_spark.store import import_cells
from ringscope_spark.tables import PARTS


def write_batch(spark: SparkSession, lines: DataFrame, batch: int, store: str, name: str) -> dict | None:
    """One batch of JSON lines (column `value`) into the store; nothing is done when it is there already."""
    with tempfile.TemporaryDirectory(prefix="ringscope-stream-") as work:
        parts = fold_values(spark, lines, f"stream:{name}")
        parts.write.partitionBy("what").parquet(f"file://{work}/parts")
        cells = merge_parts(spark, spark.read.schema(PARTS).parquet(f"file://{work}/parts"), [f"stream:{name}"])
        return import_cells(cells, store, f"stream-{name}-{batch}", f"stream:{name}", live=True)


def stream_events(
    spark: SparkSession, directory: str, store: str, checkpoint: str, name: str = "events", once: bool = False
) -> StreamingQuery:
    """Follows a directory in which files of JSON Lines appear. `store` is a local directory on the driver, `name` tells
    one stream's batches from another's and must stay the same over restarts, as `checkpoint` does. `once` reads what is
    there and ends."""
    Path(store).parent.mkdir(parents=True, exist_ok=True)
    lines = spark.readStream.option("lineSep", "\n").text(directory)
    writer = lines.select(F.col("value")).writeStream.option("checkpointLocation", checkpoint)
    writer = writer.foreachBatch(lambda frame, batch: write_batch(spark, frame, batch, store, name) and None)
    return (writer.trigger(availableNow=True) if once else writer.trigger(processingTime="10 seconds")).start()
