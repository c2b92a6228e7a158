"""Reads the graphs that 'ringscope export --level graph' wrote with the readers of others, and compares them with each other.

Usage: graphs.py DIR RING; DIR has graph.{graphml,gexf,mtx,edges.csv,parquet,arrow}, and ring.gexf of one ring. Draws
DIR/ring.png from the places in ring.gexf. Exit status 1 when anything differs.
"""
import csv
import datetime
import os
import sys

import igraph
import networkx
import pyarrow.feather
import pyarrow.ipc
import pyarrow.parquet
import scipy.io

out, ring = sys.argv[1], sys.argv[2]


def unescaped(text):
    return text.replace("\\\\", "\0").replace("\\n", "\n").replace("\\r", "\r").replace("\\t", "\t").replace("\0", "\\")


# The edge list is what the others are held against: (account, kind, value) -> (count, first, last).
edges = {}
with open(f"{out}/graph.edges.csv", encoding="utf-8", newline="") as file:
    for row in csv.DictReader(file):
        times = (int(row["ts"]), int(row["last"])) if row["ts"] else (None, None)
        edges[row["account"], row["kind"], row["value"]] = (int(row["count"]), *times)
assert edges, "no edges"
things = {key[1:] for key in edges}
accounts = {key[0] for key in edges}


def of_typed(nodes, links, name):
    """Edges of a graph whose nodes bear type and label."""
    found = {}
    for source, target, data in links:
        a, b = nodes[source], nodes[target]
        if a["type"] != "account":
            a, b = b, a
        found[a["label"], b["type"], b["label"]] = (int(data["count"]), data.get("first"), data.get("last"))
    assert found == edges, f"{name}: other edges"
    return found


graphml = networkx.read_graphml(f"{out}/graph.graphml")
of_typed(graphml.nodes, graphml.edges(data=True), "networkx graphml")
gexf = networkx.read_gexf(f"{out}/graph.gexf")
of_typed(gexf.nodes, gexf.edges(data=True), "networkx gexf")
assert all("viz" in data for _, data in gexf.nodes(data=True)), "a node without a place"
spells = [data["spells"] for _, _, data in gexf.edges(data=True) if data.get("spells")]
assert spells, "no days"
for _, _, data in gexf.edges(data=True):
    if data.get("spells"):
        day = datetime.datetime.fromtimestamp(data["first"], datetime.timezone.utc).date().isoformat()
        assert min(start for start, _ in data["spells"]) == day, "first day of an edge"
print(f"networkx: GraphML and GEXF have {graphml.number_of_nodes()} nodes and the {len(edges)} edges of the edge list; {len(spells)} edges with days")

other = igraph.Graph.Read_GraphML(f"{out}/graph.graphml")
found = {}
for edge in other.es:
    a, b = other.vs[edge.source], other.vs[edge.target]
    if a["type"] != "account":
        a, b = b, a
    found[a["label"], b["type"], b["label"]] = int(edge["count"])
assert found == {key: value[0] for key, value in edges.items()}, "igraph: other edges"
print(f"igraph: {other.vcount()} nodes, {other.ecount()} edges, the same")

matrix = scipy.io.mmread(f"{out}/graph.mtx").tocoo()
rows = [unescaped(line) for line in open(f"{out}/graph.rows.txt", encoding="utf-8", newline="\n").read().splitlines()]
columns = [tuple(map(unescaped, line.split("\t"))) for line in open(f"{out}/graph.columns.txt", encoding="utf-8", newline="\n").read().splitlines()]
assert matrix.shape == (len(rows), len(columns)), "shape"
found = {(rows[i], *columns[j]): int(v) for i, j, v in zip(matrix.row, matrix.col, matrix.data)}
assert found == {key: value[0] for key, value in edges.items()}, "scipy: other entries"
print(f"scipy: a matrix of {matrix.shape[0]} x {matrix.shape[1]} with {matrix.nnz} entries, the same")

if os.path.exists(f"{out}/graph.parquet"):
    parquet = pyarrow.parquet.read_table(f"{out}/graph.parquet")
    with pyarrow.ipc.open_file(f"{out}/graph.arrow") as file:
        arrow = file.read_all()
    for name, table in (("Parquet", parquet), ("Arrow IPC", arrow)):
        columns = [table[c].to_pylist() for c in ("account", "kind", "value", "count", "ts", "last")]
        found = {row[:3]: (row[3], *(t and int(t.timestamp()) for t in row[4:])) for row in zip(*columns)}
        assert found == edges, f"{name}: other edges"
    nodes = pyarrow.parquet.read_table(f"{out}/graph.nodes.parquet")
    assert nodes.equals(pyarrow.ipc.open_file(f"{out}/graph.nodes.arrow").read_all()), "nodes"
    assert nodes.num_rows == graphml.number_of_nodes()
    print(f"pyarrow: Parquet and Arrow IPC have the same {parquet.num_rows} edges and {nodes.num_rows} nodes")

drawn = networkx.read_gexf(f"{out}/ring.gexf")
members = [n for n, data in drawn.nodes(data=True) if data["type"] == "account"]
assert all(drawn.nodes[n]["ring"] == ring for n in members), "members of another ring"
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

places = {n: (data["viz"]["position"]["x"], data["viz"]["position"]["y"]) for n, data in drawn.nodes(data=True)}
colours = ["#%02x%02x%02x" % tuple(data["viz"]["color"][c] for c in "rgb") for _, data in drawn.nodes(data=True)]
sizes = [float(data["viz"]["size"]) ** 2 for _, data in drawn.nodes(data=True)]
plt.figure(figsize=(9, 9))
networkx.draw_networkx_edges(drawn, places, alpha=0.25, width=0.6)
networkx.draw_networkx_nodes(drawn, places, node_color=colours, node_size=sizes, linewidths=0)
plt.title(f"{ring}: {len(members)} accounts and what they share")
plt.axis("off")
plt.savefig(f"{out}/ring.png", dpi=110)
print(f"ring.png: {ring} of {len(members)} accounts, {drawn.number_of_nodes() - len(members)} things, drawn from the places in the GEXF")
