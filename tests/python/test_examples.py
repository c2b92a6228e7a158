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


def test_boost_graph_and_eigen_see_what_python_sees(world, detection, tmp_path):
    build = built("boost_graph", tmp_path)
    told = output_of(build / "bench", world / "db")
    networkx = pytest.importorskip("networkx")
    pairs = detection.graph(attaching=False)
    articulation = len(list(networkx.articulation_points(pairs.to_networkx())))
    first = next(line for line in told.splitlines() if line.startswith("all "))
    assert [int(number) for number in re.findall(r"\d+", first)][0] == pairs.edge_count
    assert [int(number) for number in re.findall(r"\d+", first)][-1] == articulation
    facts = detection.pair_facts(attaching=False)
    for k, layer in enumerate(detection.bipartite().layers):
        line = next(line for line in told.splitlines() if line.startswith(f"{layer} "))
        assert int(re.search(r"(\d+) pairs", line)[1]) == int(((facts.kinds >> np.uint64(k)) & np.uint64(1)).sum()) // 2

    linalg = pytest.importorskip("scipy.sparse.linalg")
    told = output_of(build / "spectral", world / "db")
    values = np.sort(linalg.svds(detection.bipartite().to_scipy().astype(float), 5)[1])[::-1]
    printed = re.search(r"largest singular values ([\d. ]+)", told)[1].split()
    assert np.allclose([float(value) for value in printed], values, rtol=5e-3)
    smallest = [float(value) for value in re.search(r"smallest eigenvalues ([-\d. ]+)", told)[1].split()]
    assert abs(smallest[0]) < 1e-3 and smallest == sorted(smallest)
