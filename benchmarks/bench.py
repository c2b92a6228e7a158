"""ringscope and its peers on the same input, in turn; medians over rounds. Run by scripts/bench.

    bench.py SIZE --program ringscope --stages stages --work DIR [--rounds N] [--threads N]

Writes DIR/SIZE.txt, .csv and .svg, and prints the table. Answers are compared before any time is shown. A peer that
is not installed is named and left out.
"""
import argparse
import csv
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

# accounts, requests, of them the rings', share of the accounts in rings
SIZES = {"tiny": (20_000, 400_000, 230_000, 0.0234), "small": (102_400, 2_850_000, 1_650_000, 0.0234),
         "headline": (1_024_000, 28_500_000, 16_500_000, 0.0234)}
GROWTH = (2_000_000, 5_000_000, 10_000_000, 20_000_000, 30_000_000)
MIB = 1 << 20


class Failed(Exception):
    pass


class Runner:
    def __init__(self, options):
        self.options = options
        self.skipped = {}

    def run(self, *command):
        """Wall seconds, peak bytes and standard output of a process of its own."""
        start = time.monotonic()
        with subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            out, err = process.stdout.read(), process.stderr.read()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - start
        if process.returncode == 3:
            raise ModuleNotFoundError(err.decode().strip().splitlines()[-1])
        if process.returncode != 0:
            raise Failed(f"{' '.join(map(str, command[:4]))}: {err.decode().strip().splitlines()[-1:]}")
        return seconds, usage.ru_maxrss * 1024, out.decode()

    def ringscope(self, store, *command):
        return self.run(self.options.program, "-q", "--json", "--threads", self.options.threads, "--db", store, *command)

    def peer(self, task, events, scratch):
        here = pathlib.Path(__file__).parent
        if task in self.skipped:
            return None
        try:
            _, peak, out = self.run(sys.executable, here / "peers.py", task, events, scratch, self.options.threads)
        except (ModuleNotFoundError, Failed) as why:
            self.skipped[task] = str(why)
            return None
        result = json.loads(out)
        result["peak"] = peak
        return result


def make_world(runner, size, directory):
    accounts, requests, ring_requests, share = SIZES[size]
    if not (directory / "world.json").exists():
        shutil.rmtree(directory, ignore_errors=True)
        runner.run(runner.options.program, "-q", "simulate", "--out", directory, "--accounts", accounts, "--requests",
                   requests, "--ring-requests", ring_requests, "--ring-share", share, "--seed", 4)
    return directory / "events.jsonl"


def same(what, ours, theirs, tolerance=0.0):
    if abs(ours - theirs) > tolerance * max(1, abs(theirs)):
        raise Failed(f"{what}: ringscope says {ours}, the peer {theirs}")


class Table:
    """Figures of every round by (row, who)."""

    def __init__(self):
        self.rounds = {}
        self.limits = {}

    def add(self, row, who, seconds, peak=0):
        self.rounds.setdefault((row, who), []).append((seconds, peak))

    def median(self, row, who, what=0):
        figures = [figure[what] for figure in self.rounds.get((row, who), [])]
        return statistics.median(figures) if figures else None


def one_round(runner, table, events, work, last):
    store = work / "store"
    shutil.rmtree(store, ignore_errors=True)
    seconds, peak, _ = runner.ringscope(store, "ingest", events)
    table.add("ingest", "ringscope", seconds, peak)
    detect_seconds, detect_peak, out = runner.ringscope(store, "detect")
    run = json.loads(out.strip().splitlines()[-1])
    table.add("detect", "ringscope", detect_seconds, detect_peak)
    exported, export_peak, _ = runner.ringscope(store, "export", "--level", "accounts", "--format", "csv", "--out",
                                                work / "accounts.csv")
    table.add("export", "ringscope", exported, export_peak)
    table.add("whole", "ringscope", seconds + detect_seconds + exported, max(peak, detect_peak, export_peak))

    duck = runner.peer("duckdb-cells", events, work)
    if duck:
        table.add("ingest", "DuckDB", duck["seconds"]["load"] + duck["seconds"]["cells"], duck["peak"])
    both = runner.peer("duckdb-igraph", events, work)
    if both:
        same("edges", run["edges"], both["answers"]["edges"])
        steps = both["seconds"]
        table.add("detect", "DuckDB + igraph", steps["edges"] + steps["pairs"] + steps["leiden"], both["peak"])
        table.add("whole", "DuckDB + igraph", sum(steps.values()), both["peak"])
    one_round_of_stages(runner, table, events, work, store, both)
    if not last:
        shutil.rmtree(store, ignore_errors=True)


def one_round_of_stages(runner, table, events, work, store, both):
    _, peak, out = runner.run(runner.options.stages, store, work, "--benchmark_format=json")
    counts = json.loads((work / "stages.json").read_text(encoding="utf-8"))
    times = {entry["name"].split("/")[0]: entry["real_time"] / 1000 for entry in json.loads(out)["benchmarks"]}
    if both:
        same("pairs", counts["pairs"], both["answers"]["pairs"])
    for row, name in (("load", "load"), ("bare product", "pairs"), ("tested pairs", "test_pairs"),
                      ("weighed and tested pairs", "weigh_and_test_pairs"), ("components", "components"),
                      ("Leiden", "leiden")):
        table.add(row, "ringscope", times[name], peak)
    if both:  # what the peer's detect does, and no more
        table.add("same work", "ringscope", times["load"] + times["pairs"] + times["leiden"], peak)
        steps = both["seconds"]
        table.add("same work", "DuckDB + igraph", steps["edges"] + steps["pairs"] + steps["leiden"], both["peak"])
    if "graphblas" in times:
        for row in ("bare product", "tested pairs"):
            table.add(row, "GraphBLAS", times["graphblas"], peak)
    else:
        runner.skipped["graphblas"] = "not installed"
    for task in ("igraph", "networkit", "scipy", "leidenalg", "networkx"):
        peer = runner.peer(task, events, work)
        if not peer:
            continue
        for step, took in peer["seconds"].items():
            if step == "components":
                same(f"components of {task}", counts["components"], peer["answers"]["components"])
                table.add("components", task, took, peer["peak"])
            else:
                table.add("Leiden", task if step == "leiden" else f"{task} ({step})", took, peer["peak"])
        for answer, value in peer["answers"].items():
            if answer.startswith("modularity"):
                table.limits[f"{task} {answer}"] = value
    table.limits["ringscope modularity"] = counts["modularity"]
    table.limits["ringscope disconnected communities"] = counts["disconnected"]


# Target of PEER's time over ours; below 1: we may take longer.
TARGETS = {("ingest", "DuckDB"): 4, ("detect", "DuckDB + igraph"): 6, ("tested pairs", "GraphBLAS"): 1 / 1.5,
           ("Leiden", "networkit"): 1, ("whole", "DuckDB + igraph"): 5}


def rows_of(table):
    rows = []
    for row, who in table.rounds:
        if who == "ringscope":
            continue
        ours, theirs = table.median(row, "ringscope"), table.median(row, who)
        target = TARGETS.get((row, who))
        rows.append({"row": row, "peer": who, "ringscope_s": round(ours, 3), "peer_s": round(theirs, 3),
                     "peer_over_ringscope": round(theirs / ours, 2), "target": round(target, 2) if target else "",
                     "met": "" if not target else "yes" if theirs / ours >= target else "no",
                     "ringscope_mib": round(table.median(row, "ringscope", 1) / MIB),
                     "peer_mib": round(table.median(row, who, 1) / MIB)})
    return rows


def alone(table):
    named = {row for row, who in table.rounds if who != "ringscope"}
    return [(row, table.median(row, "ringscope"), table.median(row, "ringscope", 1) / MIB)
            for row, who in table.rounds if who == "ringscope" and row not in named]


def text_of(rows, table, skipped, head):
    lines = [head, ""]
    columns = list(rows[0]) if rows else []
    widths = [max(len(str(value)) for value in [column, *(row[column] for row in rows)]) for column in columns]
    for values in [columns, *([row[column] for column in columns] for row in rows)]:
        lines.append("  ".join(str(value).ljust(width) if i < 2 else str(value).rjust(width)
                               for i, (value, width) in enumerate(zip(values, widths))).rstrip())
    lines.append("")
    for row, seconds, memory in alone(table):
        lines.append(f"{row}: {seconds:.3f} s, {memory:.0f} MiB (no peer)")
    for name, value in sorted(table.limits.items()):
        lines.append(f"{name}: {value:.4f}" if isinstance(value, float) else f"{name}: {value}")
    for task, why in skipped.items():
        lines.append(f"left out: {task}: {why}")
    return "\n".join(lines) + "\n"


def chart(rows, file):
    try:
        import matplotlib
    except ImportError:
        return
    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "ringscope"
    import matplotlib.pyplot as plot
    labels = [f"{row['row']}: {row['peer']}" for row in rows]
    figure, axes = plot.subplots(figsize=(8, 0.4 * len(rows) + 1.2))
    axes.barh(labels, [row["peer_over_ringscope"] for row in rows],
              color=["#2a7" if row["peer_over_ringscope"] >= 1 else "#c63" for row in rows])
    for i, row in enumerate(rows):
        if row["target"]:
            axes.plot([row["target"]] * 2, [i - 0.4, i + 0.4], color="black")
    axes.set_xscale("log")
    axes.axvline(1, color="grey", linewidth=0.8)
    axes.invert_yaxis()
    axes.set_xlabel("the peer's time over ringscope's (black: the target)")
    figure.tight_layout()
    figure.savefig(file, metadata={"Date": None})


def machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo", encoding="utf-8")
                  if line.startswith("model name")), "unknown processor")
    return f"{model}, load {os.getloadavg()[0]:.1f}"


def compare(runner, size):
    options = runner.options
    work = options.work / size
    work.mkdir(parents=True, exist_ok=True)
    events = make_world(runner, size, work / "world")
    table = Table()
    for number in range(options.rounds):
        one_round(runner, table, events, work, number + 1 == options.rounds)
    rows = rows_of(table)
    head = (f"{size}: {SIZES[size][1]:,} requests, {events.stat().st_size / MIB:.0f} MiB; {options.threads} threads, "
            f"medians of {options.rounds}; {machine()}")
    text = text_of(rows, table, runner.skipped, head)
    (options.work / f"{size}.txt").write_text(text, encoding="utf-8")
    with open(options.work / f"{size}.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]) if rows else ["row"])
        writer.writeheader()
        writer.writerows(rows)
    chart(rows, options.work / f"{size}.svg")
    print(text, end="")


def slope(points):
    """Least squares of log seconds over log events."""
    import math
    xs, ys = [math.log(x) for x, _ in points], [math.log(y) for _, y in points]
    mean_x, mean_y = statistics.fmean(xs), statistics.fmean(ys)
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys)) / sum((x - mean_x) ** 2 for x in xs)


def growth(runner):
    """Time and memory at 2 to 30 million events, accounts in proportion."""
    options = runner.options
    points = {"ingest": [], "detect": []}
    lines = [f"growth; {options.threads} threads; {machine()}", "",
             "events      ingest s  MiB   detect s  MiB"]
    work = options.work / "growth"
    for events in GROWTH[:options.growth]:
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        runner.run(options.program, "-q", "simulate", "--out", work / "world", "--accounts", events // 28, "--requests",
                   events, "--ring-requests", int(events * 0.55), "--ring-share", 0.0234, "--seed", 4)
        store = work / "store"
        took, peak, _ = runner.ringscope(store, "ingest", work / "world" / "events.jsonl")
        detect_took, detect_peak, _ = runner.ringscope(store, "detect")
        points["ingest"].append((events, took))
        points["detect"].append((events, detect_took))
        lines.append(f"{events:>10,}  {took:8.2f}  {peak / MIB:4.0f}  {detect_took:8.2f}  {detect_peak / MIB:4.0f}")
    for name, measured in points.items():
        if len(measured) > 1:
            lines.append(f"exponent of {name}: {slope(measured):.2f}")
    text = "\n".join(lines) + "\n"
    (options.work / "growth.txt").write_text(text, encoding="utf-8")
    print(text, end="")
    growth_chart(points, options.work / "growth.svg")


def growth_chart(points, file):
    try:
        import matplotlib
    except ImportError:
        return
    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "ringscope"
    import matplotlib.pyplot as plot
    figure, axes = plot.subplots(figsize=(6, 4))
    for name, measured in points.items():
        axes.loglog([x for x, _ in measured], [y for _, y in measured], marker="o", label=name)
    axes.set_xlabel("events")
    axes.set_ylabel("seconds")
    axes.legend()
    figure.tight_layout()
    figure.savefig(file, metadata={"Date": None})


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("size", choices=[*SIZES, "growth"])
    parser.add_argument("--program", type=pathlib.Path, required=True)
    parser.add_argument("--stages", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--growth", type=int, default=len(GROWTH), help="how many of the sizes of growth")
    runner = Runner(parser.parse_args())
    try:
        growth(runner) if runner.options.size == "growth" else compare(runner, runner.options.size)
    except Failed as why:
        print(f"bench: {why}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
