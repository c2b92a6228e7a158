"""Events into cells: the core's readers, in the workers, on pieces of the log."""

import functools
import json
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from ringscope_spark import _core, arrow, hadoop
from ringscope_spark.tables import PARTS, PARTS_ARROW, Cells

FOLD_BYTES = 64 << 20  # of the tables of one worker's fold, before it gives a part away
_LINE_BITS = 40  # of a reject's number: the line; above them the piece
_PACKED = (".gz", ".bz2", ".zst", ".deflate", ".snappy", ".lz4")


def notation_of(path: str) -> str:
    """jsonl, csv or parquet, by the name."""
    name = path.lower()
    for ending in _PACKED:
        name = name.removesuffix(ending)
    for notation, endings in {
        "jsonl": (".jsonl", ".json", ".ndjson", ".log"),
        "csv": (".csv",),
        "parquet": (".parquet", ".pq"),
    }.items():
        if name.endswith(endings):
            return notation
    raise ValueError(f"{path}: by its name neither .jsonl, .csv nor .parquet; say which with format")


def fold_events(
    spark: SparkSession, events: str | list[str], work: str, format: str = "auto", fold_bytes: int = FOLD_BYTES
) -> Cells:
    """Reads a log (JSON Lines, CSV, Parquet; paths, directories or globs) and folds it to cells.

    The parts that workers make are kept under `work`. By the rules of the program's `ingest`, down to the rejects."""
    paths = [events] if isinstance(events, str) else list(events)
    files = {file.path: file for path in paths for file in hadoop.list_files(spark, path)}
    by_notation: dict[str, list[str]] = {}
    for path in files:
        by_notation.setdefault(notation_of(path) if format == "auto" else format, []).append(path)
    folders = {"jsonl": _fold_lines, "csv": _fold_texts, "parquet": _fold_tables}
    parts = [folders[notation](spark, named, fold_bytes) for notation, named in sorted(by_notation.items())]
    everything = functools.reduce(DataFrame.unionByName, parts)
    everything.write.mode("overwrite").partitionBy("what").parquet(f"{work}/parts")
    return merge_parts(spark, spark.read.schema(PARTS).parquet(f"{work}/parts"), sorted(files))


# -- in the workers


def _column(values, kind: pa.DataType) -> pa.Array:
    return pa.array(values, type=kind)


def _table(what: str, **columns: pa.Array) -> pa.RecordBatch:
    size = len(next(iter(columns.values())))
    arrays = [
        columns.get(field.name, pa.nulls(size, field.type))
        if field.name != "what"
        else pa.repeat(pa.scalar(what, pa.string()), size)
        for field in PARTS_ARROW
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=PARTS_ARROW)


class _Piece:
    """A stretch of a source that one worker reads."""

    def __init__(self, source: int, start: int):
        self.source = source
        self.start = start
        self.lines = 0


class _Folder:
    """One worker's fold, and what it says of its pieces."""

    def __init__(self, fold_bytes: int):
        self.fold = _core.Fold(fold_bytes)
        self.most = fold_bytes
        self.pieces: list[_Piece] = []

    def piece(self, source: int, start: int) -> _Piece:
        if not self.pieces or (self.pieces[-1].source, self.pieces[-1].start) != (source, start):
            self.pieces.append(_Piece(source, start))
        return self.pieces[-1]

    def number(self, line: int) -> int:
        """Of a line of the last piece; from 1."""
        return (len(self.pieces) - 1) << _LINE_BITS | line

    def full(self) -> bool:
        return self.fold.bytes() > self.most

    def take(self) -> Iterator[pa.RecordBatch]:
        part = self.fold.take()
        kinds = pa.array(part["kinds"], pa.string())
        cells, activity, facts, names = part["cells"], part["activity"], part["facts"], part["names"]
        if len(cells["account"]):
            yield _table(
                "cell",
                account=_column(cells["account"], pa.int64()),
                kind=kinds.take(pa.array(cells["kind"])),
                entity=_column(cells["entity"], pa.int64()),
                day=_column(cells["day"], pa.int32()),
                count=_column(cells["count"], pa.int64()),
                first=_column(cells["first"], pa.int64()),
                last=_column(cells["last"], pa.int64()),
            )
        for what, packed in (("activity", activity), ("facts", facts)):
            if len(packed["account"]):
                yield _table(
                    what, account=_column(packed["account"], pa.int64()), packed=arrow.binary(packed["packed"])
                )
        if len(names["key"]):
            yield _table(
                "name",
                kind=kinds.take(pa.array(names["kind"])),
                entity=_column(names["key"], pa.int64()),
                packed=arrow.binary(names["value"]),
            )
        yield from self._rejects(part["rejects"])

    def _rejects(self, rejects: list[tuple[int, str, str, bytes]]) -> Iterator[pa.RecordBatch]:
        if not rejects:
            return
        places = [self.pieces[line >> _LINE_BITS] for line, *_ in rejects]
        yield _table(
            "reject",
            account=_column([place.source for place in places], pa.int64()),
            entity=_column([place.start for place in places], pa.int64()),
            first=_column([line & ((1 << _LINE_BITS) - 1) for line, *_ in rejects], pa.int64()),
            kind=_column([field for _, field, _, _ in rejects], pa.string()),
            packed=_column(
                [
                    json.dumps({"reason": reason, "raw": raw.decode("utf-8", "replace")}).encode()
                    for _, _, reason, raw in rejects
                ],
                pa.binary(),
            ),
        )

    def take_text(self) -> Iterator[pa.RecordBatch]:
        """The part of one whole text: its rejects are numbered in it, and belong to the last piece."""
        pieces, self.pieces = self.pieces, self.pieces[-1:]
        yield from self.take()
        self.pieces = pieces

    def finish(self) -> Iterator[pa.RecordBatch]:
        yield from self.take()
        if self.pieces:
            yield _table(
                "source",
                account=_column([piece.source for piece in self.pieces], pa.int64()),
                entity=_column([piece.start for piece in self.pieces], pa.int64()),
                count=_column([piece.lines for piece in self.pieces], pa.int64()),
            )


_BOM = b"\xef\xbb\xbf"


def _without_mark(offsets: np.ndarray, content: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Without the mark at the beginning of a text."""
    if len(offsets) < 2 or content[:3].tobytes() != _BOM:
        return offsets, content
    return np.concatenate([[0], offsets[1:] - 3]), content[3:]


def _fold_lines(spark: SparkSession, paths: list[str], fold_bytes: int) -> DataFrame:
    """JSON Lines: Spark cuts the files at newlines."""
    heads = {path: hadoop.read_head(spark, path, _core.HEAD_BYTES) for path in paths}
    long_forms = {}
    for path, key in _source_keys(spark, paths).items():
        layout = _core.layout_of(heads[path], path)
        if layout["notation"] == "csv":
            raise ValueError(f"{path}: is CSV; say so with format")
        long_forms[key] = layout["long_form"]
    lines = (
        spark.read.option("lineSep", "\n")
        .text(paths)
        .select("value", _source_of_row().alias("source"), "_metadata.file_block_start")
    )

    def fold(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        folder = _Folder(fold_bytes)
        for batch in batches:
            sources = arrow.numbers(batch.column(1), np.int64)
            starts = arrow.numbers(batch.column(2), np.int64)
            for begin, end in arrow.runs(sources, starts):
                source, start = int(sources[begin]), int(starts[begin])
                piece = folder.piece(source, start)
                offsets, content = arrow.texts(batch.column(0).slice(begin, end - begin))
                if start == 0 and piece.lines == 0:
                    offsets, content = _without_mark(offsets, content)
                folder.fold.add_lines(offsets, content, folder.number(piece.lines + 1), long_forms[source])
                piece.lines += end - begin
            if folder.full():
                yield from folder.take()
        yield from folder.finish()

    return lines.mapInArrow(fold, PARTS)


def fold_values(spark: SparkSession, lines: DataFrame, label: str, fold_bytes: int = FOLD_BYTES) -> DataFrame:
    """Parts of lines (column `value`) that are of no file: `label` is their source, and rejects are numbered by the
    partitions that the lines came in."""
    source = _source_keys(spark, [label])[label]
    numbered = lines.select("value", F.spark_partition_id().cast("long").alias("part"))

    def fold(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        folder = _Folder(fold_bytes)
        for batch in batches:
            if batch.num_rows == 0:
                continue
            piece = folder.piece(source, batch.column(1)[0].as_py())
            offsets, content = arrow.texts(batch.column(0))
            folder.fold.add_lines(offsets, content, folder.number(piece.lines + 1), True)
            piece.lines += batch.num_rows
            if folder.full():
                yield from folder.take()
        yield from folder.finish()

    return numbered.mapInArrow(fold, PARTS)


def _fold_texts(spark: SparkSession, paths: list[str], fold_bytes: int) -> DataFrame:
    """CSV: a record may hold newlines, so one worker reads all of a file."""
    keys = _source_keys(spark, paths)
    named = {key: path for path, key in keys.items()}
    texts = spark.read.text(paths, wholetext=True).select(
        "value", _source_of_row().alias("source")
    )

    def fold(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        folder = _Folder(fold_bytes)
        for batch in batches:
            for value, source in zip(batch.column(0), batch.column(1)):
                piece = folder.piece(source.as_py(), 0)
                path = named[piece.source]
                # Numbers of lines begin anew in each source: what was rejected before is given away first.
                piece.lines = folder.fold.add_text(
                    bytes(value.as_buffer() or b""), path, not path.lower().endswith(_PACKED)
                )
                yield from folder.take_text()
        yield from folder.finish()

    return texts.mapInArrow(fold, PARTS)


def _fold_tables(spark: SparkSession, paths: list[str], fold_bytes: int) -> DataFrame:
    """Parquet: a row is a line. Files of different columns are read by themselves: Spark would take those of one file for
    all, and what the others have beside them would be lost."""
    alike: dict[str, list[str]] = {}
    for path in paths:
        alike.setdefault(hadoop.parquet_schema(spark, path), []).append(path)
    tables = [_fold_alike(spark, named, fold_bytes) for named in alike.values()]
    return functools.reduce(DataFrame.unionByName, tables)


def _fold_alike(spark: SparkSession, paths: list[str], fold_bytes: int) -> DataFrame:
    keys = _source_keys(spark, paths)
    named = {key: path for path, key in keys.items()}
    table = spark.read.parquet(*paths)
    columns = [F.col(f"`{name}`") for name in table.columns]
    rows = table.select(
        *columns,
        _source_of_row().alias("__source"),
        F.col("_metadata.row_index").alias("__row"),
    )

    def fold(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        folder = _Folder(fold_bytes)
        for batch in batches:
            sources = arrow.numbers(batch.column(batch.num_columns - 2), np.int64)
            places = arrow.numbers(batch.column(batch.num_columns - 1), np.int64)
            ours = batch.select(list(range(batch.num_columns - 2)))
            for begin, end in arrow.runs(sources, places - np.arange(len(places))):
                piece = folder.piece(int(sources[begin]), 0)
                _add_batch(folder.fold, ours.slice(begin, end - begin), folder.number(int(places[begin]) + 1), named)
                piece.lines += end - begin
            if folder.full():
                yield from folder.take()
        yield from folder.finish()

    return rows.mapInArrow(fold, PARTS)


def _add_batch(fold, batch: pa.RecordBatch, number: int, named: dict[int, str]) -> None:
    from pyarrow.cffi import ffi

    schema = ffi.new("struct ArrowSchema*")
    array = ffi.new("struct ArrowArray*")
    schema_at, array_at = int(ffi.cast("uintptr_t", schema)), int(ffi.cast("uintptr_t", array))
    batch._export_to_c(array_at, schema_at)
    fold.add_batch(schema_at, array_at, number, ", ".join(sorted(named.values())[:3]))


def _source_of_row() -> Column:
    """The key of the file that a row came from; its metadata have the name as part of an address ("one%20file")."""
    return F.xxhash64(F.expr("url_decode(replace(_metadata.file_path, '+', '%2B'))"))


def _source_keys(spark: SparkSession, paths: list[str]) -> dict[str, int]:
    frame = spark.createDataFrame([(path,) for path in paths], "path string")
    return {row.path: row.key for row in frame.select("path", F.xxhash64("path").alias("key")).collect()}


# -- parts into one


def merge_parts(spark: SparkSession, parts: DataFrame, files: list[str]) -> Cells:
    def of(what: str) -> DataFrame:
        return parts.where(F.col("what") == what)

    cells = (
        of("cell")
        .groupBy("account", "kind", "entity", "day")
        .agg(
            F.least(F.sum("count"), F.lit(2**32 - 1)).alias("count"),
            F.min("first").alias("first"),
            F.max("last").alias("last"),
        )
    )
    names = of("name").select("kind", F.col("entity").alias("key"), F.col("packed").alias("value")).distinct()
    paths = spark.createDataFrame([(path,) for path in files], "file string").withColumn("source", F.xxhash64("file"))
    pieces = of("source").select(
        F.col("account").alias("source"), F.col("entity").alias("start"), F.col("count").alias("lines")
    )
    rejects = _rejects(of("reject"), pieces).join(F.broadcast(paths), "source").drop("source")
    lines = pieces.groupBy("source").agg(F.sum("lines").alias("lines"))
    rejected = _rejects(of("reject"), pieces).groupBy("source").agg(F.count("*").alias("rejected"))
    sources = (
        paths.join(lines, "source", "left")
        .join(rejected, "source", "left")
        .select("file", F.coalesce("lines", F.lit(0)).alias("lines"), F.coalesce("rejected", F.lit(0)).alias("rejected"))
    )
    return Cells(
        cells=cells,
        activity=_merge_packed(of("activity"), "activity"),
        facts=_merge_packed(of("facts"), "facts"),
        names=names,
        rejects=rejects.select("file", "line", "field", "reason", "raw"),
        sources=sources,
    )


def _rejects(rejects: DataFrame, pieces: DataFrame) -> DataFrame:
    """With lines counted from the beginning of their source."""
    before = pieces.alias("p").join(pieces.alias("q"), F.expr("p.source = q.source and q.start < p.start"), "left")
    begin = before.groupBy("p.source", "p.start").agg(F.coalesce(F.sum("q.lines"), F.lit(0)).alias("before"))
    said = F.from_json(F.col("packed").cast("string"), "reason string, raw string")
    return (
        rejects.select(
            F.col("account").alias("source"),
            F.col("entity").alias("start"),
            F.col("first").alias("place"),
            F.col("kind").alias("field"),
            said.alias("said"),
        )
        .join(begin, ["source", "start"])
        .select("source", (F.col("place") + F.col("before")).alias("line"), "field", "said.reason", "said.raw")
    )


def _merge_packed(parts: DataFrame, what: str) -> DataFrame:
    """One row an account."""
    schema = pa.schema([("account", pa.int64()), ("packed", pa.binary())])

    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        merge = _core.merge_activity if what == "activity" else _core.merge_facts
        for batch in batches:
            packed = [
                pieces[0] if len(pieces) == 1 else merge(pieces) for pieces in batch.column(1).to_pylist()
            ]
            yield pa.RecordBatch.from_arrays([batch.column(0), pa.array(packed, pa.binary())], schema=schema)

    grouped = parts.groupBy("account").agg(F.collect_list("packed").alias("pieces"))
    return grouped.mapInArrow(run, "account long, packed binary")
