"""Connected components of pairs, by stars.

Kiveris et al., "Connected Components in MapReduce and Beyond" (SoCC 2014): large stars and small stars in turn, until
nothing changes; O(log^2 n) rounds. Ids are 64-bit numbers. Each round is written and read again as Parquet, so that what
a lost executor recomputes is what was there, and plans do not grow."""

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

MOST_ROUNDS = 100


class ComponentsError(RuntimeError):
    """The answer is not one: it is not handed on."""


def _kept(spark: SparkSession, frame: DataFrame, path: str) -> DataFrame:
    frame.write.mode("overwrite").parquet(path)
    return spark.read.parquet(path)


def _large_star(edges: DataFrame) -> DataFrame:
    both = edges.union(edges.select(F.col("v").alias("u"), F.col("u").alias("v")))
    least = both.groupBy("u").agg(F.min("v").alias("m")).select("u", F.least("u", "m").alias("m"))
    return both.where("v > u").join(least, "u").select(F.col("v").alias("u"), F.col("m").alias("v")).distinct()


def _small_star(edges: DataFrame) -> DataFrame:
    down = edges.select(F.greatest("u", "v").alias("u"), F.least("u", "v").alias("v")).where("u > v")
    least = down.groupBy("u").agg(F.min("v").alias("m"))
    stars = down.join(least, "u").where("v > m").select(F.col("v").alias("u"), F.col("m").alias("v"))
    return stars.union(least.select("u", F.col("m").alias("v"))).distinct()


def _state(edges: DataFrame) -> tuple:
    hashed = F.xxhash64("u", "v")
    row = edges.agg(F.count("*").alias("n"), F.bit_xor(hashed).alias("x"), F.sum(hashed % 1000003).alias("s")).first()
    return row.n, row.x, row.s


def components(spark: SparkSession, pairs: DataFrame, checkpoint: str) -> DataFrame:
    """Of pairs (u, v): one row (vertex, component) for each vertex of a pair; a component is called by its smallest
    vertex. `checkpoint` is a directory for the rounds. Raises ComponentsError when both ends of some pair do not agree."""
    edges = _kept(spark, pairs.select(F.col("u").cast("long"), F.col("v").cast("long")).where("u <> v").distinct(),
                  f"{checkpoint}/round-0")
    start = edges
    before = None
    for round_number in range(1, MOST_ROUNDS + 1):
        edges = _kept(spark, _small_star(_large_star(edges)), f"{checkpoint}/round-{round_number}")
        state = _state(edges)
        if state == before:
            break
        before = state
    else:
        raise ComponentsError(f"components have not settled after {MOST_ROUNDS} rounds")
    members = edges.select(F.col("u").alias("vertex"), F.col("v").alias("component"))
    roots = members.select("component").distinct().select(F.col("component").alias("vertex"), "component")
    found = _kept(spark, members.union(roots).distinct(), f"{checkpoint}/components")
    _verify(start, found)
    return found


def _verify(edges: DataFrame, found: DataFrame) -> None:
    def side(name: str) -> DataFrame:
        return found.select(F.col("vertex").alias(name), F.col("component").alias(f"{name}_component"))

    torn = (
        edges.join(side("u"), "u", "left")
        .join(side("v"), "v", "left")
        .where(~F.col("u_component").eqNullSafe(F.col("v_component")) | F.col("u_component").isNull())
        .first()
    )
    if torn is not None:
        raise ComponentsError(
            f"the pair {torn.u}, {torn.v} lies in the components {torn.u_component} and {torn.v_component}"
        )
    twice = found.groupBy("vertex").count().where("count > 1").first()
    if twice is not None:
        raise ComponentsError(f"vertex {twice.vertex} lies in {twice['count']} components")
