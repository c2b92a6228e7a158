"""The figures of docs/scale.md: how processor time grows with the log, how well a plan foretells a larger one, and what a
thing that very many share costs. scripts/spark-figures runs it; every log is read in a process of its own."""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from conftest import EXPORTS, one_machine, program
from peers import peers

from ringscope_spark import detect, session
from ringscope_spark.plan import estimate, fit

# Accounts and events of the worlds: one so small that it costs only what every run does, three to fit to, one held back.
SMALLEST = (500, 10_000)
FITTED = [(25_000, 500_000), (50_000, 1_000_000), (100_000, 2_000_000)]
HELD_BACK = (250_000, 5_000_000)
STAGES = ("read", "merge", "import", "detect", "export")
ON_DRIVER = ("import", "detect", "export")


def simulated(directory: Path, accounts: int, events: int, seed: int = 1) -> Path:
    log = directory / "world/events.jsonl"
    if not log.exists():
        program("simulate", "--out", str(log.parent), "--seed", str(seed), "--accounts", str(accounts),
                "--requests", str(events))
    return log


def shuffled(spark, begin: float, seconds: dict[str, float]) -> dict[str, int]:
    """Bytes written for shuffles, by the stage of ours that a stage of Spark's began in."""
    jvm = spark.sparkContext._jvm
    none = spark.sparkContext._gateway.new_array(jvm.double, 0)
    stages = spark.sparkContext._jsc.sc().statusStore().stageList(None, False, False, none, jvm.java.util.ArrayList())
    ends, end = [], begin
    for name in STAGES:
        end += seconds[name]
        ends.append((end, name))
    result = dict.fromkeys(STAGES, 0)
    for n in range(stages.size()):
        stage = stages.apply(n)
        if stage.submissionTime().isDefined():
            at = stage.submissionTime().get().getTime() / 1000
            result[next((name for end, name in ends if at < end), STAGES[-1])] += stage.shuffleWriteBytes()
    return result


def run(files: list[str], out: str, told: Path, master: str) -> None:
    """One run, and what it cost, into a file."""
    spark = session(master, conf={"spark.driver.memory": "3g"})
    spark.sparkContext.setLogLevel("ERROR")
    begin = time.time()
    load = os.getloadavg()[0]
    result = detect(spark, files, out)
    cpu = dict(result.cpu_seconds)
    cpu["detect"] -= sum(spent for name, spent in cpu.items() if name.startswith("detect: "))
    shuffle = shuffled(spark, begin, result.seconds)
    # Of detection only the components are shuffled to speak of.
    shuffle["detect: components"] = shuffle.pop("detect")
    lines = spark.read.parquet(f"{out}/cells/sources").agg({"lines": "sum"}).first()[0]
    told.write_text(json.dumps({
        "events": lines, "accounts": result.summary["population_accounts"], "edges": result.summary["edges"],
        "driver_bytes": result.summary["peak_bytes"], "digest": result.summary["digest"], "load": load,
        "seconds": result.seconds, "cpu_seconds": cpu, "shuffle_bytes": shuffle,
    }, indent=1) + "\n")


def measured(directory: Path, files: list[Path], master: str) -> dict:
    """Of a run in a process of its own; one that was made already is not made again."""
    told = directory / "told.json"
    if not told.exists():
        subprocess.run([sys.executable, __file__, "run", *map(str, files), "--master", master, "--out",
                        str(directory / "lake"), "--told", str(told)], check=True, stdout=subprocess.DEVNULL)
    return json.loads(told.read_text())


def compare(directory: Path, files: list[Path]) -> int:
    """How many of the five exports are byte for byte the program's."""
    here = one_machine(directory, directory / "one.db", files)
    return sum(here[f"{level}.{form}"] == (directory / "lake" / f"{level}.{form}").read_bytes() for level, form in EXPORTS)


def scale(directory: Path, master: str, constants_file: Path, times: int) -> None:
    def of(size: tuple[int, int], time: int = 0) -> dict:
        place = directory / f"{size[0]}" / f"{time}"
        place.mkdir(parents=True, exist_ok=True)
        return measured(place, [simulated(place.parent, *size)], master)

    constants = fit([of(size, time) for size in [SMALLEST, *FITTED] for time in range(times)], ON_DRIVER)
    constants_file.write_text(json.dumps(constants, indent=1) + "\n")
    held = of(HELD_BACK)
    foretold = {stage["stage"]: stage["core_hours"] * 3600
                for stage in estimate(constants, held["events"], held["accounts"], 1)["stages"]}
    print(f"| stage | where | fixed | of {constants['events']:,} events | exponent | foretold | seen |")
    print("|---|---|---|---|---|---|---|")
    for name, stage in constants["stages"].items():
        print(f"| {name} | {stage['where']} | {stage['fixed_seconds']:.1f} | {stage['core_seconds']:.1f} | "
              f"{stage['exponent']:.2f} | {foretold[name]:.1f} | {held['cpu_seconds'][name]:.1f} |")
    told, seen = sum(foretold.values()), sum(held["cpu_seconds"].values())
    print(f"| all | | | | | {told:.1f} | {seen:.1f} |")
    print(f"foretold / seen: {told / seen:.2f}; load {held['load']:.1f}")
    place = directory / f"{HELD_BACK[0]}"
    print(f"exports of {held['events']:,} events that are byte for byte the program's: "
          f"{compare(place / '0', [simulated(place, *HELD_BACK)])} of {len(EXPORTS)}")


def with_gateway(log: Path, hub: Path, share: float) -> Path:
    """More requests, of a share of the log's accounts, from one address; five each."""
    accounts = sorted({json.loads(line)["account"] for line in log.open()})
    some = accounts[:: round(1 / share)]
    with hub.open("w") as out:
        for n, account in enumerate(some * 5):
            out.write(json.dumps({"ts": 1767225600 + 60 * (n % 40_000), "account": account, "ip": "198.51.100.1"}) + "\n")
    return hub


def skew(directory: Path, master: str, size: tuple[int, int], share: float) -> None:
    spent = {}
    for name in ("plain", "hub"):
        place = directory / f"skew-{name}"
        place.mkdir(parents=True, exist_ok=True)
        files = [simulated(directory / "skew-plain", *size)]
        if name == "hub":
            files.append(with_gateway(files[0], place / "hub.jsonl", share))
        spent[name] = measured(place, files, master)
        print(f"{name}: {sum(spent[name]['cpu_seconds'].values()):.1f} s of processor time, load {spent[name]['load']:.1f}, "
              f"{compare(place, files)} of {len(EXPORTS)} exports the program's")
    ratio = sum(spent["hub"]["cpu_seconds"].values()) / sum(spent["plain"]["cpu_seconds"].values())
    print(f"an address of {share:.0%} of {size[0]:,} accounts costs {ratio:.2f} times the processor time")


def equal(directory: Path, master: str, files: list[Path]) -> None:
    """Whether the exports of some log are the program's."""
    directory.mkdir(parents=True, exist_ok=True)
    told = measured(directory, files, master)
    print(f"{told['events']:,} lines, {told['accounts']:,} accounts: {compare(directory, files)} of {len(EXPORTS)} exports "
          f"byte for byte the program's, digest {told['digest']}, load {told['load']:.1f}")
    print(", ".join(f"{name} {spent:.0f} s" for name, spent in told["seconds"].items()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["scale", "skew", "equal", "peers", "run"])
    parser.add_argument("files", nargs="*", help="of equal: the log; none: a world of --accounts and --events")
    parser.add_argument("--accounts", type=int, default=FITTED[1][0])
    parser.add_argument("--events", type=int, default=FITTED[1][1])
    parser.add_argument("--dir", type=Path, default=Path("spark-figures"), help="worlds, and what was measured, stay here")
    parser.add_argument("--master", default="local[2]")
    parser.add_argument("--constants", type=Path, default=Path(__file__).parent.parent / "ringscope_spark/constants.json")
    parser.add_argument("--times", type=int, default=2, help="each size is run: one run may cost half as much again")
    parser.add_argument("--share", type=float, default=0.05, help="of the accounts, behind one address")
    parser.add_argument("--out")
    parser.add_argument("--told", type=Path)
    args = parser.parse_args()
    if args.what == "run":
        run(args.files, args.out, args.told, args.master)
    elif args.what == "scale":
        scale(args.dir.absolute(), args.master, args.constants, args.times)
    elif args.what == "equal":
        place = args.dir.absolute()
        equal(place, args.master, [Path(file).absolute() for file in args.files] or [simulated(place, args.accounts, args.events)])
    elif args.what == "peers":
        place = args.dir.absolute()
        peers(place, simulated(place, args.accounts, args.events), args.master)
    else:
        skew(args.dir.absolute(), args.master, FITTED[1], args.share)


if __name__ == "__main__":
    main()
