"""ringscope from Python beside igraph, leidenalg, networkit, networkx and SciPy on one snapshot: same answer, time, ratio.

    build/python-venv/bin/python benchmarks/python_peers.py [--db DB | --accounts 50000]

Every answer is checked before its time is printed: equal where the problem has one answer; of Leiden and Louvain the
quality must be no worse than the peer's by more than --tolerance, relative. Exit status 1 when any differs. Times are the
best of three; the conversion to a peer's graph is not counted, but printed.
"""

import argparse
import pathlib
import sys
import tempfile
import time

import numpy as np

import ringscope
from ringscope import algorithms


def timed(call, times=3):
    best, value = float("inf"), None
    for _ in range(times):
        begin = time.perf_counter()
        value = call()
        best = min(best, time.perf_counter() - begin)
    return best, value


def same(a, b):
    return np.array_equal(algorithms.canonical_partition(a), algorithms.canonical_partition(b))


def simulated(accounts):
    root = pathlib.Path(tempfile.mkdtemp())
    ringscope.simulate(root / "world", accounts=accounts, requests=accounts * 15, seed=1)
    ringscope.ingest(root / "db", root / "world" / "events.jsonl", progress=False)
    ringscope.detect(root / "db", progress=False)
    return root / "db"


wrong = []  # rows whose answer is not what it should be


def show(what, ours, peer, theirs, holds, verdict="same"):
    if not holds:
        wrong.append(f"{what}, {peer}")
        verdict += ", DIFFERS"
    print(f"| {what} | {ours * 1e3:.1f} ms | {peer} | {theirs * 1e3:.1f} ms | {theirs / ours:.1f} | {verdict} |", flush=True)


def openings(db):
    seconds, store = timed(lambda: ringscope.open(db))
    print(f"open {seconds:.3f} s", end=", ")
    seconds, rings = timed(store.rings)
    print(f"table of {len(rings):,} rings {seconds:.3f} s", end=", ")
    seconds, graph = timed(store.bipartite)
    print(f"{graph.shape[0]:,} accounts x {graph.shape[1]:,} entities, {graph.edge_count:,} edges {seconds:.3f} s", end=", ")
    seconds, pairs = timed(store.graph)
    print(f"pairs of the run {seconds:.3f} s\n")
    return store, graph


def communities(graph, tolerance):
    import networkit
    import networkx

    timings = {name: timed(getattr(graph, f"to_{name}"), 1) for name in ("igraph", "networkit", "networkx")}
    print("conversion: " + ", ".join(f"to_{name} {seconds:.3f} s" for name, (seconds, _) in timings.items()) + "\n")
    ig, nk, nx = (timings[name][1] for name in ("igraph", "networkit", "networkx"))
    print("| what | ringscope | peer | its time | times slower | answer |\n|---|---|---|---|---|---|")

    ours, labels = timed(lambda: algorithms.connected_components(graph))
    theirs, found = timed(lambda: ig.connected_components().membership)
    show("components", ours, "igraph", theirs, same(labels, found))

    def by_networkit():
        run = networkit.components.ConnectedComponents(nk)
        run.run()
        return run.getPartition().getVector()

    theirs, found = timed(by_networkit)
    show("components", ours, "networkit", theirs, same(labels, found))
    theirs, found = timed(lambda: list(networkx.connected_components(nx)), 1)
    show("components", ours, "networkx", theirs, len(found) == labels.max() + 1)

    by_modularity(graph, ig, nk, nx, tolerance)
    by_cpm(graph, ig, tolerance)


def by_modularity(graph, ig, nk, nx, tolerance):
    import leidenalg
    import networkit
    import networkx

    ours, labels = timed(lambda: algorithms.leiden(graph))
    quality = algorithms.modularity(graph, labels)

    def row(what, peer, theirs, membership):
        other = algorithms.modularity(graph, np.asarray(membership, np.uint32))
        holds = quality >= other - tolerance * abs(other)
        show(what, ours, peer, theirs, holds, f"modularity {quality:.5f}, peer {other:.5f}")

    theirs, found = timed(
        lambda: ig.community_leiden(objective_function="modularity", weights="weight", n_iterations=5).membership
    )
    row("Leiden, modularity", "igraph", theirs, found)
    theirs, found = timed(
        lambda: leidenalg.find_partition(ig, leidenalg.ModularityVertexPartition, weights="weight", n_iterations=5, seed=1)
        .membership
    )
    row("Leiden, modularity", "leidenalg", theirs, found)

    def parallel_leiden():
        run = networkit.community.ParallelLeiden(nk, iterations=5)
        run.run()
        return run.getPartition().getVector()

    theirs, found = timed(parallel_leiden)
    row("Leiden, modularity", "networkit", theirs, found)
    theirs, found = timed(lambda: networkx.community.louvain_communities(nx, weight="weight", seed=1), 1)
    membership = np.zeros(len(graph), np.uint32)
    for number, members in enumerate(found):
        membership[list(members)] = number
    row("Leiden (Louvain), modularity", "networkx", theirs, membership)


def by_cpm(graph, ig, tolerance, resolution=0.5):
    import leidenalg

    ours, labels = timed(lambda: algorithms.leiden(graph, objective="cpm", resolution=resolution))
    quality = algorithms.cpm_quality(graph, labels, resolution=resolution)

    def row(peer, theirs, membership):
        other = algorithms.cpm_quality(graph, np.asarray(membership, np.uint32), resolution=resolution)
        holds = quality >= other - tolerance * abs(other)
        show("Leiden, CPM", ours, peer, theirs, holds, f"quality {quality:.1f}, peer {other:.1f}")

    theirs, found = timed(
        lambda: ig.community_leiden(objective_function="CPM", weights="weight", resolution=resolution, n_iterations=5)
        .membership
    )
    row("igraph", theirs, found)
    theirs, found = timed(
        lambda: leidenalg.find_partition(
            ig, leidenalg.CPMVertexPartition, weights="weight", resolution_parameter=resolution, n_iterations=5, seed=1
        ).membership
    )
    row("leidenalg", theirs, found)


def products(graph):
    from scipy import sparse

    degree = np.diff(graph.right_indptr)
    matrix = graph.to_scipy().tocsc()[:, (degree >= 2) & (degree <= 100)].tocsr()
    bipartite = ringscope.BipartiteGraph.from_scipy(matrix)
    ours, found = timed(lambda: algorithms.project(bipartite, measure="bits", max_degree=100))

    def by_scipy():
        product = (matrix @ matrix.T).tocsr()
        product.setdiag(0)
        product.eliminate_zeros()
        return product

    theirs, product = timed(by_scipy)
    difference = abs(found.to_scipy() - product)
    show("pairs that share, counted", ours, "scipy", theirs, difference.nnz == 0)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--db", help="a store with a detection; else one is simulated")
    options.add_argument("--accounts", type=int, default=50_000)
    options.add_argument("--tolerance", type=float, default=1e-3, help="of the quality of partitions, relative")
    given = options.parse_args()
    store, bipartite = openings(given.db or simulated(given.accounts))
    found = store.detect(progress=False)
    print(f"{found.graph()}\n")
    communities(found.graph(), given.tolerance)
    products(bipartite)
    if wrong:
        sys.exit("answers differ: " + "; ".join(wrong))


if __name__ == "__main__":
    main()
