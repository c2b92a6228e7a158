"""What is usually done with pairs on Spark, held against our rings on the same pairs of a simulated world: connected
components, and label propagation as GraphFrames has it (synchronous, unweighted, five rounds), here by joins of tables."""

import csv
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from conftest import program
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from ringscope_spark import components, detect, session
from ringscope_spark.clock import Clock
from ringscope_spark.pairs import Workers
from ringscope_spark.tables import in_key_order

ROUNDS = 5
LEAST_SIZE = 3  # accounts of what is called a ring here


class Pairs:
    """What the clustering of a run was given and what it said, kept on the way."""

    def __init__(self, directory: Path):
        self.file = directory / "pairs.parquet"
        self.groups: list[np.ndarray] = []
        self.accounts = 0

    def watch(self) -> None:
        whole = Workers.cluster

        def cluster(workers, edge_left, edge_right, bits, core, attach, held, settings):
            ends = {end: np.concatenate([core[end], attach[end]]).astype(np.int64) for end in ("u", "v")}
            pq.write_table(pa.table(ends), self.file)
            self.accounts = int(edge_left.max()) + 1
            said = whole(workers, edge_left, edge_right, bits, core, attach, held, settings)
            self.groups = np.split(said["member"], np.cumsum(said["size"])[:-1])
            return said

        Workers.cluster = cluster


def label_propagation(spark: SparkSession, pairs: DataFrame, work: str) -> DataFrame:
    """(vertex, component): each vertex takes the label that most of its neighbours have; of several the smallest."""
    both = pairs.union(pairs.select(F.col("v").alias("u"), F.col("u").alias("v"))).distinct()
    both.write.mode("overwrite").parquet(f"{work}/both")
    both = spark.read.parquet(f"{work}/both")
    labels = both.select(F.col("u").alias("vertex"), F.col("u").alias("component")).distinct()
    for number in range(ROUNDS):
        heard = both.join(labels, both.v == labels.vertex).groupBy("u", "component").count()
        best = heard.groupBy("u").agg(F.max(F.struct("count", (-F.col("component")).alias("label"))).alias("best"))
        labels = best.select(F.col("u").alias("vertex"), (-F.col("best.label")).alias("component"))
        labels.write.mode("overwrite").parquet(f"{work}/labels-{number}")
        labels = spark.read.parquet(f"{work}/labels-{number}")
    return labels


def names_of(spark: SparkSession, cells: str, accounts: int) -> list[str]:
    """The accounts in the order of their keys, which is that of the core's numbers."""
    rows = spark.read.parquet(f"{cells}/names").where("kind = ''").orderBy(in_key_order(F.col("key"))).select("value").collect()
    assert len(rows) == accounts, f"{len(rows)} names of {accounts} accounts"
    return [bytes(row.value).decode() for row in rows]


def judged(directory: Path, name: str, groups: list, names: list[str], truth: Path) -> dict:
    """What `evaluate` says of groups of numbers."""
    file = directory / f"{name}.csv"
    with file.open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["account", "ring"])
        rows.writerows((names[member], f"g{n}") for n, group in enumerate(groups) for member in group)
    return json.loads(program("evaluate", str(truth), str(file), "--min-size", str(LEAST_SIZE)))


def peers(directory: Path, log: Path, master: str) -> None:
    spark = session(master, conf={"spark.driver.memory": "3g"})
    spark.sparkContext.setLogLevel("ERROR")
    kept = Pairs(directory)
    kept.watch()
    result = detect(spark, str(log), str(directory / "lake"))
    names = names_of(spark, str(directory / "lake/cells"), kept.accounts)
    truth = log.parent / "truth.csv"
    told = {}

    def timed(name: str, run) -> None:
        clock = Clock()
        rows = run().select("component", "vertex").toArrow()
        clock.stage(name)
        of = rows["component"].to_numpy()
        order = np.argsort(of, kind="stable")
        groups = np.split(rows["vertex"].to_numpy()[order], np.flatnonzero(np.diff(of[order])) + 1)
        told[name] = (clock.seconds[name], clock.cpu_seconds[name], judged(directory, name, groups, names, truth))

    pairs = spark.read.parquet(str(kept.file))
    timed("components", lambda: components(spark, pairs, str(directory / "components")))
    timed("label propagation", lambda: label_propagation(spark, pairs, str(directory / "labels")))
    ours = [sum(spent[f"detect: {stage}"] for stage in ("components", "cluster"))
            for spent in (result.seconds, result.cpu_seconds)]
    told["our communities"] = (*ours, judged(directory, "communities", kept.groups, names, truth))
    whole = [sum(spent[name] for name in spent if name == "detect") for spent in (result.seconds, result.cpu_seconds)]
    for name, tiers in (("our rings, every tier", []), ("our rings, ban and review", ["--tier", "ban,review"])):
        said = program("evaluate", str(truth), str(directory / "lake/accounts.csv"), "--min-size", str(LEAST_SIZE), *tiers)
        told[name] = (*whole, json.loads(said))
    print(f"{pairs.count():,} pairs of {kept.accounts:,} accounts, {master}")
    print("| | wall s | processor s | precision | recall | B-cubed F1 | true rings found | honest accounts hit |")
    print("|---|---|---|---|---|---|---|---|")
    for name, (wall, processor, said) in told.items():
        print(f"| {name} | {wall:.0f} | {processor:.0f} | {said['precision']:.3f} | {said['recall']:.3f} | "
              f"{said['b3']['f1']:.3f} | {said['rings_found']} of {said['rings']} | {said['honest_accounts_hit']} |")
