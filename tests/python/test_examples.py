"""Projects outside the tree build against the installed library, and do what they say."""

import os
import pathlib
import re
import shutil
import subprocess

import numpy as np
import pytest

import ringscope

EXAMPLES = pathlib.Path(__file__).parents[2] / "examples"
INSTALLED = os.environ.get("RINGSCOPE_INSTALLED")

pytestmark = pytest.mark.skipif(not INSTALLED, reason="RINGSCOPE_INSTALLED does not say where the library was installed")


def built(name, directory):
    """The build directory of an example, made outside the tree."""
    shutil.copytree(EXAMPLES / name, directory / name)
    build = directory / "build"
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    for command in (
        ["cmake", "-S", directory / name, "-B", build, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={INSTALLED}"],
        ["cmake", "--build", build],
    ):
        made = subprocess.run(command, capture_output=True, text=True, env=environment)
        assert made.returncode == 0, made.stdout[-3000:] + made.stderr[-3000:]
    return build


def output_of(*command):
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_a_program_that_uses_the_library(world, store, tmp_path):
    program = built("cpp_library", tmp_path) / "find_rings"
    told = output_of(program, tmp_path / "db", world / "world" / "events.jsonl")
    assert f"digest {store.latest_run()['digest']}, as explored" in told
    assert store.rings()["ring"][0] in told
    assert (tmp_path / "accounts.csv").read_text().count("\n") == len(store.members()) + 1
    assert subprocess.run([program, "/nowhere", "none"], capture_output=True).returncode != 0


# What the bench says of a graph.
LINE = re.compile(
    r"(?P<name>\S.*?) +(?P<pairs>\d+) pairs, +(?P<parts>\d+) components of two or more, "
    r"the largest of +(?P<largest>\d+); +(?P<articulation>\d+) accounts hold one together"
)


def told_of(graph, entries):
    """The same by NetworkX: of the edges whose entries are chosen."""
    networkx = pytest.importorskip("networkx")
    sources = np.repeat(np.arange(len(graph)), graph.degrees().astype(int))
    part = networkx.Graph()
    part.add_nodes_from(range(len(graph)))
    part.add_edges_from(zip(sources[entries].tolist(), graph.indices[entries].tolist()))
    sizes = [len(component) for component in networkx.connected_components(part)]
    several = [size for size in sizes if size > 1]
    articulation = len(list(networkx.articulation_points(part)))
    return part.number_of_edges(), len(several), max(sizes), articulation


def test_boost_graph_sees_what_python_sees_in_the_run_of_the_store(world, store, tmp_path):
    told = output_of(built("boost_graph", tmp_path) / "bench", world / "db")
    graph, facts = store.graph(), store.pair_facts()
    layers = store.bipartite().layers
    everything = np.ones(graph.indices.size, bool)
    tiers = dict(zip(store.members()["key"].tolist(), store.members()["tier"]))
    banned = np.array([tiers.get(int(key)) == "ban" for key in graph.keys])
    sources = np.repeat(np.arange(len(graph)), graph.degrees().astype(int))
    wanted = {
        "all": everything,
        "30 bits": graph.data >= 30,
        "last week": facts.last >= facts.last.max() - 7 * 86400,
        "ban": banned[sources] & banned[graph.indices],
    }
    wanted |= {layer: (facts.kinds >> np.uint64(k)) & np.uint64(1) == 1 for k, layer in enumerate(layers)}
    lines = {one["name"]: one for one in map(LINE.fullmatch, told.splitlines()) if one}
    assert set(lines) == set(wanted)
    for name, entries in wanted.items():
        pairs, parts, largest, articulation = told_of(graph, entries)
        line = lines[name]
        assert (int(line["pairs"]), int(line["parts"]), int(line["articulation"])) == (pairs, parts, articulation), name
        assert pairs == 0 or int(line["largest"]) == largest, name
    for name in ("30 bits", "last week", "ban"):  # parts, or nothing would be seen
        assert 0 < wanted[name].sum() < graph.indices.size, name
    first = re.search(r"the first pair: ([\d.]+) bits, seen from (\S+) to (\S+)", told)
    assert float(first[1]) == pytest.approx(float(graph.data[0]), abs=0.051)
    times = [np.datetime64(int(values[0]), "s") for values in (facts.first, facts.last)]
    assert [np.datetime64(text.rstrip("Z"), "s") for text in first.groups()[1:]] == times


def test_eigen_decomposes_what_scipy_decomposes(world, store, tmp_path):
    linalg = pytest.importorskip("scipy.sparse.linalg")
    told = output_of(built("boost_graph", tmp_path) / "spectral", world / "db")
    for what, matrix in (("things", store.bipartite().to_scipy()), ("templates", store.templates().to_scipy())):
        values = np.sort(linalg.svds(matrix.astype(float), 5)[1])[::-1]
        printed = re.search(rf"accounts x {what}, {matrix.shape[0]} x {matrix.shape[1]}: .* values ([\d. ]+)", told)[1]
        assert np.allclose([float(value) for value in printed.split()], values, rtol=5e-3), what

    graph, members, rings = store.graph(), store.members(), store.rings()
    ring, smallest = re.search(r"(R-\S+) of \d+ accounts: smallest eigenvalues ([-\d. ]+)", told).groups()
    keys = {int(key) for key, one in zip(members["key"], members["ring"]) if one == ring}
    assert len(keys) == dict(zip(rings["ring"], rings["size"]))[ring]
    part = graph.subgraph([v for v, key in enumerate(graph.keys) if int(key) in keys])
    expected = np.linalg.eigvalsh(part.laplacian().toarray())
    alone = [0.0] * (len(keys) - len(part))  # members without a link
    expected = np.sort([*expected, *alone])[: len(smallest.split())]
    assert np.allclose([float(value) for value in smallest.split()], expected, atol=2e-4)
