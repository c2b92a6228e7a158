"""Instructions of the hot stages on a small world, by callgrind, against the numbers in the tree.

    guard.py --program ringscope --work DIR [--accept]

A stage that takes over 5% more than benchmarks/instructions.json says fails the run with its name; --accept writes the
file anew. One thread: the counts hardly depend on the machine, and not on what else it does.
"""
import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys

NUMBERS = pathlib.Path(__file__).with_name("instructions.json")
MOST_GROWTH = 0.05
WORLD = ["--accounts", "3000", "--requests", "60000", "--seed", "11"]
# By command, the functions that are its stages; what they call counts as theirs.
STAGES = {
    "ingest": ["JsonReader::read", "Fold::flush", "read_files"],
    "detect": ["load", "PairStage::weigh", "PairStage::project", "coact", "cluster", "load_habits", "unglue",
               "with_pools", "with_dispatched", "read_profiles", "judge_groups", "explain_likeness", "reconcile_rings",
               "trace_successions", "index_for_scoring", "publish"],
}
LINE = re.compile(r"^\s*([\d,]+) \([ \d.]+%\)\s+\S*?:(?:ringscope::)(?:\(anonymous namespace\)::)?([\w:]+)\(")


def run(*command):
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def instructions(program, store, work, command, arguments):
    """Instructions by stage, what it calls included."""
    out = work / f"callgrind.{command}"
    run("valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", program, "-q", "--threads", 1, "--db", store,
        command, *arguments)
    text = subprocess.run(["callgrind_annotate", "--inclusive=yes", "--threshold=100", out], check=True,
                          capture_output=True, text=True).stdout
    counts = {}
    for line in text.splitlines():
        match = LINE.match(line)
        if match and match.group(2) in STAGES[command]:
            name = f"{command}: {match.group(2)}"
            counts[name] = max(counts.get(name, 0), int(match.group(1).replace(",", "")))
    return counts


def measure(program, work):
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    run(program, "-q", "simulate", "--out", work / "world", *WORLD)
    counts = instructions(program, work / "store", work, "ingest", [work / "world" / "events.jsonl"])
    counts.update(instructions(program, work / "store", work, "detect", []))
    return counts


def compare(counts, known):
    """Lines that say what is wrong; empty: nothing."""
    wrong = []
    for name, before in known.items():
        now = counts.get(name)
        if now is None:
            wrong.append(f"{name}: is no longer there; scripts/bench guard --accept if that is meant")
        elif now > before * (1 + MOST_GROWTH):
            wrong.append(f"{name}: {now:,} instructions, {now / before - 1:.1%} more than {before:,}")
    wrong.extend(f"{name}: is new; scripts/bench guard --accept" for name in counts if name not in known)
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--accept", action="store_true")
    options = parser.parse_args()
    counts = measure(options.program, options.work)
    if options.accept:
        NUMBERS.write_text(json.dumps(counts, indent=1) + "\n", encoding="utf-8")
        return 0
    known = json.loads(NUMBERS.read_text(encoding="utf-8"))
    wrong = compare(counts, known)
    for line in wrong:
        print(f"guard: {line}", file=sys.stderr)
    print(f"guard: {len(known) - len(wrong)} of {len(known)} stages within {MOST_GROWTH:.0%}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
