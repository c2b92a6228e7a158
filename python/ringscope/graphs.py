"""Graphs as arrays: what the engine has in memory, seen by NumPy without a copy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Sequence

import numpy as np

from . import _core
from .errors import UsageError

if TYPE_CHECKING:  # pragma: no cover
    import igraph
    import networkit
    import networkx
    import scipy.sparse

#: Edges above which :meth:`Graph.to_networkx` refuses: NetworkX takes about 1 kB for each.
NETWORKX_EDGES = 1_000_000


def _array(values: Any, dtype: Any, name: str) -> np.ndarray:
    """One-dimensional, contiguous and of the type; the same memory when it is so already."""
    given = np.asarray(values)
    if given.ndim != 1:
        raise UsageError(f"must have one dimension, has {given.ndim}", name)
    wanted = np.dtype(dtype)
    if given.dtype.kind not in "biuf":
        raise UsageError(f"must be numbers, not {given.dtype}", name)
    if given.dtype != wanted and wanted.kind in "iu" and given.size:
        bounds = np.iinfo(wanted)
        if given.dtype.kind == "f" and not np.all(given == np.floor(given)):
            raise UsageError("must be whole numbers", name)
        if given.min() < bounds.min or given.max() > bounds.max:
            raise UsageError(f"does not fit {wanted}", name)
        same = given.dtype.kind in "iu" and given.dtype.itemsize == wanted.itemsize and given.dtype.isnative
        if same and given.flags.c_contiguous:
            return given.view(wanted)  # all values are in both types
    return np.ascontiguousarray(given, dtype=wanted)


def _frozen(array: np.ndarray) -> np.ndarray:
    """The same memory, not to be written through this: what was checked stays so."""
    view = array.view()
    view.flags.writeable = False
    return view


def _scipy_index(indptr: np.ndarray, indices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """SciPy wants both of one type: int32, for which only indptr is copied, as long as the entries can be counted so."""
    if indices.size <= np.iinfo(np.int32).max:
        return indices.view(np.int32), indptr.astype(np.int32)
    return indices.astype(np.int64), indptr.view(np.int64)


class Graph:
    """An undirected weighted graph in compressed sparse rows.

    ``indptr`` [V + 1] uint64, ``indices`` [2 E] uint32, ``data`` [2 E] float32 (> 0, larger = closer): each edge
    stands in the rows of both ends, rows ascend, no loops. The arrays are the engine's own memory, read only: algorithms
    read them where they are, and do not check them again.

    ``names`` (or None): what each vertex is called; ``keys`` (or None): its 64-bit key in the store; ``provenance``
    (or None): where it came from, as :meth:`Store.provenance` has it.
    """

    provenance: dict[str, Any] | None = None

    def __init__(
        self,
        indptr: Any,
        indices: Any,
        data: Any = None,
        *,
        names: Sequence[str] | None = None,
        keys: np.ndarray | None = None,
        check: bool = True,
    ) -> None:
        """From arrays of any integer and float type; those of the types above are shared, and must not be changed
        afterwards; others are converted.

        Raises :class:`~ringscope.UsageError` unless they are an undirected graph: O(E). ``check=False`` is for arrays
        that are known to be one; wrong ones then crash.
        """
        self.indptr = _frozen(_array(indptr, np.uint64, "indptr"))
        self.indices = _frozen(_array(indices, np.uint32, "indices"))
        weights = np.ones(self.indices.size, np.float32) if data is None else _array(data, np.float32, "data")
        self.data = _frozen(weights)
        self._names = names
        self.keys = keys
        if check:
            _core.check_graph(self.indptr, self.indices, self.data)

    @classmethod
    def _of(
        cls, parts: tuple[np.ndarray, np.ndarray, np.ndarray], provenance: dict[str, Any] | None = None, **more: Any
    ) -> "Graph":
        made = cls(*parts, check=False, **more)
        made.provenance = provenance
        return made

    @classmethod
    def from_scipy(cls, matrix: Any, *, names: Sequence[str] | None = None) -> "Graph":
        """From a symmetric SciPy sparse matrix; the diagonal and explicit zeros must be empty.

        CSR with sorted indices: int32 ``indices`` and float32 ``data`` are shared, the rest converted.
        """
        rows = matrix.tocsr()
        if rows.shape[0] != rows.shape[1]:
            raise UsageError(f"must be square, is {rows.shape}", "matrix")
        if not rows.has_sorted_indices:
            rows = rows.sorted_indices()
        return cls(rows.indptr, rows.indices, rows.data, names=names)

    @classmethod
    def from_edges(cls, u: Any, v: Any, weight: Any = None, *, vertex_count: int | None = None) -> "Graph":
        """From the two ends [E] of each edge and its weight [E] (1 each without); parallel edges are summed."""
        u, v = _array(u, np.uint32, "u"), _array(v, np.uint32, "v")
        if vertex_count is None:
            vertex_count = int(max(u.max(initial=0), v.max(initial=0)) + 1) if u.size else 0
        values = {"vertex_count": vertex_count, "u": u, "v": v}
        if weight is not None:
            values["weight"] = _array(weight, np.float32, "weight")
        return cls._of(_core.run_algorithm("build_graph", values)[0])

    @classmethod
    def from_networkx(cls, graph: "networkx.Graph", weight: str = "weight") -> "Graph":
        """From a NetworkX graph; vertices in its order, ``names`` their names."""
        nodes = list(graph.nodes)
        number = {node: i for i, node in enumerate(nodes)}
        edges = [(number[a], number[b], w) for a, b, w in graph.edges(data=weight, default=1.0) if a != b]
        columns = list(zip(*edges)) if edges else [(), (), ()]
        made = cls.from_edges(
            np.array(columns[0], np.uint32),
            np.array(columns[1], np.uint32),
            np.array(columns[2], np.float32),
            vertex_count=len(nodes),
        )
        made._names = [str(node) for node in nodes]
        return made

    def __len__(self) -> int:
        """Vertices."""
        return max(self.indptr.size - 1, 0)

    vertex_count = property(__len__, doc="Vertices.")

    @property
    def edge_count(self) -> int:
        """Edges; each is two entries of ``indices``."""
        return self.indices.size // 2

    @property
    def names(self) -> Sequence[str] | None:
        """What each vertex is called [V]; None when nobody said."""
        if callable(self._names):
            self._names = self._names()
        return self._names

    def degrees(self) -> np.ndarray:
        """[V] uint64: neighbours of each vertex."""
        return np.diff(self.indptr)

    def neighbors(self, vertex: int) -> np.ndarray:
        """uint32: a view of one row, ascending."""
        return self.indices[int(self.indptr[vertex]) : int(self.indptr[vertex + 1])]

    def edges(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Every edge once, from its smaller end: u [E], v [E] uint32, weight [E] float32. Copies."""
        sources = np.repeat(np.arange(len(self), dtype=np.uint32), self.degrees().astype(np.int64))
        once = sources < self.indices
        return sources[once], self.indices[once], self.data[once]

    def subgraph(self, vertices: Any) -> "Graph":
        """The graph among some vertices, in ascending order."""
        chosen = np.unique(_array(vertices, np.uint32, "vertices"))
        parts = _core.run_algorithm("induced_subgraph", {"graph": self._parts(), "members": chosen})[0]
        names = self.names
        return Graph._of(
            parts,
            self.provenance,
            names=None if names is None else [names[i] for i in chosen],
            keys=None if self.keys is None else self.keys[chosen],
        )

    def _parts(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return self.indptr, self.indices, self.data

    def to_scipy(self) -> "scipy.sparse.csr_array":
        """[V, V] CSR. ``data`` is shared, and ``indices`` up to 2^31 entries: read only, so ``.copy()`` before you change
        it. ``indptr`` is copied, for SciPy wants both of one type."""
        import scipy.sparse

        return scipy.sparse.csr_array(
            (self.data, *_scipy_index(self.indptr, self.indices)), shape=(len(self), len(self)), copy=False
        )

    def to_networkx(self, *, most_edges: int = NETWORKX_EDGES) -> "networkx.Graph":
        """A NetworkX graph with ``weight``; vertices carry their ``name``. Refuses more than ``most_edges`` edges."""
        import networkx

        if self.edge_count > most_edges:
            raise UsageError(
                f"{self.edge_count:,} edges would take about {self.edge_count / 1e6:.1f} GB in NetworkX; take a subgraph, "
                "to_igraph() or to_networkit(), or pass most_edges",
                "most_edges",
            )
        graph = networkx.Graph()
        names = self.names
        if names is None:
            graph.add_nodes_from(range(len(self)))
        else:
            graph.add_nodes_from((i, {"name": name}) for i, name in enumerate(names))
        graph.add_weighted_edges_from(zip(*(column.tolist() for column in self.edges())))
        return graph

    def to_igraph(self) -> "igraph.Graph":
        """A python-igraph graph with edge attribute ``weight`` and, if there are names, vertex attribute ``name``."""
        import igraph

        u, v, weight = self.edges()
        graph = igraph.Graph(n=len(self), edges=np.column_stack([u, v]), directed=False)
        graph.es["weight"] = weight.astype(float)
        if self.names is not None:
            graph.vs["name"] = list(self.names)
        return graph

    def to_networkit(self) -> "networkit.Graph":
        """A weighted NetworKit graph."""
        import networkit
        import scipy.sparse

        u, v, weight = self.edges()
        matrix = scipy.sparse.coo_matrix(
            (weight.astype(np.float64), (u.astype(np.int64), v.astype(np.int64))), shape=(len(self), len(self))
        )
        return networkit.GraphFromCoo(matrix, n=len(self), weighted=True, directed=False)

    def laplacian(self) -> "scipy.sparse.csr_array":
        """[V, V] normalised Laplacian I - D^-1/2 W D^-1/2, float64; vertices without an edge have 0 on the diagonal."""
        import scipy.sparse

        weights = self.to_scipy().astype(np.float64)
        strength = np.asarray(weights.sum(axis=1)).ravel()
        scale = np.divide(1, np.sqrt(strength), out=np.zeros_like(strength), where=strength > 0)
        scaled = scipy.sparse.diags_array(scale) @ weights @ scipy.sparse.diags_array(scale)
        return (scipy.sparse.diags_array((strength > 0).astype(float)) - scaled).tocsr()

    def __repr__(self) -> str:
        return f"<ringscope.Graph of {len(self):,} vertices and {self.edge_count:,} edges>"
