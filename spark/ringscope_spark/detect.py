"""The whole way: events in a lake to rings in a lake."""

import hashlib
import json
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from ringscope_spark import _core, hadoop
from ringscope_spark.clock import Clock
from ringscope_spark.events import FOLD_BYTES, fold_events
from ringscope_spark.store import import_cells
from ringscope_spark.tables import Cells

# Level and format of what is written, and the file.
EXPORTS = [
    ("rings", "jsonl", "rings.jsonl"),
    ("rings", "parquet", "rings.parquet"),
    ("accounts", "csv", "accounts.csv"),
    ("accounts", "parquet", "accounts.parquet"),
    ("evidence", "parquet", "evidence.parquet"),
]


@dataclass
class Result:
    out: str
    summary: dict  # the run's, as `detect --json` has it
    rejected: int = 0  # lines
    seconds: dict[str, float] = field(default_factory=dict)  # by stage
    cpu_seconds: dict[str, float] = field(default_factory=dict)  # of all processes on this machine, by stage

    def rings(self, spark: SparkSession) -> DataFrame:
        return spark.read.parquet(f"{self.out}/rings.parquet")

    def accounts(self, spark: SparkSession) -> DataFrame:
        return spark.read.parquet(f"{self.out}/accounts.parquet")

    def evidence(self, spark: SparkSession) -> DataFrame:
        return spark.read.parquet(f"{self.out}/evidence.parquet")

    def rejects(self, spark: SparkSession) -> DataFrame:
        return spark.read.parquet(f"{self.out}/cells/rejects")


def source_of(spark: SparkSession, events: list[str]) -> str:
    """A name of the files as they are now, so that they go into a store once."""
    said = "".join(
        f"{file.path} {file.size} {file.modified}\n" for path in events for file in hadoop.list_files(spark, path)
    )
    return "spark-" + hashlib.sha256(said.encode()).hexdigest()[:32]


def detect(
    spark: SparkSession,
    events: str | list[str],
    out: str,
    config: str | None = None,
    store: str | None = None,
    format: str = "auto",
    distribute: bool = True,
    memory_bytes: int = 0,
    fold_bytes: int = FOLD_BYTES,
    blocks: int | None = None,
    keep_store: bool = False,
) -> Result:
    """Rings of a log.

    `out` gets the cells and the exports of the program (rings, accounts, evidence). `store` is a local directory for
    the store that the core works in: one that is there has its ledger carried on, so that rings keep their ids over the
    runs; without it a temporary one is made. `keep_store` puts a copy of it beside the exports. `distribute` counts pairs and finds components in the executors; without
    it the core does. The answer is the same."""
    from ringscope_spark.pairs import Workers

    paths = [events] if isinstance(events, str) else list(events)
    clock = Clock()
    cells_at = f"{out}/cells"
    source = source_of(spark, paths)
    folded = fold_events(spark, paths, f"{out}/work", format=format, fold_bytes=fold_bytes)
    clock.stage("read")
    folded.write(cells_at)
    clock.stage("merge")
    hadoop.remove(spark, f"{out}/work/parts")
    cells = Cells.read(spark, cells_at)
    scratch = Path(tempfile.mkdtemp(prefix="ringscope-spark-"))
    try:
        place = str(Path(store).absolute()) if store else str(scratch / "ringscope.db")
        import_cells(cells, place, source, ", ".join(paths))
        clock.stage("import")
        workers = Workers(spark, f"{out}/work", blocks=blocks) if distribute else None
        summary = json.loads(_core.detect(place, config or "", memory_bytes, 0, workers))
        clock.stage("detect")
        if workers is not None:
            clock.seconds |= {f"detect: {name}": spent for name, spent in workers.seconds.items()}
            clock.cpu_seconds |= {f"detect: {name}": spent for name, spent in workers.cpu_seconds.items()}
        write_exports(spark, place, out, scratch)
        if keep_store:
            hadoop.remove(spark, f"{out}/ringscope.db")
            hadoop.put(spark, place, f"{out}/ringscope.db")
        clock.stage("export")
        rejected = int(cells.sources.agg(F.sum("rejected")).first()[0] or 0)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    hadoop.remove(spark, f"{out}/work")
    return Result(out, summary, rejected, clock.seconds, clock.cpu_seconds)


def write_exports(spark: SparkSession, store: str, out: str, scratch: Path) -> None:
    for level, format, name in EXPORTS:
        local = scratch / name
        _core.export(store, level, format, str(local))
        hadoop.put(spark, str(local), f"{out}/{name}")
