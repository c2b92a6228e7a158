"""ringscope from Python beside igraph, leidenalg, networkit, networkx and SciPy on one snapshot: same answer, time, ratio.

    build/python-venv/bin/python benchmarks/python_peers.py [--db DB | --accounts 50000]

Every answer is checked before its time is printed. Times are the best of three; the conversion to a peer's graph is not
counted, but printed.
"""

import argparse
import pathlib
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


def show(what, ours, peer, theirs, verdict):
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


def communities(graph):
    import igraph
    import leidenalg
    import networkit
    import networkx

    timings = {name: timed(getattr(graph, f"to_{name}"), 1) for name in ("igraph", "networkit", "networkx")}
    print("conversion: " + ", ".join(f"to_{name} {seconds:.3f} s" for name, (seconds, _) in timings.items()) + "\n")
    ig, nk, nx = (timings[name][1] for name in ("igraph", "networkit", "networkx"))
    print("| what | ringscope | peer | its time | times slower | answer |\n|---|---|---|---|---|---|")

    ours, labels = timed(lambda: algorithms.connected_components(graph))
    theirs, found = timed(lambda: ig.connected_components().membership)
    show("components", ours, "igraph", theirs, "same" if same(labels, found) else "DIFFERS")

    def by_networkit():
        run = networkit.components.ConnectedComponents(nk)
        run.run()
        return run.getPartition().getVector()

    theirs, found = timed(by_networkit)
    show("components", ours, "networkit", theirs, "same" if same(labels, found) else "DIFFERS")
    theirs, found = timed(lambda: list(networkx.connected_components(nx)), 1)
    show("components", ours, "networkx", theirs, "same" if len(found) == labels.max() + 1 else "DIFFERS")

    ours, labels = timed(lambda: algorithms.leiden(graph))
    quality = algorithms.modularity(graph, labels)

    def verdict(membership):
        other = algorithms.modularity(graph, np.asarray(membership, np.uint32))
        return f"modularity {quality:.5f}, peer {other:.5f}"

    theirs, found = timed(
        lambda: ig.community_leiden(objective_function="modularity", weights="weight", n_iterations=5).membership
    )
    show("Leiden, modularity", ours, "igraph", theirs, verdict(found))
    theirs, found = timed(
        lambda: leidenalg.find_partition(ig, leidenalg.ModularityVertexPartition, weights="weight", n_iterations=5, seed=1)
        .membership
    )
    show("Leiden, modularity", ours, "leidenalg", theirs, verdict(found))

    def parallel_leiden():
        run = networkit.community.ParallelLeiden(nk, iterations=5)
        run.run()
        return run.getPartition().getVector()

    theirs, found = timed(parallel_leiden)
    show("Leiden, modularity", ours, "networkit", theirs, verdict(found))
    theirs, found = timed(lambda: networkx.community.louvain_communities(nx, weight="weight", seed=1), 1)
    membership = np.zeros(len(graph), np.uint32)
    for number, members in enumerate(found):
        membership[list(members)] = number
    show("Leiden (Louvain), modularity", ours, "networkx", theirs, verdict(membership))


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
    show("pairs that share, counted", ours, "scipy", theirs, "same" if difference.nnz == 0 else "DIFFERS")


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--db", help="a store with a detection; else one is simulated")
    options.add_argument("--accounts", type=int, default=50_000)
    given = options.parse_args()
    store, bipartite = openings(given.db or simulated(given.accounts))
    found = store.detect(progress=False)
    print(f"{found.graph()}\n")
    communities(found.graph())
    products(bipartite)


if __name__ == "__main__":
    main()
