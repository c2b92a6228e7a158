"""The heavy stages of detection in the executors: pairs in blocks of rows, clustering in bins of components.

The core on the driver calls Workers from inside detection. Whole numbers, sets and maxima are all that blocks hand back,
so the answer does not depend on their number or order."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from ringscope_spark import _core, hadoop
from ringscope_spark.arrow import numbers
from ringscope_spark.blocks import (
    ACCOUNT, ATTACH, CORE, EDGE, GROUPS_OUT, HELD, NEAR, PAIRS_OUT, THING, TOUCH, BlockError, block_task, cluster_bin,
    component_at_fault, fill, rows_of,
)
from ringscope_spark.clock import Clock
from ringscope_spark.components import components

BLOCK_PAIRS = 20_000_000  # steps of the inner loop a block should take
BIN_PAIRS = 2_000_000  # kept pairs a bin of components should have


def row_blocks(columns: dict, blocks: int | None, least: int = 1) -> np.ndarray:
    """Where blocks of rows begin, and the end: accounts in their order, cut so that blocks have like numbers of pairs.

    A thing of many accounts is cut with its rows, so no block has all of a hub's pairs."""
    left, right, rarity = columns["edge_left"], columns["edge_right"], columns["rarity"]
    part = rarity[right] > 0
    left, right = left[part], right[part]
    order = np.argsort(right, kind="stable")
    left, right = left[order], right[order]
    count = np.bincount(right, minlength=len(rarity)) if len(right) else np.zeros(len(rarity), np.int64)
    start = np.concatenate([[0], np.cumsum(count)])[:-1]
    after = count[right] - 1 - (np.arange(len(right)) - start[right])
    cost = np.bincount(left, weights=after, minlength=columns["lefts"])
    total = np.concatenate([[0.0], np.cumsum(cost)])
    if blocks is None:
        blocks = max(least, int(np.ceil(total[-1] / BLOCK_PAIRS)))
    cuts = np.searchsorted(total, total[-1] * np.arange(1, blocks) / blocks)
    return np.unique(np.concatenate([[0], cuts, [columns["lefts"]]])).astype(np.int64)


class Workers:
    """What _core.detect() hands its heavy stages to."""

    def __init__(self, spark: SparkSession, work: str, blocks: int | None = None):
        self.spark = spark
        self.work = work
        self.blocks = blocks
        self.seconds: dict[str, float] = {}  # by stage
        self.cpu_seconds: dict[str, float] = {}
        self.pairs = 0  # kept
        self._edges: DataFrame | None = None
        self._passes = 0
        self._scratch = tempfile.TemporaryDirectory(prefix="ringscope-spark-")

    # -- called by the core

    def corroborate(self, columns: dict, other_layers: bool, most_p: float, chance_links: float) -> dict:
        def run(task, block: int) -> pa.Table:
            said = task.corroborate(other_layers, most_p, chance_links)
            bins = np.flatnonzero(said["counts"])
            return rows_of(
                (NEAR, bins, said["counts"][bins].astype(np.int64), None, None),
                (CORE, said["right"], said["left"], said["other"], None),
            )

        table = self._timed("corroborate", lambda: self._over_blocks(columns, run))
        what = numbers(table["what"], np.int8)
        counts = np.zeros(1024, dtype=np.uint64)
        of_bins = what == NEAR
        np.add.at(counts, numbers(table["a"], np.int64)[of_bins], numbers(table["b"], np.uint64)[of_bins])
        joins = what == CORE
        return {
            "counts": counts,
            "right": _narrow(table["a"], joins),
            "left": _narrow(table["b"], joins),
            "other": _narrow(table["c"], joins),
        }

    def keep_pairs(self, columns: dict, least_surprise: float, vouch_core: float, vouch_attach: float) -> dict:
        def run(task, block: int) -> pa.Table:
            said = task.keep(least_surprise, vouch_core, vouch_attach)
            near = said["near_misses"]
            return rows_of(
                *((what, said[name]["u"], said[name]["v"], None, said[name]["weight"])
                  for what, name in ((CORE, "core"), (ATTACH, "attach"))),
                (NEAR, near["account"], near["other"], None, near["surprise"]),
            )

        table = self._timed("keep pairs", lambda: self._over_blocks(columns, run))
        what = numbers(table["what"], np.int8)

        def of(number: int, *names: str) -> dict:
            rows = what == number
            first, second, third = names
            return {
                first: _narrow(table["a"], rows),
                second: _narrow(table["b"], rows),
                third: np.ascontiguousarray(numbers(table["w"], np.float32)[rows]),
            }

        self.pairs = int(np.count_nonzero(what != NEAR))
        return {
            "core": of(CORE, "u", "v", "weight"),
            "attach": of(ATTACH, "u", "v", "weight"),
            "near_misses": of(NEAR, "account", "other", "surprise"),
        }

    def cluster(self, edge_left, edge_right, bits, core: dict, attach: dict, held, settings: dict) -> dict:
        pairs = self._table(
            "pairs",
            {
                "what": np.repeat(np.array([CORE, ATTACH], np.int8), [len(core["u"]), len(attach["u"])]),
                "u": np.concatenate([core["u"], attach["u"]]).astype(np.int64),
                "v": np.concatenate([core["v"], attach["v"]]).astype(np.int64),
                "w": np.concatenate([core["weight"], attach["weight"]]),
            },
        )
        if len(core["u"]) + len(attach["u"]) == 0:
            return _no_groups()
        found = self._timed("components", lambda: components(self.spark, pairs, f"{self.work}/components"))
        touches = self._table(
            "touches", {"a": edge_left.astype(np.int64), "b": edge_right.astype(np.int64), "w": bits[edge_right]}
        )
        kept = self._table("held", {"a": np.flatnonzero(held).astype(np.int64)})
        return self._timed("cluster", lambda: self._over_bins(pairs, found, touches, kept, bool(len(held)), settings))

    # -- blocks of rows

    def _over_blocks(self, columns: dict, run: Callable) -> pa.Table:
        bounds = row_blocks(columns, self.blocks, self.spark.sparkContext.defaultParallelism)
        blocks = self._blocks(columns, bounds)
        intensity, layers = np.array(columns["intensity"]), int(columns["layers"])
        first_of, end_of = bounds[:-1].tolist(), bounds[1:].tolist()

        def work(table: pa.Table) -> pa.Table:
            block = table["block"][0].as_py()
            try:
                task = block_task(intensity.tobytes(), layers)
                fill(task, table, first_of[block], end_of[block])
                return run(task, block)
            except _core.CoreError as error:
                raise BlockError(f"block {block}, accounts {first_of[block]} to {end_of[block] - 1}: {error}") from error

        return blocks.groupBy("block").applyInArrow(work, PAIRS_OUT).toArrow()

    def _blocks(self, columns: dict, bounds: np.ndarray) -> DataFrame:
        self._passes += 1
        name = f"pass-{self._passes}"
        if self._edges is None:
            self._edges = self._table(
                "edges",
                {"left": columns["edge_left"].astype(np.int64), "right": columns["edge_right"].astype(np.int64)},
            )
        part = np.flatnonzero(columns["rarity"] > 0)
        nothing = np.zeros(len(columns["rarity"]), np.float32)
        told = [columns["rarity"], columns["with_consequences"]]
        told += [columns.get("observed", nothing), columns.get("fitted", nothing)]
        packed = columns["layer"].astype(np.int64) << 32 | columns["degree"].astype(np.int64)
        things = self._table(
            f"{name}-things",
            {"right": part, "packed": packed[part]},
            numbers_=np.column_stack([np.asarray(values)[part] for values in told]),
        )
        lefts = np.arange(columns["lefts"])
        scales = np.asarray(columns["left_scale"])
        accounts = self._table(
            f"{name}-accounts",
            {"left": lefts, "block": (np.searchsorted(bounds, lefts, side="right") - 1).astype(np.int32)},
            numbers_=scales.reshape(len(lefts), len(scales) // max(1, len(lefts))),
        )
        firsts = self._table(
            f"{name}-firsts", {"block": np.arange(len(bounds) - 1, dtype=np.int32), "first": bounds[:-1]}
        )
        edges = self._edges.join(things.select("right"), "right")
        touched = edges.join(accounts.select("left", "block"), "left").select("block", "right").distinct()
        needed = (
            touched.join(edges, "right").join(F.broadcast(firsts), "block").where("left >= first")
            .select("block", "left", "right")
        )
        none = F.lit(None).cast("array<float>")
        of_things = touched.join(things, "right").select(
            "block", F.lit(THING).cast("tinyint").alias("what"), F.col("right").alias("a"),
            F.col("packed").alias("b"), "numbers",
        )
        of_accounts = needed.select("block", "left").distinct().join(accounts.select("left", "numbers"), "left").select(
            "block", F.lit(ACCOUNT).cast("tinyint").alias("what"), F.col("left").alias("a"),
            F.lit(0).cast("long").alias("b"), "numbers",
        )
        of_edges = needed.select(
            "block", F.lit(EDGE).cast("tinyint").alias("what"), F.col("left").alias("a"),
            F.col("right").alias("b"), none.alias("numbers"),
        )
        return of_things.union(of_accounts).union(of_edges)

    # -- bins of components

    def _over_bins(self, pairs, found, touches, held, any_held: bool, settings: dict) -> dict:
        sizes = pairs.join(found, pairs.u == found.vertex).groupBy("component").agg(F.count("*").alias("pairs"))
        told = sizes.agg(F.sum("pairs").alias("pairs")).first()
        bins = max(self.spark.sparkContext.defaultParallelism, int(np.ceil(told.pairs / BIN_PAIRS)))
        # A large component has a bin of its own; small ones share, by a hash, so that bins are alike.
        large = [row.component for row in sizes.where(F.col("pairs") > BIN_PAIRS // 2).collect()]
        shared = F.pmod(F.xxhash64("component"), F.lit(bins)).cast("long")
        own = F.when(F.col("component").isin(large), -1 - F.col("component")) if large else F.lit(None)
        binned = found.select("vertex", F.coalesce(own, shared).alias("bin"))

        def at(frame: DataFrame, key: str, what, second, weight) -> DataFrame:
            return frame.join(binned, F.col(key) == F.col("vertex")).select(
                "bin", what, F.col(key).alias("a"), second, weight.cast("float").alias("w")
            )

        rows = (
            at(pairs, "u", F.col("what"), F.col("v").alias("b"), F.col("w"))
            .union(at(touches, "a", F.lit(TOUCH).cast("tinyint").alias("what"), F.col("b"), F.col("w")))
            .union(at(held, "a", F.lit(HELD).cast("tinyint").alias("what"),
                      F.lit(0).cast("long").alias("b"), F.lit(0)))
        )

        def work(table: pa.Table) -> pa.Table:
            try:
                return cluster_bin(table, any_held, settings)
            except _core.CoreError as error:
                bin_, at_fault = table["bin"][0].as_py(), component_at_fault(table, any_held, settings)
                raise BlockError(f"bin {bin_}, {at_fault}: {error}") from error

        groups = rows.groupBy("bin").applyInArrow(work, GROUPS_OUT).toArrow()
        members, cohesion = groups["members"].combine_chunks(), groups["cohesion"].combine_chunks()
        if not len(groups):
            return _no_groups()
        return {
            "first": numbers(groups["first"], np.uint32),
            "size": numbers(pc.list_value_length(members), np.uint32),
            "member": numbers(members.flatten(), np.uint32),
            "cohesion": numbers(cohesion.flatten(), np.float32),
        }

    # -- what goes between the driver's core and Spark

    def _table(self, name: str, columns: dict, numbers_: np.ndarray | None = None) -> DataFrame:
        """Columns as Parquet that Spark reads; `numbers_` becomes a column of lists."""
        arrays = {key: pa.array(values) for key, values in columns.items()}
        if numbers_ is not None:
            flat = pa.array(np.ascontiguousarray(numbers_, dtype=np.float32).reshape(-1))
            offsets = pa.array(np.arange(len(numbers_) + 1, dtype=np.int32) * numbers_.shape[1])
            arrays["numbers"] = pa.ListArray.from_arrays(offsets, flat)
        local = Path(self._scratch.name) / f"{name}.parquet"
        pq.write_table(pa.table(arrays), local)
        hadoop.put(self.spark, str(local), f"{self.work}/{name}.parquet")
        local.unlink()
        return self.spark.read.parquet(f"{self.work}/{name}.parquet")

    def _timed(self, stage: str, run: Callable):
        clock = Clock()
        result = run()
        clock.stage(stage)
        self.seconds[stage] = self.seconds.get(stage, 0.0) + clock.seconds[stage]
        self.cpu_seconds[stage] = self.cpu_seconds.get(stage, 0.0) + clock.cpu_seconds[stage]
        return result


def _narrow(column, rows: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(numbers(column, np.int64)[rows].astype(np.uint32))


def _no_groups() -> dict:
    return {
        "first": np.zeros(0, np.uint32),
        "size": np.zeros(0, np.uint32),
        "member": np.zeros(0, np.uint32),
        "cohesion": np.zeros(0, np.float32),
    }
