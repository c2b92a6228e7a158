"""Rings of coordinated accounts, for who wants to look closer.

>>> import ringscope
>>> store = ringscope.open("fraud.db")
>>> store.rings().to_pandas()                                   # tables that pandas, polars, DuckDB take uncopied
>>> graph = store.graph()                                       # NumPy arrays in compressed sparse rows
>>> ringscope.algorithms.leiden(graph, resolution=0.8)          # every algorithm of the engine
>>> found = store.detect({"layers": {"payment": 2.0}})          # in memory: the store is not written to
>>> found.config.save("tuned.toml")                             # ringscope --config tuned.toml detect

docs/python.md tells more.
"""

from . import _core, algorithms
from .bipartite import BipartiteGraph, TemplateMatrix
from .config import Config
from .errors import (
    ConfigError,
    CorruptError,
    Error,
    InputError,
    InternalError,
    IoError,
    LockedError,
    MemoryLimitError,
    NoSpaceError,
    NotFoundError,
    RefusedError,
    StoreError,
    UsageError,
    VersionError,
)
from .graphs import Graph
from .lab import evaluate, simulate, simulated_kinds
from .store import Detection, Run, Store, detect, ingest, open  # noqa: A004
from .tables import NO_DAY, NO_TIME, Table

__version__: str = _core.version()
#: Commit of the sources that were compiled, with "+changed" when some were not committed; empty: they were in no repository.
__commit__: str = _core.source_commit()

__all__ = [
    "NO_DAY",
    "NO_TIME",
    "BipartiteGraph",
    "Config",
    "ConfigError",
    "CorruptError",
    "Detection",
    "Error",
    "Graph",
    "InputError",
    "InternalError",
    "IoError",
    "LockedError",
    "MemoryLimitError",
    "NoSpaceError",
    "NotFoundError",
    "RefusedError",
    "Run",
    "Store",
    "StoreError",
    "Table",
    "TemplateMatrix",
    "UsageError",
    "VersionError",
    "algorithms",
    "detect",
    "evaluate",
    "ingest",
    "open",
    "simulate",
    "simulated_kinds",
]
