"""What a call of Leiden from Python costs beside the same call in C++: in turn, on one graph, medians and their ratio.

    cmake -B build/release -DRINGSCOPE_BENCHMARKS=ON && ninja -C build/release leiden_call
    build/python-venv/bin/python benchmarks/leiden_call.py [--db DB] [--calls 15] [--threads 1] [--most 1.02]

Without --db the graph is one of planted communities. C++ runs in a process of its own (leiden_call.cc), which reads the
same arrays from files; labels must be equal. Exit status 1 when the ratio of the medians is above --most.
"""

import argparse
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

import ringscope
from ringscope import algorithms

PROGRAM = pathlib.Path(__file__).parents[1] / "build/release/bin/leiden_call"


def planted(count=40_000, groups=400, degree=20):
    """Communities of some hundred vertices; a fifth of the edges leaves them."""
    random = np.random.default_rng(5)
    size = count // groups
    u = random.integers(0, count, count * degree // 2)
    inside = u // size * size + random.integers(0, size, u.size)
    v = np.where(random.random(u.size) < 0.8, inside, random.integers(0, count, u.size))
    return ringscope.Graph.from_edges(u[u != v], v[u != v], random.uniform(0.5, 2, int((u != v).sum())), vertex_count=count)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--db", help="a store with a detection: the pairs that its latest run kept")
    options.add_argument("--calls", type=int, default=15)
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--most", type=float, default=1.02)
    options.add_argument("--program", default=PROGRAM)
    given = options.parse_args()
    graph = ringscope.open(given.db).graph() if given.db else planted()
    directory = pathlib.Path(tempfile.mkdtemp())
    graph.indptr.tofile(directory / "indptr.u64")
    graph.indices.tofile(directory / "indices.u32")
    graph.data.tofile(directory / "data.f32")
    other = subprocess.Popen(
        [given.program, directory, str(given.threads)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )

    def by_cpp():
        other.stdin.write("\n")
        other.stdin.flush()
        return float(other.stdout.readline())

    def by_python():
        begin = time.perf_counter()
        labels = algorithms.leiden(graph, threads=given.threads)
        seconds = time.perf_counter() - begin
        assert np.array_equal(labels, np.fromfile(directory / "labels.u32", np.uint32)), "other labels"
        return seconds

    by_cpp(), by_python()  # neither is the first to touch its memory
    cpp, python = [], []
    for call in range(given.calls):  # who begins changes, so that a machine that warms up favours nobody
        for one, times in ((by_cpp, cpp), (by_python, python))[:: 1 if call % 2 == 0 else -1]:
            times.append(one())
    other.stdin.close()
    other.wait()
    ratio = statistics.median(python) / statistics.median(cpp)
    pairs = statistics.median(p / c for p, c in zip(python, cpp))
    print(
        f"{graph.edge_count:,} edges, {given.calls} calls each, in turn: C++ {statistics.median(cpp) * 1e3:.1f} ms, Python "
        f"{statistics.median(python) * 1e3:.1f} ms (medians), ratio {ratio:.3f}, of neighbours {pairs:.3f}"
    )
    sys.exit(ratio > given.most)


if __name__ == "__main__":
    main()
