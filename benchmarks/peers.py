"""What others need for the same work. One peer's task per process, so that its memory is its own:

    peers.py TASK INPUT SCRATCH THREADS

Prints one line of JSON: {"seconds": {step: …}, "answers": {…}}. A peer that is not installed exits with 3.
The memory is measured by the caller.
"""
import json
import sys
import time

KINDS = ("ip", "payment", "fingerprint", "email")
COLUMNS = {"ts": "BIGINT", "account": "VARCHAR", "ip": "VARCHAR", "payment": "VARCHAR", "fingerprint": "VARCHAR",
           "email": "VARCHAR", "capability": "VARCHAR", "template": "VARCHAR", "tokens": "INTEGER"}
MOST_DEGREE = 200


class Steps:
    def __init__(self):
        self.seconds, self.answers = {}, {}

    def time(self, name, work):
        start = time.monotonic()
        result = work()
        self.seconds[name] = time.monotonic() - start
        return result


def duck(threads, scratch):
    import duckdb
    base = duckdb.connect()
    base.execute(f"SET threads = {threads}")
    base.execute(f"SET temp_directory = '{scratch}'")
    base.execute("SET preserve_insertion_order = false")
    return base


def duck_load(base, steps, events):
    columns = ", ".join(f"{name}: '{kind}'" for name, kind in COLUMNS.items())
    steps.time("load", lambda: base.execute(
        f"CREATE TABLE events AS SELECT * FROM read_json('{events}', format = 'newline_delimited', columns = {{{columns}}})"))


def duck_cells(steps, events, scratch, threads):
    """Lines into a table, folded to cells: account, kind, value, day, count, first, last."""
    base = duck(threads, scratch)
    duck_load(base, steps, events)
    parts = " UNION ALL ".join(
        f"SELECT account, '{kind}' AS kind, {kind} AS value, ts // 86400 AS day, count(*) AS n, min(ts) AS first, "
        f"max(ts) AS last FROM events WHERE {kind} <> '' GROUP BY ALL" for kind in KINDS)
    steps.time("cells", lambda: base.execute(f"CREATE TABLE cells AS {parts}"))
    steps.answers["events"] = base.execute("SELECT count(*) FROM events").fetchone()[0]
    steps.answers["cells"] = base.execute("SELECT count(*) FROM cells").fetchone()[0]


def duck_pairs(steps, events, scratch, threads):
    """Lines to edges to pairs of accounts that share an entity of 2 to 200, by rarity; then igraph's Leiden on them."""
    import igraph
    import numpy
    base = duck(threads, scratch)
    duck_load(base, steps, events)
    parts = " UNION ALL ".join(f"SELECT DISTINCT account, '{kind}' AS kind, {kind} AS value FROM events WHERE {kind} <> ''"
                               for kind in KINDS)
    steps.time("edges", lambda: base.execute(f"CREATE TABLE edges AS {parts}"))
    steps.answers["edges"] = base.execute("SELECT count(*) FROM edges").fetchone()[0]

    def project():
        base.execute("CREATE TABLE accounts AS SELECT account, row_number() OVER () - 1 AS id "
                     "FROM (SELECT DISTINCT account FROM events)")
        base.execute("CREATE TABLE rare AS SELECT kind, value, log2((SELECT count(*) FROM accounts) / count(*)) AS bits "
                     f"FROM edges GROUP BY ALL HAVING count(*) BETWEEN 2 AND {MOST_DEGREE}")
        base.execute("CREATE TABLE touches AS SELECT id, kind, value, bits FROM edges JOIN rare USING (kind, value) "
                     "JOIN accounts USING (account)")
        base.execute("CREATE TABLE pairs AS SELECT a.id AS u, b.id AS v, sum(a.bits) AS bits FROM touches a "
                     "JOIN touches b ON a.kind = b.kind AND a.value = b.value AND a.id < b.id GROUP BY ALL")

    steps.time("pairs", project)
    steps.answers["pairs"] = base.execute("SELECT count(*) FROM pairs").fetchone()[0]

    def communities():
        rows = base.execute("SELECT u, v, bits FROM pairs").fetchnumpy()
        vertices = base.execute("SELECT count(*) FROM accounts").fetchone()[0]
        graph = igraph.Graph(n=vertices, edges=numpy.column_stack((rows["u"], rows["v"])))
        found = graph.community_leiden(objective_function="modularity", weights=rows["bits"].tolist(), n_iterations=2)
        return graph.modularity(found.membership, weights=rows["bits"].tolist())

    steps.answers["modularity"] = steps.time("leiden", communities)


def pairs_of(scratch):
    import numpy
    ends = numpy.fromfile(f"{scratch}/pairs.u32", dtype=numpy.uint32).reshape(-1, 2)
    weights = numpy.fromfile(f"{scratch}/weights.f32", dtype=numpy.float32)
    with open(f"{scratch}/stages.json", encoding="utf-8") as file:
        return ends, weights, json.load(file)


def with_igraph(steps, _events, scratch, _threads):
    import igraph
    ends, weights, counts = pairs_of(scratch)
    graph = igraph.Graph(n=counts["accounts"], edges=ends)
    weights = weights.tolist()
    steps.answers["components"] = len(steps.time("components", graph.connected_components))
    found = steps.time("leiden", lambda: graph.community_leiden(objective_function="modularity", weights=weights,
                                                                  n_iterations=2))
    steps.answers["modularity"] = graph.modularity(found.membership, weights=weights)


def with_leidenalg(steps, _events, scratch, _threads):
    import igraph
    import leidenalg
    ends, weights, counts = pairs_of(scratch)
    graph = igraph.Graph(n=counts["accounts"], edges=ends)
    weights = weights.tolist()
    found = steps.time("leiden", lambda: leidenalg.find_partition(graph, leidenalg.ModularityVertexPartition,
                                                                  weights=weights, n_iterations=2, seed=1))
    steps.answers["modularity"] = graph.modularity(found.membership, weights=weights)


def with_networkit(steps, _events, scratch, threads):
    import networkit
    import numpy
    networkit.setNumberOfThreads(threads)
    ends, weights, counts = pairs_of(scratch)
    graph = networkit.GraphFromCoo((weights.astype(numpy.float64), (ends[:, 0].astype(numpy.uint64),
                                                                   ends[:, 1].astype(numpy.uint64))),
                                   n=counts["accounts"], weighted=True, directed=False)
    parts = networkit.components.ParallelConnectedComponents(graph)
    steps.time("components", parts.run)
    steps.answers["components"] = parts.numberOfComponents()
    quality = networkit.community.Modularity()
    for name, method in (("leiden", networkit.community.ParallelLeiden(graph, iterations=3)),
                         ("louvain", networkit.community.PLM(graph, refine=False))):
        steps.time(name, method.run)
        steps.answers[f"modularity of {name}"] = quality.getQuality(method.getPartition(), graph)


def with_scipy(steps, _events, scratch, _threads):
    import scipy.sparse
    from scipy.sparse.csgraph import connected_components
    ends, weights, counts = pairs_of(scratch)
    n = counts["accounts"]
    matrix = scipy.sparse.coo_matrix((weights, (ends[:, 0], ends[:, 1])), shape=(n, n)).tocsr()
    found = steps.time("components", lambda: connected_components(matrix, directed=False))
    steps.answers["components"] = int(found[0])


def with_networkx(steps, _events, scratch, _threads):
    import networkx
    ends, weights, counts = pairs_of(scratch)
    if len(ends) > 2_000_000:
        raise SystemExit("too many pairs for networkx to finish")
    graph = networkx.Graph()
    graph.add_nodes_from(range(counts["accounts"]))
    graph.add_weighted_edges_from(zip(ends[:, 0].tolist(), ends[:, 1].tolist(), weights.tolist()))
    steps.answers["components"] = steps.time("components", lambda: networkx.number_connected_components(graph))
    found = steps.time("louvain", lambda: networkx.community.louvain_communities(graph, seed=1))
    steps.answers["modularity of louvain"] = networkx.community.modularity(graph, found)


TASKS = {"duckdb-cells": duck_cells, "duckdb-igraph": duck_pairs, "igraph": with_igraph, "leidenalg": with_leidenalg,
         "networkit": with_networkit, "scipy": with_scipy, "networkx": with_networkx}


def main():
    task, events, scratch, threads = sys.argv[1:5]
    steps = Steps()
    try:
        TASKS[task](steps, events, scratch, int(threads))
    except ImportError as error:
        print(f"not installed: {error.name}", file=sys.stderr)
        raise SystemExit(3) from error
    print(json.dumps({"seconds": steps.seconds, "answers": steps.answers}))


if __name__ == "__main__":
    main()
