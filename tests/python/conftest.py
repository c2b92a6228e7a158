"""A small simulated world, read in and looked through once for all tests."""

import numpy as np
import pytest

import ringscope


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    """Directory of a world (world/) and its store (db)."""
    root = tmp_path_factory.mktemp("world")
    ringscope.simulate(root / "world", accounts=3000, requests=50_000, seed=7, hardness=0.3)
    report = ringscope.ingest(root / "db", root / "world" / "events.jsonl", progress=False)
    assert report["rejected"] == 0
    ringscope.detect(root / "db", progress=False)
    return root


@pytest.fixture
def store(world):
    with ringscope.open(world / "db") as opened:
        yield opened


@pytest.fixture(scope="session")
def detection(world):
    with ringscope.open(world / "db") as opened:
        return opened.detect(progress=False)


@pytest.fixture(scope="session")
def planted():
    """A graph of planted communities, as (Graph, labels)."""
    random = np.random.default_rng(5)
    count, groups = 600, 12
    labels = np.sort(random.integers(0, groups, count))
    u, v = np.triu_indices(count, 1)
    kept = random.random(u.size) < np.where(labels[u] == labels[v], 0.3, 0.005)
    weight = random.uniform(0.5, 2.0, kept.sum())
    return ringscope.Graph.from_edges(u[kept], v[kept], weight, vertex_count=count), labels
