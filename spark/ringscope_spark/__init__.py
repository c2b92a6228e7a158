"""Rings of coordinated accounts from Apache Spark.

Spark reads, moves and joins the data; ringscope's C++ core reads lines, tests pairs and judges. On data that fits one
machine the answer is byte for byte that of the `ringscope` program.

    from ringscope_spark import session, detect
    spark = session(master="local[2]")
    result = detect(spark, events="s3a://lake/events", out="s3a://lake/rings", config="ringscope.toml")
    result.rings(spark).show()
"""

import pyarrow.parquet  # noqa: F401  (first: the core takes the libraries of Arrow that are there)

from ringscope_spark import _core  # noqa: F401  (what follows needs it)
from ringscope_spark.components import components
from ringscope_spark.detect import Result, detect
from ringscope_spark.events import fold_events
from ringscope_spark.session import session
from ringscope_spark.store import import_cells
from ringscope_spark.tables import Cells

__all__ = ["Cells", "Result", "components", "detect", "fold_events", "import_cells", "session"]
