"""Every format of graphs is read back by the readers of others (tests/readers/graphs.py)."""

import csv
import os
import pathlib
import shutil
import subprocess
import sys

import numpy as np
import pytest

import ringscope

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "readers"))
import graphs  # noqa: E402

PROGRAM = os.environ.get("RINGSCOPE", shutil.which("ringscope"))
PACKAGES = os.environ.get("RINGSCOPE_NODE_PACKAGES")
pytestmark = pytest.mark.skipif(not PROGRAM, reason="no program to export with: set RINGSCOPE")


def export(world, *arguments):
    ran = subprocess.run([PROGRAM, "--db", world / "db", "-q", "export", *arguments], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


@pytest.fixture(scope="module")
def exported(world, tmp_path_factory):
    """A directory with the whole graph, the largest ring, an account's neighbourhood and the links, in every format."""
    out = tmp_path_factory.mktemp("exported")
    with ringscope.open(world / "db") as store:
        rings = store.rings()
        ring = rings["ring"][int(np.argmax(rings["size"]))]
        members = store.members()
        account = next(a for a, r in zip(members["account"], members["ring"]) if r == ring)
    scopes = {"graph": [], "ring": ["--ring", ring], "account": ["--account", account, "--depth", "3"]}
    for name, scope in scopes.items():
        for format, suffix in graphs.FORMATS.items():
            export(world, "--level", "graph", "--format", format, "--out", out / f"{name}.{suffix}", *scope)
    for format, suffix in graphs.FORMATS.items():
        export(world, "--level", "links", "--format", format, "--out", out / f"links.{suffix}")
    return out, ring, account


@pytest.mark.parametrize("name", ["graph", "ring", "account"])
@pytest.mark.parametrize("check", graphs.CHECKS, ids=lambda check: check.__name__)
def test_a_graph_is_read_back(exported, name, check):
    for package in ("networkx", "igraph", "scipy", "pyarrow"):
        pytest.importorskip(package)
    stem = exported[0] / name
    assert check(stem, graphs.edges_of(stem))


@pytest.mark.parametrize("name", ["graph", "ring", "account"])
def test_gephi_lites_reader_sees_the_same_nodes_places_and_edges(exported, name):
    if not PACKAGES:
        pytest.skip("graphology-gexf is not here: set RINGSCOPE_NODE_PACKAGES")
    stem = exported[0] / name
    assert graphs.check_gephi_lite(stem, graphs.edges_of(stem), PACKAGES)


def test_the_links_of_a_run_are_read_back(exported, store):
    out = exported[0]
    assert graphs.check_links(out / "links")
    graph = store.graph()
    names = list(graph.names)
    with open(out / "links.edges.csv", encoding="utf-8", newline="") as file:
        told = {frozenset((row["source"], row["target"])): float(row["weight"]) for row in csv.DictReader(file)}
    kept = {frozenset((names[a], names[b])): float(bits) for a, b, bits in zip(*(c.tolist() for c in graph.edges()))}
    assert told.keys() == kept.keys()
    assert all(told[ends] == pytest.approx(bits, rel=1e-6) for ends, bits in kept.items())


def test_the_time_slices_of_gexf_are_the_days_of_the_store(exported, store):
    cells = store.cells()
    days = {}
    for account, kind, value, day in zip(cells["account"], cells["kind"], cells["value"], cells["day"]):
        if not np.isnat(day):
            days.setdefault(day.astype(object), set()).add((account, kind, value))
    things = {key[1] for key in graphs.edges_of(exported[0] / "graph")}
    wanted = {day: {edge for edge in edges if edge[1] in things} for day, edges in days.items()}
    assert graphs.days_of_spells(exported[0] / "graph.gexf") == {day: edges for day, edges in wanted.items() if edges}
    assert len(wanted) > 20


def test_a_ring_is_drawn_from_its_gexf(exported, tmp_path):
    out, ring, _ = exported
    assert ring in graphs.draw(out / "ring.gexf", ring, tmp_path / "ring.png")
    assert (tmp_path / "ring.png").stat().st_size > 10_000


@pytest.mark.parametrize("name", ["graph", "ring"])
def test_a_reader_that_reads_less_is_seen(exported, tmp_path, name):
    out = exported[0]
    for file in out.glob(f"{name}.*"):
        shutil.copy(file, tmp_path)
    text = (tmp_path / f"{name}.graphml").read_text(encoding="utf-8")
    cut = text.rindex("<edge ")
    (tmp_path / f"{name}.graphml").write_text(text[:cut] + text[text.index("</edge>", cut) + 7 :], encoding="utf-8")
    edges = graphs.edges_of(tmp_path / name)
    for check in (graphs.check_networkx, graphs.check_igraph):
        with pytest.raises(AssertionError):
            check(tmp_path / name, edges)
