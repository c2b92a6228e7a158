"""Cells into a store of the program's, on the driver: piece by piece, in one durable step."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ringscope_spark import _core, arrow
from ringscope_spark.tables import Cells, in_key_order


def batches_of(frame: DataFrame) -> Iterator[pa.RecordBatch]:
    """The rows of a table in its order, a partition at a time."""

    def pack(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            sink = pa.BufferOutputStream()
            with pa.ipc.new_stream(sink, batch.schema) as stream:
                stream.write_batch(batch)
            yield pa.RecordBatch.from_arrays([pa.array([sink.getvalue().to_pybytes()], pa.binary())], ["bytes"])

    for row in frame.mapInArrow(pack, "bytes binary").toLocalIterator(prefetchPartitions=True):
        yield from pa.ipc.open_stream(row.bytes)


def _kinds(column: pa.Array) -> tuple[list[str], np.ndarray]:
    coded = column.dictionary_encode()
    return coded.dictionary.to_pylist(), arrow.numbers(coded.indices, np.uint8)


def import_cells(cells: Cells, store: str, source: str, label: str, live: bool = False) -> dict | None:
    """Into the store at a local path, which is made when it is not there. Nothing, and nothing is done, when the store
    has the source already."""
    importer = _core.Importer(store, source, label, live)
    try:
        if importer.known:
            return None
        for batch in batches_of(cells.cells.orderBy(in_key_order(F.col("account")))):
            kinds, kind = _kinds(batch["kind"])
            importer.add_cells(
                kinds,
                arrow.numbers(batch["account"], np.int64),
                kind,
                arrow.numbers(batch["entity"], np.int64),
                arrow.numbers(batch["day"], np.int32),
                *(arrow.numbers(batch[name], np.int64) for name in ("count", "first", "last")),
            )
        for frame, add in ((cells.activity, importer.add_activity), (cells.facts, importer.add_facts)):
            for batch in batches_of(frame.orderBy(in_key_order(F.col("account")))):
                add(arrow.numbers(batch["account"], np.int64), *arrow.texts(batch["packed"]))
        for batch in batches_of(cells.names.orderBy("kind", "key", "value")):
            kinds, kind = _kinds(batch["kind"])
            importer.add_names(kinds, kind, arrow.numbers(batch["key"], np.int64), *arrow.texts(batch["value"]))
        told = cells.sources.agg(F.sum("lines").alias("lines"), F.sum("rejected").alias("rejected")).first()
        return importer.commit(int(told.lines or 0), int(told.rejected or 0))
    finally:
        importer.close()
