"""Every algorithm of the engine, on NumPy arrays, SciPy matrices and graphs.

Nothing here is written by hand: names, parameters, defaults and docstrings come from the engine's table of algorithms
(``algorithms/registry.h``), and what is added there is here.

>>> ringscope.algorithms.leiden(graph, objective="cpm", resolution=0.5)
array([0, 0, 1, …], dtype=uint32)

A graph may be a :class:`~ringscope.Graph`, a symmetric SciPy sparse matrix or a NetworkX graph; a bipartite one a
:class:`~ringscope.BipartiteGraph` or a [left, right] SciPy sparse matrix. Arrays of the very type are shared, others
converted. The interpreter's lock is released.
"""

from __future__ import annotations

import inspect
from collections import namedtuple
from typing import Any, Callable

import numpy as np

from . import _core
from .bipartite import BipartiteGraph
from .errors import UsageError
from .graphs import Graph, _array

_DTYPES = {
    "uint32[]": np.uint32,
    "uint64[]": np.uint64,
    "int64[]": np.int64,
    "float32[]": np.float32,
    "float64[]": np.float64,
}
_ANNOTATIONS = {"bool": bool, "int": int, "float": float, "str": str, "Graph": Graph, "BipartiteGraph": BipartiteGraph}

_TABLE: list[dict[str, Any]] = _core.algorithms()


def _graph(value: Any, name: str) -> Graph:
    if isinstance(value, Graph):
        return value
    if hasattr(value, "tocsr"):
        return Graph.from_scipy(value)
    if hasattr(value, "adj") and hasattr(value, "nodes"):
        return Graph.from_networkx(value)
    raise UsageError(f"must be a Graph, a SciPy sparse matrix or a NetworkX graph, not {type(value).__name__}", name)


def _bipartite(value: Any, name: str) -> BipartiteGraph:
    if isinstance(value, BipartiteGraph):
        return value
    if hasattr(value, "tocsr"):
        return BipartiteGraph.from_scipy(value)
    raise UsageError(f"must be a BipartiteGraph or a SciPy sparse matrix, not {type(value).__name__}", name)


def _scalar(value: Any, kind: str, name: str) -> Any:
    if kind == "bool" and isinstance(value, (bool, np.bool_)):
        return bool(value)
    if kind == "int" and isinstance(value, (int, np.integer)) and not isinstance(value, bool):
        return int(value)
    if kind == "float" and isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool):
        return float(value)
    if kind == "str" and isinstance(value, str):
        return value
    raise UsageError(f"must be {kind}, not {type(value).__name__}", name)


def _converted(value: Any, parameter: dict[str, Any]) -> Any:
    kind, name = parameter["type"], parameter["name"]
    if kind == "Graph":
        return _graph(value, name)._parts()
    if kind == "BipartiteGraph":
        return _bipartite(value, name)._parts()
    if kind in _DTYPES:
        return _array(value, _DTYPES[kind], name)
    return _scalar(value, kind, name)


def _wrapped(value: Any) -> Any:
    if isinstance(value, tuple):
        return Graph._of(value) if len(value) == 3 else BipartiteGraph._of(value)
    return value


def _doc(row: dict[str, Any]) -> str:
    lines = [row["summary"], "", f"Source and cost: ``algorithms/{row['header']}``.", "", "Parameters", "----------"]
    for parameter in row["parameters"]:
        default = "" if parameter["required"] or parameter["default"] is None else f", default {parameter['default']!r}"
        choices = f" One of: {', '.join(parameter['choices'])}." if parameter["choices"] else ""
        lines += [f"{parameter['name']} : {parameter['type']}{default}", f"    {parameter['summary']}.{choices}"]
    lines += ["", "Returns", "-------"]
    for name, summary in row["results"]:
        lines += [name, f"    {summary}."]
    return "\n".join(lines)


def _signature(row: dict[str, Any]) -> inspect.Signature:
    parameters = []
    optional = False
    for parameter in row["parameters"]:
        optional = optional or not parameter["required"]
        parameters.append(
            inspect.Parameter(
                parameter["name"],
                inspect.Parameter.KEYWORD_ONLY if optional else inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=inspect.Parameter.empty if parameter["required"] else parameter["default"],
                annotation=_ANNOTATIONS.get(parameter["type"], np.ndarray),
            )
        )
    return inspect.Signature(parameters)


def _function(row: dict[str, Any]) -> Callable[..., Any]:
    name = row["name"]
    signature = _signature(row)
    by_name = {parameter["name"]: parameter for parameter in row["parameters"]}
    result = None
    if len(row["results"]) > 1:
        result = namedtuple(f"{name}_result", [field for field, _ in row["results"]])  # type: ignore[misc]

    def call(*given: Any, **named: Any) -> Any:
        try:
            bound = signature.bind(*given, **named)
        except TypeError as error:
            raise UsageError(f"{error}; it is {name}{signature}", name) from None
        values = {
            key: _converted(value, by_name[key])
            for key, value in bound.arguments.items()
            if value is not None or by_name[key]["required"]
        }
        outputs = [_wrapped(value) for value in _core.run_algorithm(name, values)]
        return outputs[0] if result is None else result(*outputs)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = _doc(row)
    call.__signature__ = signature  # type: ignore[attr-defined]
    call.__module__ = __name__
    return call


def names() -> list[str]:
    """All algorithms there are."""
    return [row["name"] for row in _TABLE]


def table() -> list[dict[str, Any]]:
    """The engine's table: name, header, summary, parameters, results of each."""
    return _core.algorithms()


for _row in _TABLE:
    globals()[_row["name"]] = _function(_row)

__all__ = ["names", "table", *names()]


def __dir__() -> list[str]:
    return __all__
