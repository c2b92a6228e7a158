"""Types for who writes against the package: mypy takes what is right and refuses what is wrong."""

import pathlib
import re
import subprocess
import sys

import pytest

import ringscope
from ringscope import algorithms

RIGHT = """
import numpy as np
import numpy.typing as npt
import scipy.sparse
import ringscope
from ringscope import algorithms

store = ringscope.open("fraud.db")
graph: ringscope.Graph = store.graph()
labels: npt.NDArray[np.uint32] = algorithms.leiden(graph, objective="cpm", resolution=0.5)
algorithms.leiden(scipy.sparse.eye_array(3).tocsr())
algorithms.leiden(graph.to_networkx())
quality: float = algorithms.modularity(graph, labels)
tree = algorithms.merge_tree(graph)
strength: npt.NDArray[np.float32] = tree.strength
projected: ringscope.Graph = algorithms.project(store.bipartite(), measure="jaccard")
commit: str = store.provenance()["commit"]
names: list[str] = algorithms.names()
"""
WRONG = [
    ('algorithms.leiden(store.graph(), objective="beauty")', "beauty"),
    ("algorithms.leiden(store.graph(), resolutoin=1.0)", "resolutoin"),
    ("algorithms.leiden(store.graph(), 0.5)", "positional"),
    ("algorithms.leiden()", "graph"),
    ('algorithms.leiden("a graph")', "arg-type"),
    ("labels: str = algorithms.leiden(store.graph())", "assignment"),
    ("algorithms.merge_tree(store.graph()).colour", "colour"),
    ("algorithms.no_such_thing", "no_such_thing"),
]


def checked(path, text):
    """Exit status and output of mypy."""
    pytest.importorskip("mypy")
    path.write_text(text)
    ran = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--ignore-missing-imports", "--cache-dir", path.parent / "cache", path],
        capture_output=True, text=True, cwd=path.parent,
    )
    assert ran.returncode in (0, 1), ran.stdout + ran.stderr
    return ran.returncode, ran.stdout


def test_right_calls_pass(tmp_path):
    assert checked(tmp_path / "right.py", RIGHT) == (0, "Success: no issues found in 1 source file\n")


def test_wrong_calls_are_refused_line_by_line(tmp_path):
    head = 'import ringscope\nfrom ringscope import algorithms\nstore = ringscope.open("fraud.db")\n'
    status, told = checked(tmp_path / "wrong.py", head + "\n".join(line for line, _ in WRONG) + "\n")
    assert status == 1
    for number, (line, says) in enumerate(WRONG, start=head.count("\n") + 1):
        errors = [one for one in told.splitlines() if re.match(rf"wrong\.py:{number}: error", one)]
        assert any(says in error for error in errors), (line, errors)


def test_every_algorithm_has_its_type():
    stub = (pathlib.Path(ringscope.__file__).parent / "algorithms.pyi").read_text()
    for row in algorithms.table():
        assert f"def {row['name']}(" in stub
        for parameter in row["parameters"]:
            assert f"{parameter['name']}: " in stub


def test_results_are_of_the_types_that_are_said(planted, detection):
    import numpy as np

    graph, labels = planted
    said = dict(re.findall(r"^def (\w+)\(.*\) -> (.*): \.\.\.$", (
        pathlib.Path(ringscope.__file__).parent / "algorithms.pyi").read_text(), re.MULTILINE))
    types = {"float": float, "int": int, "bool": bool, "Graph": ringscope.Graph,
             "BipartiteGraph": ringscope.BipartiteGraph}
    tried = {
        "leiden": algorithms.leiden(graph),
        "modularity": algorithms.modularity(graph, labels),
        "disconnected_communities": algorithms.disconnected_communities(graph, labels),
        "project": algorithms.project(detection.bipartite()),
        "shuffle": algorithms.shuffle(detection.bipartite()),
        "induced_subgraph": algorithms.induced_subgraph(graph, np.arange(5)),
    }
    for name, value in tried.items():
        array = re.fullmatch(r"npt\.NDArray\[np\.(\w+)\]", said[name])
        if array:
            assert value.dtype == np.dtype(array[1]), name
        else:
            assert isinstance(value, types[said[name]]), name
