"""A Spark session with what the distributed run needs."""

import os
import sys
from pathlib import Path

from pyspark import SparkConf, SparkContext
from pyspark.sql import SparkSession

# What Python workers need beside the JVM's heap: the fold's tables and one batch of Arrow, or one block of pairs.
WORKER_OVERHEAD_MIB = 512
# The native code must not start pools of its own: one task is one thread.
ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "ARROW_IO_THREADS")}


def package_root() -> str:
    """The directory that Python workers need on their path."""
    return str(Path(__file__).parent.parent.absolute())


# What the answer rests on. Adaptive execution changes partitions between a query and its repetition; ids would not follow.
NEEDED = {
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "20000",
    "spark.sql.session.timeZone": "UTC",
}


def settings(overhead_mib: int = WORKER_OVERHEAD_MIB) -> dict[str, str]:
    """Settings of a session, for those who make their own (spark-submit --conf)."""
    path = os.pathsep.join(filter(None, [package_root(), os.environ.get("PYTHONPATH", "")]))
    conf = {
        "spark.executor.memoryOverhead": f"{overhead_mib}m",
        "spark.executorEnv.PYTHONPATH": path,
        "spark.python.worker.faulthandler.enabled": "true",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "8",
    }
    conf |= {f"spark.executorEnv.{name}": value for name, value in ONE_THREAD.items()}
    return conf | NEEDED


def session(master: str | None = None, app: str = "ringscope", conf: dict[str, str] | None = None) -> SparkSession:
    """A session with settings() where spark-submit and spark-defaults.conf have none of their own, but always with
    NEEDED; `conf` goes over all of them. A session that is there keeps what it has beside NEEDED and `conf`. The master
    is the environment's unless it is given."""
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    path = os.environ.get("PYTHONPATH", "")
    if package_root() not in path.split(os.pathsep):
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [package_root(), path]))
    os.environ.update({name: value for name, value in ONE_THREAD.items() if name not in os.environ})
    given = ({"spark.master": master} if master else {}) | (conf or {})
    builder = SparkSession.builder.appName(app)
    for key, value in (_unset(given) | NEEDED | given).items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def _unset(given: dict[str, str]) -> dict[str, str]:
    """Those of settings() that nobody set."""
    if SparkContext._active_spark_context is not None:
        return {}
    # Java is started with what was given: some of it (the driver's memory) cannot be changed afterwards.
    SparkContext._ensure_initialized(conf=SparkConf(loadDefaults=False).setAll(list(given.items())))
    there = SparkConf()
    return {key: value for key, value in settings().items() if not there.contains(key)}
