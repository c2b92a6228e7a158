"""What is said to be shared lies at one address, and nobody allocates."""

import tracemalloc

import numpy as np
import pytest

import ringscope


def address(array):
    return array.__array_interface__["data"][0]


def test_arrays_of_a_graph_are_the_engines_own_memory(detection):
    graph = detection.bipartite()
    for name in ("indptr", "indices", "right_indptr", "right_indices", "right_edges", "layer_offsets", "keys"):
        one = getattr(graph, name)
        other = getattr(detection.bipartite(), name)
        assert address(one) == address(other), name
        assert not one.flags.owndata and not one.flags.writeable, name


def test_attributes_of_edges_are_views_with_a_stride(detection):
    graph = detection.bipartite()
    assert graph.counts.strides == graph.first.strides == (24,)
    assert address(graph.days) - address(graph.counts) == 4
    assert address(graph.last) - address(graph.first) == 8
    assert graph.counts.size == graph.edge_count > 0
    assert int(graph.counts.min()) >= 1
    timed = graph.first != ringscope.NO_TIME
    assert np.all(graph.first[timed] <= graph.last[timed])


def test_looking_at_a_graph_allocates_nothing_of_its_size(detection):
    graph = detection.bipartite()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    arrays = [graph.indptr, graph.indices, graph.counts, graph.first, graph.right_edges]
    grown = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    assert sum(array.size for array in arrays) > 20_000
    assert grown < 10_000


def test_arrays_of_the_very_type_are_shared_with_a_graph(planted):
    graph, _ = planted
    same = ringscope.Graph(graph.indptr, graph.indices, graph.data)
    assert address(same.indptr) == address(graph.indptr)
    assert address(same.indices) == address(graph.indices)
    assert address(same.data) == address(graph.data)


def test_scipy_shares_indices_and_weights(planted):
    graph, _ = planted
    matrix = graph.to_scipy()
    assert address(matrix.indices) == address(graph.indices)
    assert address(matrix.data) == address(graph.data)
    back = ringscope.Graph.from_scipy(matrix)
    assert address(back.indices) == address(graph.indices)
    assert address(back.data) == address(graph.data)


def test_arrays_outlive_what_they_came_from(world):
    store = ringscope.open(world / "db")
    graph = store.bipartite()
    indices = graph.indices
    total = int(indices.sum())
    store.close()
    del graph, store
    assert int(indices.sum()) == total


def test_pyarrow_takes_tables_at_the_same_address(store):
    pyarrow = pytest.importorskip("pyarrow")
    table = store.members()
    before = pyarrow.total_allocated_bytes()
    taken = pyarrow.table(table)
    assert pyarrow.total_allocated_bytes() == before
    for name in ("score", "membership", "key"):
        assert taken[name].num_chunks == 1
        assert taken[name].chunk(0).buffers()[1].address == address(table[name])
    taken.validate(full=True)


def test_polars_takes_numbers_at_the_same_address(store):
    polars = pytest.importorskip("polars")
    table = store.members()
    taken = polars.DataFrame(table)
    assert address(taken["score"].to_numpy()) == address(table["score"])


def test_a_table_outlives_the_store(world):
    pyarrow = pytest.importorskip("pyarrow")
    store = ringscope.open(world / "db")
    taken = pyarrow.table(store.rings())
    store.close()
    del store
    taken.validate(full=True)
    assert taken.num_rows > 0
