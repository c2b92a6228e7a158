"""What is said to be shared lies at one address, and nobody allocates."""

import ctypes

import numpy as np
import pytest

import ringscope


def address(array):
    return array.__array_interface__["data"][0]


def test_arrays_of_a_graph_are_the_engines_own_memory(detection):
    graph = detection.bipartite()
    again = detection._core.bipartite()  # views are made anew: copies would not lie where those of the graph do
    pairs = {
        "indptr": (graph.indptr, again.left_offsets),
        "indices": (graph.indices, again.left_targets),
        "right_indptr": (graph.right_indptr, again.right_offsets),
        "right_indices": (graph.right_indices, again.right_targets),
        "right_edges": (graph.right_edges, again.right_edges),
        "layer_offsets": (graph.layer_offsets, again.layer_offsets),
        "keys": (graph.keys, again.account_keys),
        "counts": (graph.counts, again.sighting("count")),
    }
    for name, (one, other) in pairs.items():
        assert one is not other and address(one) == address(other), name
        assert not one.flags.owndata and not one.flags.writeable, name


def test_what_was_checked_cannot_be_changed(planted, detection):
    graph, _ = planted
    given = [graph.indptr.copy(), graph.indices.copy(), graph.data.copy()]
    made = ringscope.Graph(*given)
    left = ringscope.BipartiteGraph([0, 1, 2], [0, 0])
    for one in (graph, made, detection.graph(), ringscope.algorithms.project(left)):
        for array in (one.indptr, one.indices, one.data):
            with pytest.raises(ValueError, match="read-only"):
                array[:1] = 0
    for array in left._parts():
        assert not array.flags.writeable
    assert all(array.flags.writeable for array in given)  # who gave them keeps them as they were


def test_attributes_of_edges_are_views_with_a_stride(detection):
    graph = detection.bipartite()
    assert graph.counts.strides == graph.first.strides == (24,)
    assert address(graph.days) - address(graph.counts) == 4
    assert address(graph.last) - address(graph.first) == 8
    assert graph.counts.size == graph.edge_count > 0
    assert int(graph.counts.min()) >= 1
    timed = graph.first != ringscope.NO_TIME
    assert np.all(graph.first[timed] <= graph.last[timed])


class Mallinfo(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in
                ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost")]


def allocated():
    """Bytes that are taken from the C library, by C++ too, which tracemalloc does not see."""
    try:
        ask = ctypes.CDLL(None).mallinfo2
    except AttributeError:
        pytest.skip("no mallinfo2 in this C library")
    ask.restype = Mallinfo
    info = ask()
    return info.uordblks + info.hblkhd


def test_looking_at_a_graph_allocates_nothing_of_its_size(detection):
    core = detection._core.bipartite()
    before = allocated()
    copy = core.left_targets.copy()
    assert allocated() - before >= copy.nbytes > 20_000  # it would be seen
    del copy

    def look():  # views are made anew
        return [core.left_offsets, core.left_targets, core.right_edges, core.account_keys, core.sighting("count")]

    look()
    before = allocated()
    arrays = look()
    assert allocated() - before < 10_000
    assert min(array.nbytes for array in arrays) > 10_000  # a copy of any one is more


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


def test_templates_are_shared_with_scipy_row_starts_too(store):
    matrix = store.templates()
    assert matrix.shape[0] > 100 and matrix.shape[1] > 10
    core = matrix._core
    taken = matrix.to_scipy()
    for name, one, other in (
        ("starts", taken.indptr, core.starts),
        ("columns", taken.indices, core.columns),
        ("counts", taken.data, core.counts),
    ):
        assert one is not other and address(one) == address(other), name
        assert not other.flags.writeable, name
    before = allocated()
    views = [core.starts, core.columns, core.counts, core.accounts]
    assert allocated() - before < min(view.nbytes for view in views)


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
