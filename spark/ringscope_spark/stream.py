"""Continuous ingestion: micro-batches of Structured Streaming into a live store, each exactly once.

The store keeps the number of every batch with the data that it brought, in one durable step. A batch that Spark repeats
after a failure is found there and passed over."""

from pathlib import Path

from pyspark.sql import DataFrame, Observation, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.streaming import StreamingQuery

from ringscope_spark import hadoop
from ringscope_spark.events import fold_values, merge_parts
from ringscope_spark.store import import_cells
from ringscope_spark.tables import PARTS


class BatchError(RuntimeError):
    """A batch is not whole: nothing of it went into the store."""


def write_batch(
    spark: SparkSession, lines: DataFrame, batch: int, store: str, name: str, checkpoint: str
) -> dict | None:
    """One batch of JSON lines (column `value`) into the store; nothing is done when it is there already.

    Its parts lie below `checkpoint` meanwhile, which executors and driver must both reach. Raises BatchError when the
    parts that came back are not of all lines."""
    place = f"{checkpoint}/parts/{batch}"
    read = Observation()
    counted = lines.observe(read, F.count(F.lit(1)).alias("lines"))
    try:
        parts = fold_values(spark, counted, f"stream:{name}")
        parts.write.mode("overwrite").partitionBy("what").parquet(place)
        cells = merge_parts(spark, spark.read.schema(PARTS).parquet(place), [f"stream:{name}"])
        folded = cells.sources.agg(F.sum("lines")).first()[0] or 0
        if folded != read.get.get("lines", 0):
            raise BatchError(
                f"batch {batch}: {read.get.get('lines', 0)} lines were read, {folded} came back from {place}; "
                "is the checkpoint where every executor and the driver reach it?"
            )
        return import_cells(cells, store, f"stream-{name}-{batch}", f"stream:{name}", live=True)
    finally:
        hadoop.remove(spark, place)


def stream_events(
    spark: SparkSession, directory: str, store: str, checkpoint: str, name: str = "events", once: bool = False
) -> StreamingQuery:
    """Follows a directory in which files of JSON Lines appear. `store` is a local directory on the driver, `name` tells
    one stream's batches from another's and must stay the same over restarts, as `checkpoint` does: a directory of this
    stream alone, on storage that executors and driver share. `once` reads what is there and ends."""
    Path(store).parent.mkdir(parents=True, exist_ok=True)
    lines = spark.readStream.option("lineSep", "\n").text(directory)
    writer = lines.select(F.col("value")).writeStream.option("checkpointLocation", checkpoint)
    writer = writer.foreachBatch(lambda frame, batch: write_batch(spark, frame, batch, store, name, checkpoint) and None)
    return (writer.trigger(availableNow=True) if once else writer.trigger(processingTime="10 seconds")).start()
