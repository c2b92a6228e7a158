"""The command ringscope-spark."""

import argparse
import json
import sys
from pathlib import Path

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException

from ringscope_spark.plan import MEASURED, estimate, table_of


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ringscope-spark", description="Rings of coordinated accounts from Apache Spark")
    parser.add_argument("--master", help="Spark's master; default: the environment's (spark-submit)")
    parser.add_argument("--conf", action="append", default=[], metavar="KEY=VALUE", help="a setting of the session")
    commands = parser.add_subparsers(dest="command", required=True)

    detect = commands.add_parser("detect", help="find rings in a log")
    detect.add_argument("--events", required=True, action="append", help="path, directory or glob; may come again")
    detect.add_argument("--out", required=True, help="directory for rings, accounts, evidence and the cells")
    detect.add_argument("--config", help="ringscope.toml, on the driver")
    detect.add_argument("--db", help="local store to work in: one with runs has its ledger carried on")
    detect.add_argument("--format", choices=["auto", "jsonl", "csv", "parquet"], default="auto")
    detect.add_argument("--core-only", action="store_true", help="count pairs and cluster on the driver")
    detect.add_argument("--blocks", type=int, help="blocks of rows in the pair stage; default: by their pairs")
    detect.add_argument("--memory", type=int, default=0, help="MiB the core on the driver may take")
    detect.add_argument("--keep-store", action="store_true", help="put the store beside the rings, for 'ringscope import-run'")

    load = commands.add_parser("load", help="fetch the store that detect --keep-store left, for the program ringscope")
    load.add_argument("--out", required=True, help="what detect was given")
    load.add_argument("--db", required=True, help="local directory, which must not exist")

    stream = commands.add_parser("stream", help="follow a directory of JSON Lines into a local store")
    stream.add_argument("--events", required=True, help="directory in which files appear")
    stream.add_argument("--db", required=True, help="local store, made when there is none")
    stream.add_argument("--checkpoint", required=True, help="of this stream alone; executors and driver must reach it")
    stream.add_argument("--name", default="events", help="of the stream; the same over restarts")
    stream.add_argument("--once", action="store_true", help="read what is there, then end")

    plan = commands.add_parser("plan", help="what a run of some size would take")
    plan.add_argument("--events", required=True, type=float, help="number of events, such as 1e9")
    plan.add_argument("--accounts", type=float, help="accounts among them; default: as in what was measured")
    plan.add_argument("--cores", type=_positive, default=64, help="of the executors together")
    plan.add_argument("--executor-cores", type=_positive, default=4, help="of one executor")
    plan.add_argument("--price", type=float, help="of a core for an hour; adds what the run costs")
    plan.add_argument("--constants", type=Path, default=MEASURED,
                      help="measured constants, JSON: docs/scale.md; default: those of the machine that this was developed on")
    plan.add_argument("--json", action="store_true")
    return parser


def _session(args: argparse.Namespace):
    from ringscope_spark.session import session

    pairs = [setting.split("=", 1) for setting in args.conf]
    if any(len(pair) != 2 for pair in pairs):
        raise ValueError("--conf takes KEY=VALUE")
    spark = session(args.master, conf=dict(pairs))
    spark.sparkContext.setLogLevel("ERROR")
    return spark


def _detect(args: argparse.Namespace) -> int:
    from ringscope_spark.detect import detect

    result = detect(
        _session(args),
        args.events,
        args.out,
        config=args.config,
        store=args.db,
        format=args.format,
        distribute=not args.core_only,
        memory_bytes=args.memory << 20,
        blocks=args.blocks,
        keep_store=args.keep_store,
    )
    print(json.dumps(result.summary | {"rejected": result.rejected, "stages": result.seconds}))
    return 3 if result.rejected else 0


def _load(args: argparse.Namespace) -> int:
    from ringscope_spark import hadoop

    if Path(args.db).exists():
        raise FileExistsError(f"{args.db}: is there already; name a new directory")
    spark = _session(args)
    if not hadoop.exists(spark, f"{args.out}/ringscope.db"):
        raise FileNotFoundError(f"{args.out}: has no store; run detect with --keep-store")
    hadoop.get(spark, f"{args.out}/ringscope.db", args.db)
    return 0


def _stream(args: argparse.Namespace) -> int:
    from ringscope_spark.stream import stream_events

    stream_events(_session(args), args.events, args.db, args.checkpoint, args.name, args.once).awaitTermination()
    return 0


def _plan(args: argparse.Namespace) -> int:
    constants = json.loads(args.constants.read_text())
    try:
        plan = estimate(constants, args.events, args.accounts, args.cores, args.executor_cores, args.price)
    except KeyError as missing:
        raise ValueError(f"{args.constants}: has no {missing}") from None
    print(json.dumps(plan) if args.json else table_of(plan))
    return 0


def _told(error: Exception) -> str:
    """What went wrong, without the ways that it took through Java and Python."""
    java = getattr(error, "java_exception", None)
    text = java.toString() if java is not None else str(error)
    text = text.split("JVM stacktrace:")[0]
    _, traced, raised = text.rpartition("Traceback (most recent call last):")
    lines = [line for line in raised.splitlines() if line.strip()]
    if traced:  # the frames are indented, what was raised is not
        lines = [line for line in lines if not line[0].isspace()]
    return lines[0].strip() if lines else type(error).__name__


def main(argv: list[str] | None = None) -> int:
    args = _parser().parse_args(argv)
    run = {"detect": _detect, "load": _load, "stream": _stream, "plan": _plan}[args.command]
    try:
        return run(args)
    except (RuntimeError, OSError, ValueError, Py4JError, PySparkException) as error:  # the core's is a RuntimeError
        print(f"ringscope-spark: error: {_told(error)}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
