"""Algorithms come from the engine's table, and say what other libraries say."""

import inspect

import numpy as np
import pytest

import ringscope
from ringscope import algorithms


def same_partition(a, b):
    return np.array_equal(algorithms.canonical_partition(a), algorithms.canonical_partition(b))


def test_every_row_of_the_table_is_a_function_with_its_documentation():
    for row in algorithms.table():
        function = getattr(algorithms, row["name"])
        assert row["summary"] in inspect.getdoc(function)
        assert list(inspect.signature(function).parameters) == [p["name"] for p in row["parameters"]]
        assert row["results"], row["name"]
        for parameter in row["parameters"]:
            assert parameter["summary"], (row["name"], parameter["name"])
    assert set(dir(algorithms)) >= set(algorithms.names())


def test_leiden_finds_planted_communities(planted):
    graph, labels = planted
    assert same_partition(algorithms.leiden(graph), labels)


def test_inputs_of_other_libraries_give_the_same(planted):
    networkx = pytest.importorskip("networkx")
    graph, _ = planted
    expected = algorithms.leiden(graph)
    assert np.array_equal(algorithms.leiden(graph.to_scipy()), expected)
    assert np.array_equal(algorithms.leiden(graph.to_scipy().astype(np.float64)), expected)
    assert np.array_equal(algorithms.leiden(graph.to_networkx()), expected)
    assert networkx.number_of_edges(graph.to_networkx()) == graph.edge_count


def test_threads_do_not_show(planted):
    graph, _ = planted
    assert np.array_equal(algorithms.leiden(graph, threads=1), algorithms.leiden(graph, threads=4))


def test_modularity_and_components_as_networkx(planted):
    networkx = pytest.importorskip("networkx")
    graph, labels = planted
    other = graph.to_networkx()
    groups = [set(np.flatnonzero(labels == k).tolist()) for k in np.unique(labels)]
    assert algorithms.modularity(graph, labels) == pytest.approx(
        networkx.community.modularity(other, groups, weight="weight"), abs=1e-6
    )
    sparse = ringscope.Graph.from_edges([0, 1, 4], [1, 2, 5], vertex_count=7)
    assert list(algorithms.connected_components(sparse)) == [0, 0, 0, 1, 2, 2, 3]


def test_igraph_agrees_on_leiden(planted):
    pytest.importorskip("igraph")
    graph, _ = planted
    other = graph.to_igraph()
    theirs = other.community_leiden(objective_function="modularity", weights="weight", n_iterations=10)
    ours = algorithms.leiden(graph)
    assert algorithms.modularity(graph, ours) >= other.modularity(theirs.membership, weights="weight") - 1e-6
    assert same_partition(ours, theirs.membership)


def test_leidenalg_agrees_on_cpm(planted):
    leidenalg = pytest.importorskip("leidenalg")
    graph, _ = planted
    theirs = leidenalg.find_partition(
        graph.to_igraph(), leidenalg.CPMVertexPartition, weights="weight", resolution_parameter=0.1, seed=1
    )
    ours = algorithms.leiden(graph, objective="cpm", resolution=0.1)
    assert same_partition(ours, theirs.membership)
    # leidenalg counts both directions of an undirected edge.
    assert algorithms.cpm_quality(graph, ours, resolution=0.1) == pytest.approx(theirs.quality() / 2, rel=1e-5)


def test_networkit_agrees_on_components_and_modularity(planted):
    networkit = pytest.importorskip("networkit")
    graph, labels = planted
    other = graph.to_networkit()
    assert (other.numberOfNodes(), other.numberOfEdges()) == (len(graph), graph.edge_count)
    partition = networkit.Partition(len(graph), list(map(int, labels)))
    partition.setUpperBound(int(labels.max()) + 1)
    quality = networkit.community.Modularity().getQuality(partition, other)
    assert algorithms.modularity(graph, labels) == pytest.approx(quality, abs=1e-6)


def test_bipartite_graphs_go_to_igraph_and_networkit(detection):
    pytest.importorskip("igraph")
    networkit = pytest.importorskip("networkit")
    graph = detection.bipartite()
    lefts, rights = graph.shape
    labels = algorithms.connected_components(
        ringscope.Graph.from_edges(graph._sources(), graph.indices + np.uint32(lefts), vertex_count=lefts + rights)
    )
    other = graph.to_igraph()
    assert other.is_bipartite() and other.vs["type"] == [False] * lefts + [True] * rights
    assert (other.vcount(), other.ecount()) == (lefts + rights, graph.edge_count)
    assert other.vs["name"][:lefts] == graph.accounts()["account"]
    assert sum(other.es["count"]) == int(graph.counts.sum())
    assert same_partition(other.connected_components().membership, labels)
    third = graph.to_networkit()
    run = networkit.components.ConnectedComponents(third)
    run.run()
    assert (third.numberOfNodes(), third.numberOfEdges()) == (lefts + rights, graph.edge_count)
    assert same_partition(run.getPartition().getVector(), labels)
    plain = ringscope.BipartiteGraph([0, 2, 3], [0, 1, 1])
    assert plain.to_igraph().vs.attributes() == ["type"]


@pytest.mark.parametrize("cut", [0.0, 0.9, 1.5, 1.9, 5.0])
def test_the_merge_tree_is_scipys_components_of_a_filtered_graph(planted, cut):
    csgraph = pytest.importorskip("scipy.sparse.csgraph")
    graph, _ = planted
    matrix = graph.to_scipy().tocsr(copy=True)
    matrix.data = np.where(matrix.data >= np.float32(cut), matrix.data, 0)
    matrix.eliminate_zeros()
    _, labels = csgraph.connected_components(matrix, directed=False)
    assert same_partition(algorithms.components_at(graph, cut), labels)
    tree = algorithms.merge_tree(graph)
    assert sorted(tree.order) == list(range(len(graph)))


def test_a_projection_is_a_matrix_product():
    scipy_sparse = pytest.importorskip("scipy.sparse")
    random = np.random.default_rng(3)
    matrix = scipy_sparse.random_array((80, 60), density=0.06, rng=random, format="csr")
    matrix.data[:] = 1
    graph = algorithms.project(matrix, measure="jaccard")
    shared = (matrix @ matrix.T).toarray()
    size = np.asarray(matrix.sum(axis=1)).ravel()
    expected = shared / np.maximum(size[:, None] + size[None, :] - shared, 1)
    np.fill_diagonal(expected, 0)
    assert np.allclose(graph.to_scipy().toarray(), expected)


def test_the_tail_of_a_projection_is_scipys():
    scipy_sparse = pytest.importorskip("scipy.sparse")
    stats = pytest.importorskip("scipy.stats")
    matrix = scipy_sparse.random_array((40, 50), density=0.1, rng=np.random.default_rng(6), format="csr")
    matrix.data[:] = 1
    graph = algorithms.project(matrix, measure="tail", cut=1.0)
    size = np.asarray(matrix.sum(axis=1)).ravel().astype(int)
    population = int((np.asarray(matrix.sum(axis=0)).ravel() > 0).sum())
    shared = (matrix @ matrix.T).toarray().astype(int)
    u, v, bits = graph.edges()
    expected = -np.log2(stats.hypergeom.sf(shared[u, v] - 1, population, size[u], size[v]))
    assert u.size > 100
    assert np.allclose(bits, expected, rtol=1e-4, atol=1e-5)


def test_benjamini_hochberg_as_scipy():
    stats = pytest.importorskip("scipy.stats")
    p = np.random.default_rng(1).random(500) ** 3
    adjusted = stats.false_discovery_control(p)
    assert algorithms.fdr_threshold(p, alpha=0.05) == p[adjusted <= 0.05].max()


def test_assignment_as_scipy():
    optimize = pytest.importorskip("scipy.optimize")
    weight = np.random.default_rng(2).integers(1, 100, (12, 9))
    left, right = np.indices(weight.shape).reshape(2, -1)
    partner = algorithms.assign(12, 9, left, right, weight.ravel())
    rows, columns = optimize.linear_sum_assignment(weight, maximize=True)
    used = partner != 4294967295
    assert weight[np.flatnonzero(used), partner[used]].sum() == weight[rows, columns].sum()


def test_isotonic_regression_as_scipy():
    optimize = pytest.importorskip("scipy.optimize")
    random = np.random.default_rng(4)
    values, weights = random.random(50), random.random(50) + 0.1
    expected = optimize.isotonic_regression(values, weights=weights, increasing=False).x
    assert np.allclose(algorithms.fit_non_increasing(values, weights), expected)


def test_a_shuffle_keeps_degrees(detection):
    graph = detection.bipartite()
    shuffled = algorithms.shuffle(graph, seed=3)
    assert np.array_equal(np.diff(shuffled.indptr), np.diff(graph.indptr))
    assert np.array_equal(np.diff(shuffled.right_indptr), np.diff(graph.right_indptr))
    assert not np.array_equal(shuffled.indices, graph.indices)


def test_several_results_have_names(detection):
    found = algorithms.coactions(detection.bipartite(), np.asarray(detection.bipartite().first))
    assert found._fields == ("u", "v", "window", "times", "surprise", "things")
    assert found.u.dtype == np.uint32 and found.surprise.dtype == np.float32
    assert np.all(found.u < found.v)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda g: algorithms.leiden(g, objective="beauty"), "modularity, cpm"),
        (lambda g: algorithms.leiden(g, resolutoin=1), "resolutoin"),
        (lambda g: algorithms.leiden(), "graph"),
        (lambda g: algorithms.leiden("a graph"), "must be a Graph"),
        (lambda g: algorithms.leiden(g, seed=-1), "-1"),
        (lambda g: algorithms.leiden(g, seed=1.5), "seed"),
        (lambda g: algorithms.leiden(g, objective="cpm", vertex_weights=[1.0]), "vertex weight"),
        (lambda g: algorithms.modularity(g, [0, 1]), "partition"),
        (lambda g: algorithms.modularity(g, np.full(len(g), -1)), "partition"),
        (lambda g: algorithms.build_graph(2, [0, 1], [1, 2]), "below 2"),
        (lambda g: algorithms.induced_subgraph(g, [3, 1]), "ascend"),
        (lambda g: ringscope.Graph([0, 1], [0]), "own neighbour"),
        (lambda g: ringscope.Graph([0, 1, 1], [1]), "symmetric"),
        (lambda g: ringscope.Graph([0, 1, 2], [1, 0], [1.0, 2.0]), "symmetric"),
        (lambda g: ringscope.Graph([0, 1, 2], [1, 0], [0.0, 0.0]), "above 0"),
        (lambda g: ringscope.Graph([0, 1, 2], [1, 7]), "row 1"),
        (lambda g: ringscope.Graph([0, 2, 1], [1, 0]), "indptr"),
        (lambda g: ringscope.Graph([], []), "indptr"),
        (lambda g: ringscope.Graph([0, 1, 2], [1.5, 0]), "whole"),
        (lambda g: g.to_networkx(most_edges=3), "most_edges"),
        (lambda g: ringscope.BipartiteGraph([0, 2], [1, 0]), "row 0"),
        (lambda g: ringscope.BipartiteGraph([0, 2], [1, 1]), "row 0"),
        (lambda g: ringscope.BipartiteGraph([0, 1], [0], layer_offsets=[0, 2, 1]), "layer_offsets"),
        (lambda g: ringscope.BipartiteGraph([0, 1], [0], layer_offsets=[-1, 1]), "layer_offsets"),
        (lambda g: algorithms.build_bipartite([0, 2], [1, 0], [0, 2]), "row 0"),
        (lambda g: algorithms.agreeing_pairs(ringscope.BipartiteGraph([0, 1], [0]), 2**32), "layer"),
        (lambda g: algorithms.likeness(ringscope.BipartiteGraph([0, 1, 2], [0, 0]), [1, 0]), "group"),
    ],
)
def test_wrong_input_is_refused_and_named(planted, wrong, says):
    with pytest.raises(ringscope.UsageError) as raised:
        wrong(planted[0])
    assert says in str(raised.value)


@pytest.mark.parametrize("kinds", [">u8 >u4 >f4", "<u8 <u4 <f4", ">i8 >i4 >f8", "<i2 <i2 <f2", "|u1 |u1 |u1"])
def test_numbers_of_any_type_and_byte_order_keep_their_values(kinds):
    offsets, targets, weights = kinds.split()
    graph = ringscope.Graph(
        np.array([0, 1, 3, 4], offsets), np.array([1, 0, 2, 1], targets), np.array([3, 3, 2, 2], weights)
    )
    assert list(graph.indptr) == [0, 1, 3, 4]
    assert list(graph.indices) == [1, 0, 2, 1]
    assert list(graph.data) == [3, 3, 2, 2]


def test_a_graph_of_nothing():
    empty = ringscope.Graph([0], [])
    assert len(empty) == 0 and empty.edge_count == 0
    assert algorithms.leiden(empty).size == 0
    alone = ringscope.Graph([0, 0, 0], [])
    assert list(algorithms.leiden(alone)) == [0, 1]


def test_a_subgraph_keeps_names(detection):
    graph = detection.graph()
    ring = np.flatnonzero(detection.ring_of() == 0)
    part = graph.subgraph(ring)
    assert part.names == [graph.names[i] for i in ring]
    assert np.array_equal(part.keys, graph.keys[ring])
    assert np.array_equal(part.to_scipy().toarray(), graph.to_scipy().tocsr()[ring][:, ring].toarray())


def test_the_laplacian_has_an_eigenvalue_of_zero_a_component(planted):
    linalg = pytest.importorskip("scipy.linalg")
    graph = ringscope.Graph.from_edges([0, 1, 2, 4], [1, 2, 0, 5], vertex_count=6)
    values = linalg.eigvalsh(graph.laplacian().toarray())
    assert int((np.abs(values) < 1e-9).sum()) == 3  # triangle, pair, and one alone
    assert values.max() <= 2 + 1e-9
