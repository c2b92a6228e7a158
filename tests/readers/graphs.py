"""Reads the graphs that 'ringscope export --level graph' and '--level links' wrote with the readers of others, and holds
them against each other: NetworkX, igraph, SciPy, pyarrow and, where node has it, graphology-gexf, by which Gephi Lite
reads GEXF.

    graphs.py DIR RING ACCOUNT   DIR has graph.*, ring.*, account.* and links.* in every format; draws DIR/ring.png

tests/python/test_readers.py does the same in a small world. A difference is an AssertionError.
"""

import csv
import datetime
import json
import os
import subprocess
import sys

FORMATS = {"graphml": "graphml", "gexf": "gexf", "mtx": "mtx", "edges": "edges.csv", "parquet": "parquet", "arrow": "arrow"}
DAY = 86400


def unescaped(text):
    return text.replace("\\\\", "\0").replace("\\n", "\n").replace("\\r", "\r").replace("\\t", "\t").replace("\0", "\\")


def lines_of(path):
    with open(path, encoding="utf-8", newline="\n") as file:
        return file.read().splitlines()


def whole(value):
    """An int, or None where a reader has nothing or NaN."""
    return None if value is None or value != value or value == "" else int(value)


def edges_of(stem):
    """(account, kind, value) -> (count, first, last) out of the edge list: what the others are held against."""
    edges = {}
    with open(f"{stem}.edges.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            times = whole(row["ts"]), whole(row["last"])
            edges[row["account"], row["kind"], row["value"]] = (int(row["count"]), *times)
    assert edges, f"{stem}: no edges"
    return edges


def typed(edges):
    """The same of edges whose ends bear type and label: (one end, other end, data)."""
    found = {}
    for a, b, data in edges:
        if a["type"] != "account":
            a, b = b, a
        found[a["label"], b["type"], b["label"]] = (int(data["count"]), whole(data.get("first")), whole(data.get("last")))
    return found


def check_networkx(stem, edges):
    import networkx

    for read, name in ((networkx.read_graphml, "graphml"), (networkx.read_gexf, "gexf")):
        graph = read(f"{stem}.{name}")
        ends = ((graph.nodes[a], graph.nodes[b], data) for a, b, data in graph.edges(data=True))
        assert typed(ends) == edges, f"{stem}: networkx reads other edges in {name}"
    return f"NetworkX: {graph.number_of_nodes()} nodes and {len(edges)} edges, in GraphML and in GEXF"


def check_igraph(stem, edges):
    import igraph

    graph = igraph.Graph.Read_GraphML(f"{stem}.graphml")
    nodes = [vertex.attributes() for vertex in graph.vs]
    found = typed((nodes[edge.source], nodes[edge.target], edge.attributes()) for edge in graph.es)
    assert found == edges, f"{stem}: igraph reads other edges"
    return f"igraph: {graph.vcount()} nodes, {graph.ecount()} edges, the same, with times"


def check_scipy(stem, edges):
    import scipy.io

    matrix = scipy.io.mmread(f"{stem}.mtx").tocoo()
    rows = [unescaped(line) for line in lines_of(f"{stem}.rows.txt")]
    columns = [tuple(map(unescaped, line.split("\t"))) for line in lines_of(f"{stem}.columns.txt")]
    assert matrix.shape == (len(rows), len(columns)), f"{stem}: shape"
    found = {(rows[i], *columns[j]): int(v) for i, j, v in zip(matrix.row, matrix.col, matrix.data)}
    assert found == {key: value[0] for key, value in edges.items()}, f"{stem}: scipy reads other entries"
    return f"SciPy: a matrix of {matrix.shape[0]} x {matrix.shape[1]} with {matrix.nnz} entries, the same"


def arrow_tables(stem):
    """(name, edges, nodes) of the files of both formats."""
    import pyarrow.ipc
    import pyarrow.parquet

    for name, read in (("parquet", pyarrow.parquet.read_table), ("arrow", lambda path: pyarrow.ipc.open_file(path).read_all())):
        yield name, read(f"{stem}.{name}"), read(f"{stem}.nodes.{name}")


def check_pyarrow(stem, edges):
    sizes = set()
    for name, table, nodes in arrow_tables(stem):
        columns = [table[c].to_pylist() for c in ("account", "kind", "value", "count", "ts", "last")]
        found = {row[:3]: (row[3], *(t and int(t.timestamp()) for t in row[4:])) for row in zip(*columns)}
        assert found == edges, f"{stem}: pyarrow reads other edges in {name}"
        sizes.add((table.num_rows, nodes.num_rows))
    assert len(sizes) == 1, f"{stem}: Parquet and Arrow IPC differ"
    return "pyarrow: Parquet and Arrow IPC have the same {} edges and {} nodes".format(*sizes.pop())


def gephi_lite(path, packages):
    """Nodes and edges as graphology-gexf reads them; `packages` has its node_modules."""
    reader = os.path.join(os.path.dirname(os.path.abspath(__file__)), "gexf.cjs")
    environment = {**os.environ, "NODE_PATH": os.path.join(os.path.abspath(packages), "node_modules")}
    ran = subprocess.run(["node", reader, path], capture_output=True, text=True, env=environment)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def check_gephi_lite(stem, edges, packages):
    import networkx

    read = gephi_lite(f"{stem}.gexf", packages)
    nodes = read["nodes"]
    ends = [(nodes[edge["source"]], nodes[edge["target"]], edge["data"]) for edge in read["edges"]]
    assert typed(ends) == edges, f"{stem}: graphology reads other edges"
    other = networkx.read_gexf(f"{stem}.gexf")
    assert set(nodes) == set(other.nodes), f"{stem}: graphology reads other nodes"
    for name, node in nodes.items():
        viz = other.nodes[name]["viz"]
        assert (node["x"], node["y"]) == (viz["position"]["x"], viz["position"]["y"]), f"{stem}: {name} lies elsewhere"
        assert node["size"] == viz["size"], f"{stem}: size of {name}"
        assert node["color"] == "rgb({r},{g},{b})".format(**viz["color"]), f"{stem}: colour of {name}"
    return f"graphology-gexf: {len(nodes)} nodes at the same places, {len(ends)} edges with the same times"


def days_of_spells(path):
    """Day -> edges that a time slice of that day has, by the spells in the GEXF."""
    import networkx

    graph = networkx.read_gexf(path)
    days = {}
    for a, b, data in graph.edges(data=True):
        a, b = graph.nodes[a], graph.nodes[b]
        if a["type"] != "account":
            a, b = b, a
        for start, end in data.get("spells", []):
            first, last = (datetime.date.fromisoformat(text) for text in (start, end))
            for offset in range((last - first).days + 1):
                days.setdefault(first + datetime.timedelta(offset), set()).add((a["label"], b["type"], b["label"]))
    return days


def check_slices(stem, edges):
    """First and last time slice of each edge are the days of its first and last sighting, and none lies outside."""
    seen = {}
    for day, alive in days_of_spells(f"{stem}.gexf").items():
        for edge in alive:
            seen.setdefault(edge, set()).add((day - datetime.date(1970, 1, 1)).days)
    timed = {edge: (first // DAY, last // DAY) for edge, (_, first, last) in edges.items() if first is not None}
    assert timed and {edge: (min(days), max(days)) for edge, days in seen.items()} == timed, f"{stem}: time slices"
    return f"time slices: {len(timed)} edges from their first day to their last"


def check_links(stem):
    """Links of a run: (account, account) -> bits."""
    import igraph
    import networkx
    import scipy.io

    with open(f"{stem}.edges.csv", encoding="utf-8", newline="") as file:
        links = {frozenset((row["source"], row["target"])): float(row["weight"]) for row in csv.DictReader(file)}
    assert links, f"{stem}: no links"
    for read, name in ((networkx.read_graphml, "graphml"), (networkx.read_gexf, "gexf")):
        graph = read(f"{stem}.{name}")
        label = graph.nodes
        found = {frozenset((label[a]["label"], label[b]["label"])): w for a, b, w in graph.edges(data="weight")}
        assert found == links, f"{stem}: networkx reads other links in {name}"
    other = igraph.Graph.Read_GraphML(f"{stem}.graphml")
    ends = other.vs["label"]
    assert {frozenset((ends[e.source], ends[e.target])): e["weight"] for e in other.es} == links, f"{stem}: igraph"
    matrix = scipy.io.mmread(f"{stem}.mtx").tocoo()
    rows = [unescaped(line) for line in lines_of(f"{stem}.rows.txt")]
    assert matrix.shape == (len(rows), len(rows)) and matrix.nnz == 2 * len(links), f"{stem}: scipy"
    assert {frozenset((rows[i], rows[j])): v for i, j, v in zip(matrix.row, matrix.col, matrix.data)} == links
    for name, table, nodes in arrow_tables(stem):
        columns = [table[c].to_pylist() for c in ("source", "target", "weight")]
        found = {frozenset(row[:2]): row[2] for row in zip(*columns)}
        near = found.keys() == links.keys() and all(abs(found[ends] - bits) < 1e-6 * bits for ends, bits in links.items())
        assert near, f"{stem}: pyarrow reads other links in {name}"  # single precision, written out in the others
        assert nodes.num_rows == len(rows)
    return f"links: {len(rows)} accounts and {len(links)} links, the same by all readers"


def draw(path, ring, out):
    """A picture of one ring out of its GEXF: places, colours and proportions of sizes are those in the file."""
    import matplotlib
    import networkx
    import PIL.Image

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    graph = networkx.read_gexf(path)
    members = [n for n, data in graph.nodes(data=True) if data["type"] == "account"]
    assert members and all(graph.nodes[n]["ring"] == ring for n in members), "members of another ring"
    viz = {n: data["viz"] for n, data in graph.nodes(data=True)}
    places = {n: (one["position"]["x"], one["position"]["y"]) for n, one in viz.items()}
    figure = plt.figure(figsize=(9, 9))
    scale = 6 if graph.number_of_nodes() < 300 else 3.5  # points that an account of size 6 is wide
    networkx.draw_networkx_edges(graph, places, alpha=0.08, width=0.4, edge_color="#445566")
    kinds = sorted({data["type"] for _, data in graph.nodes(data=True)})
    for kind in kinds:
        nodes = [n for n, data in graph.nodes(data=True) if data["type"] == kind]
        colours = ["#%02x%02x%02x" % tuple(viz[n]["color"][c] for c in "rgb") for n in nodes]
        sizes = [(scale * float(viz[n]["size"]) / 6) ** 2 for n in nodes]
        shape = "o" if kind == "account" else "s"
        networkx.draw_networkx_nodes(graph, places, nodes, sizes, colours, shape, linewidths=0)
        plt.scatter([], [], s=60, color=colours[0], marker=shape, label=f"{kind} ({len(nodes)})")
    plt.legend(loc="upper left", frameon=False, fontsize=9)
    plt.title(f"{ring}: {len(members)} accounts and what they share")
    plt.axis("off")
    plt.tight_layout()
    figure.savefig(out, dpi=80)
    plt.close(figure)
    with PIL.Image.open(out) as picture:  # few colours: a third of the bytes
        small = picture.convert("RGB").quantize(200)
    small.save(out, optimize=True)
    return f"{out}: {ring} of {len(members)} accounts, {graph.number_of_nodes() - len(members)} things"


CHECKS = (check_networkx, check_igraph, check_scipy, check_pyarrow, check_slices)


def main():
    out, ring, account = sys.argv[1:4]
    packages = os.environ.get("RINGSCOPE_NODE_PACKAGES")
    for name in ("graph", "ring", "account"):
        stem = f"{out}/{name}"
        edges = edges_of(stem)
        print(f"-- {name}")
        for check in CHECKS:
            print(check(stem, edges))
        print(check_gephi_lite(stem, edges, packages) if packages else "graphology-gexf: not here")
        if name == "account":
            assert any(key[0] == account for key in edges), "the account is not in its neighbourhood"
    print(check_links(f"{out}/links"))
    print(draw(f"{out}/ring.gexf", ring, f"{out}/ring.png"))


if __name__ == "__main__":
    main()
