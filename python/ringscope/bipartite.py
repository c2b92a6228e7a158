"""Accounts and what they touch, and who asked which templates: two kinds of vertices, as arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Sequence

import numpy as np

from . import _core
from .errors import UsageError
from .graphs import NETWORKX_EDGES, _array, _scipy_index
from .tables import Table

if TYPE_CHECKING:  # pragma: no cover
    import igraph
    import networkit
    import networkx
    import scipy.sparse


class BipartiteGraph:
    """Left vertices and right vertices; right ones in layers, consecutive ranges of numbers.

    ``indptr`` [left + 1] uint64 and ``indices`` [E] uint32: the rows of the left side. ``right_indptr``,
    ``right_indices``: of the right side, with ``right_edges`` [E] uint64 the number of each edge in left order, by which
    edge attributes are stored. ``layer_offsets`` [layers + 1] uint32. ``provenance`` (or None): where it came from.
    """

    provenance: dict[str, Any] | None = None

    def __init__(
        self, indptr: Any, indices: Any, *, right_count: int | None = None, layer_offsets: Sequence[int] | None = None
    ) -> None:
        """From the left rows, each ascending. Without ``layer_offsets`` all right vertices are one layer."""
        indptr, indices = _array(indptr, np.uint64, "indptr"), _array(indices, np.uint32, "indices")
        if layer_offsets is None:
            if right_count is None:
                right_count = int(indices.max()) + 1 if indices.size else 0
            layer_offsets = [0, right_count]
        layer_offsets = _array(layer_offsets, np.uint32, "layer_offsets")
        values = {"indptr": indptr, "indices": indices, "layer_offsets": layer_offsets}
        self._arrays = _core.run_algorithm("build_bipartite", values)[0]
        self._loaded: Any = None

    @classmethod
    def _of(
        cls, arrays: tuple[np.ndarray, ...], loaded: Any = None, provenance: dict[str, Any] | None = None
    ) -> "BipartiteGraph":
        made = cls.__new__(cls)
        made._arrays = arrays
        made._loaded = loaded
        made.provenance = provenance
        return made

    @classmethod
    def _loaded_from(cls, core: "_core.LoadedGraph", provenance: dict[str, Any]) -> "BipartiteGraph":
        names = ("left_offsets", "left_targets", "right_offsets", "right_targets", "right_edges", "layer_offsets")
        return cls._of(tuple(getattr(core, name) for name in names), core, provenance)

    @classmethod
    def from_scipy(cls, matrix: Any, *, layer_offsets: Sequence[int] | None = None) -> "BipartiteGraph":
        """From a [left, right] SciPy sparse matrix; where it has an entry is an edge, values are not looked at."""
        rows = matrix.tocsr()
        if not rows.has_sorted_indices:
            rows = rows.sorted_indices()
        return cls(rows.indptr, rows.indices, right_count=rows.shape[1], layer_offsets=layer_offsets)

    indptr = property(lambda self: self._arrays[0], doc="[left + 1] uint64")
    indices = property(lambda self: self._arrays[1], doc="[E] uint32: right vertices, row by row")
    right_indptr = property(lambda self: self._arrays[2], doc="[right + 1] uint64")
    right_indices = property(lambda self: self._arrays[3], doc="[E] uint32: left vertices, column by column")
    right_edges = property(lambda self: self._arrays[4], doc="[E] uint64: number of the edge in left order")
    layer_offsets = property(lambda self: self._arrays[5], doc="[layers + 1] uint32")

    @property
    def shape(self) -> tuple[int, int]:
        """Left and right vertices."""
        return max(self.indptr.size - 1, 0), max(self.right_indptr.size - 1, 0)

    @property
    def edge_count(self) -> int:
        """Edges."""
        return self.indices.size

    @property
    def layers(self) -> list[str]:
        """Names of the layers: kinds of entities. Of a graph that was not loaded from a store their numbers."""
        if self._loaded is None:
            return [str(k) for k in range(self.layer_offsets.size - 1)]
        return self._loaded.layers

    def layer_of(self, name: str) -> range:
        """Right vertices of a layer."""
        if name not in self.layers:
            raise UsageError(f'there is no layer "{name}"; there are: {", ".join(self.layers)}', "name")
        k = self.layers.index(name)
        return range(int(self.layer_offsets[k]), int(self.layer_offsets[k + 1]))

    def _need_store(self) -> Any:
        if self._loaded is None:
            raise UsageError("only a graph loaded from a store has this")
        return self._loaded

    @property
    def keys(self) -> np.ndarray:
        """[left] uint64: key of each account."""
        return self._need_store().account_keys

    @property
    def counts(self) -> np.ndarray:
        """[E] uint32: sightings. A view with a stride."""
        return self._need_store().sighting("count")

    @property
    def days(self) -> np.ndarray:
        """[E] uint32: distinct days. A view with a stride."""
        return self._need_store().sighting("days")

    @property
    def first(self) -> np.ndarray:
        """[E] int64: first sighting, seconds since 1970 UTC; NO_TIME without one. A view with a stride."""
        return self._need_store().sighting("first")

    @property
    def last(self) -> np.ndarray:
        """[E] int64: last sighting. A view with a stride."""
        return self._need_store().sighting("last")

    @property
    def bits(self) -> np.ndarray:
        """[right] float64: what a pair that shares the entity is worth, in bits of surprise; 0 of hubs and of entities
        of one account. Only of a graph that :meth:`Store.detect` weighed."""
        return self._need_store().bits

    def accounts(self) -> Table:
        """Table [left]: account, key."""
        return Table(self._need_store().accounts())

    def entities(self) -> Table:
        """Table [right]: kind, value, key, accounts (how many touch it), and bits where they were weighed."""
        return Table(self._need_store().entities())

    def _parts(self) -> tuple[np.ndarray, ...]:
        return self._arrays

    def to_scipy(self, data: Any = None) -> "scipy.sparse.csr_array":
        """[left, right] CSR with ones, or ``data`` [E] by edge (``g.counts``, ``g.bits[g.indices]``, …).

        ``indices`` is shared, and ``data`` when it is contiguous.
        """
        import scipy.sparse

        values = np.ones(self.edge_count, np.float32) if data is None else np.ascontiguousarray(data)
        if values.shape != (self.edge_count,):
            raise UsageError(f"must have {self.edge_count} values, has {values.shape}", "data")
        return scipy.sparse.csr_array((values, *_scipy_index(self.indptr, self.indices)), shape=self.shape, copy=False)

    def to_networkx(self, *, most_edges: int = NETWORKX_EDGES) -> "networkx.Graph":
        """A NetworkX graph; left vertices are ("left", i), right ones ("right", j), with ``bipartite`` 0 and 1."""
        import networkx

        if self.edge_count > most_edges:
            raise UsageError(f"{self.edge_count:,} edges are too many for NetworkX; pass most_edges", "most_edges")
        lefts, rights = self.shape
        graph = networkx.Graph()
        graph.add_nodes_from((("left", i), {"bipartite": 0}) for i in range(lefts))
        graph.add_nodes_from((("right", j), {"bipartite": 1}) for j in range(rights))
        sources = self._sources().tolist()
        graph.add_edges_from((("left", i), ("right", j)) for i, j in zip(sources, self.indices.tolist()))
        return graph

    def _sources(self) -> np.ndarray:
        """[E] int64: left end of each edge."""
        return np.repeat(np.arange(self.shape[0]), np.diff(self.indptr).astype(np.int64))

    def to_igraph(self) -> "igraph.Graph":
        """A python-igraph graph with vertex attribute ``type`` (False: left, True: right), left vertices first. Of a
        store also ``name`` (an account, or a value), ``kind`` (``account``, ``ip``, …), and of edges ``count``."""
        import igraph

        lefts, rights = self.shape
        edges = np.column_stack([self._sources(), self.indices.astype(np.int64) + lefts])
        graph = igraph.Graph(n=lefts + rights, edges=edges, directed=False)
        graph.vs["type"] = [False] * lefts + [True] * rights
        if self._loaded is not None:
            entities = self.entities()
            graph.vs["name"] = [*self.accounts()["account"], *entities["value"]]
            graph.vs["kind"] = ["account"] * lefts + entities["kind"]
            graph.es["count"] = self.counts.tolist()
        return graph

    def to_networkit(self) -> "networkit.Graph":
        """A NetworKit graph without weights: left vertices, then right vertices."""
        import networkit
        import scipy.sparse

        lefts, rights = self.shape
        ends = (self._sources(), self.indices.astype(np.int64) + lefts)
        matrix = scipy.sparse.coo_matrix((np.ones(self.edge_count), ends), shape=(lefts + rights, lefts + rights))
        return networkit.GraphFromCoo(matrix, n=lefts + rights, weighted=False, directed=False)

    def __repr__(self) -> str:
        left, right = self.shape
        return (
            f"<ringscope.BipartiteGraph of {left:,} x {right:,} vertices and {self.edge_count:,} edges in layers "
            f"{', '.join(self.layers)}>"
        )


class TemplateMatrix:
    """Who asked which prompt template how often, in compressed sparse rows: accounts x templates.

    ``indptr`` [accounts + 1] int32, ``indices`` [E] int32 and ``counts`` [E] float32 are the engine's own memory, read
    only, and of the types that SciPy takes as they are. ``account_keys`` [accounts] and ``template_keys`` [templates]
    uint64 ascend; near-equal prompts are one template. A day of an account keeps sixteen templates, those of the smallest
    hashes, so of an account with more some are missed.
    """

    def __init__(self, core: "_core.LoadedTemplates", names: Callable[[], list[str]], provenance: dict[str, Any]) -> None:
        self._core = core
        self._names = names
        self.provenance = provenance

    indptr = property(lambda self: self._core.starts, doc="[accounts + 1] int32")
    indices = property(lambda self: self._core.columns, doc="[E] int32: templates, row by row, ascending")
    counts = property(lambda self: self._core.counts, doc="[E] float32: requests")
    account_keys = property(lambda self: self._core.accounts, doc="[accounts] uint64")
    template_keys = property(lambda self: self._core.templates, doc="[templates] uint64: hashes")

    @property
    def shape(self) -> tuple[int, int]:
        """Accounts and templates."""
        return self.account_keys.size, self.template_keys.size

    def accounts(self) -> list[str]:
        """[accounts]: their names."""
        return self._names()

    def to_scipy(self) -> "scipy.sparse.csr_array":
        """[accounts, templates] CSR over the same memory, all of it: nothing is copied."""
        import scipy.sparse

        return scipy.sparse.csr_array((self.counts, self.indices, self.indptr), shape=self.shape, copy=False)

    def __repr__(self) -> str:
        accounts, templates = self.shape
        return f"<ringscope.TemplateMatrix of {accounts:,} accounts x {templates:,} templates, {self.counts.size:,} entries>"
