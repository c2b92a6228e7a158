"""The same events in each format, ingested in turn. Called by scripts/ingest-formats: PROGRAM WORK ROUNDS."""
import os
import shutil
import statistics
import subprocess
import sys
import time

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.json
import pyarrow.parquet as pq

LONG_KINDS = ("ip", "payment", "fingerprint")
OTHERS = 20  # columns that no event has


def write_json(table, path):
    """As a log has them: absent values are left out."""
    names = table.column_names
    with open(path, "w", encoding="utf-8") as out:
        for batch in table.to_batches(1 << 16):
            columns = [
                [None if v is None else f'"{name}":"{v}"' if isinstance(v, str) else f'"{name}":{v}' for v in batch[name].to_pylist()]
                for name in names
            ]
            for row in zip(*columns):
                out.write("{" + ",".join(cell for cell in row if cell is not None) + "}\n")


def long_form(wide):
    """As many rows: of each request one of the things that it was seen with."""
    rows = wide.num_rows
    turn = pa.array([i % len(LONG_KINDS) for i in range(rows)], pa.int8())
    kind = pc.choose(turn, *[pa.scalar(k) for k in LONG_KINDS])
    value = pc.choose(turn, *[wide[k].combine_chunks() for k in LONG_KINDS])
    table = pa.table({"account": wide["account"], "kind": kind, "value": value, "ts": wide["ts"]})
    return table.filter(pc.is_valid(table["value"]))


def with_others(wide):
    texts = pa.array([f"trace-{i * 2654435761 % 2**32:08x}" for i in range(wide.num_rows)])
    for i in range(OTHERS):
        wide = wide.append_column(f"other_{i}", texts)
    return wide


def ingest(program, file, work):
    store = os.path.join(work, "db")
    shutil.rmtree(store, ignore_errors=True)
    begin = time.monotonic()
    child = subprocess.Popen([program, "ingest", file, "--db", store, "-q"], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.monotonic() - begin
    assert status == 0, file
    return seconds, usage.ru_maxrss / 1024


def main():
    program, work, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
    wide = pyarrow.json.read_json(os.path.join(work, "world", "events.jsonl"))
    forms = {}
    for name, table in (("wide", wide), ("long", long_form(wide))):
        base = os.path.join(work, name)
        write_json(table, base + ".jsonl")
        pyarrow.csv.write_csv(table, base + ".csv")
        pq.write_table(table, base + ".parquet", row_group_size=1 << 18)
        for suffix in ("jsonl", "csv", "parquet"):
            forms[f"{name} {suffix}"] = (f"{base}.{suffix}", table.num_rows)
    pq.write_table(with_others(wide), os.path.join(work, "more.parquet"), row_group_size=1 << 18)
    forms[f"wide parquet of {OTHERS} more"] = (os.path.join(work, "more.parquet"), wide.num_rows)
    taken = {name: [] for name in forms}
    for _ in range(rounds):
        for name, (file, _) in forms.items():
            taken[name].append(ingest(program, file, work))
    print(f"{'':28} {'events':>9} {'MiB':>7} {'s':>7} {'events a second':>16} {'peak MiB':>9}   columns {wide.column_names}")
    for name, (file, rows) in forms.items():
        seconds = statistics.median(s for s, _ in taken[name])
        print(f"{name:28} {rows:9} {os.path.getsize(file) / 2**20:7.1f} {seconds:7.2f} {rows / seconds:16,.0f} "
              f"{max(m for _, m in taken[name]):9.0f}")


if __name__ == "__main__":
    main()
