"""What lies between the stages, as tables.

Keys are the bits of 64-bit XXH3 hashes, so those of the upper half are negative here; in_key_order() sorts them as the
core does. Times are UTC epoch seconds, days epoch days; a row without time has the smallest number of its type."""

from dataclasses import dataclass, fields

import pyarrow as pa
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

# One table out of the workers; `what` says which of the tables below a row is of.
PARTS = (
    "what string, account long, kind string, entity long, day int, count long, first long, last long, packed binary"
)
PARTS_ARROW = pa.schema(
    [
        ("what", pa.string()),
        ("account", pa.int64()),
        ("kind", pa.string()),
        ("entity", pa.int64()),
        ("day", pa.int32()),
        ("count", pa.int64()),
        ("first", pa.int64()),
        ("last", pa.int64()),
        ("packed", pa.binary()),
    ]
)


@dataclass(frozen=True)
class Cells:
    """A log, folded."""

    cells: DataFrame  # account, kind, entity, day, count, first, last: one row an account, thing and day
    activity: DataFrame  # account, packed: what it did, day by day
    facts: DataFrame  # account, packed: sign-up, plan, status
    names: DataFrame  # kind ("" of accounts), key, value: the text behind a key
    rejects: DataFrame  # file, line, field, reason, raw
    sources: DataFrame  # file, lines, rejected

    def write(self, path: str) -> None:
        for field in fields(self):
            getattr(self, field.name).write.mode("overwrite").parquet(f"{path}/{field.name}")

    @classmethod
    def read(cls, spark: SparkSession, path: str) -> "Cells":
        return cls(**{field.name: spark.read.parquet(f"{path}/{field.name}") for field in fields(cls)})


def in_key_order(column: Column) -> Column:
    """For sorting: ascending as the core compares keys, which have no sign."""
    return column.bitwiseXOR(F.lit(-(2**63)))
