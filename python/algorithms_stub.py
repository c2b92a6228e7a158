"""Writes types for ringscope.algorithms, whose functions are made of the engine's table when it is imported.

Usage: algorithms_stub.py DIRECTORY OUT: the compiled _core lies in DIRECTORY. Run by CMake when the package is
installed; needs nothing but _core.
"""

import pathlib
import re
import sys

HEAD = '''# Written by python/algorithms_stub.py from the engine's table of algorithms.
from typing import Any, Literal, NamedTuple, Protocol, Union

import numpy as np
import numpy.typing as npt

from .bipartite import BipartiteGraph
from .graphs import Graph

class _Sparse(Protocol):
    def tocsr(self) -> Any: ...

class _NetworkX(Protocol):
    @property
    def adj(self) -> Any: ...
    @property
    def nodes(self) -> Any: ...

def names() -> list[str]: ...
def table() -> list[dict[str, Any]]: ...
'''
GIVEN = {
    "bool": "bool",
    "int": "int",
    "float": "float",
    "str": "str",
    "Graph": "Union[Graph, _Sparse, _NetworkX]",
    "BipartiteGraph": "Union[BipartiteGraph, _Sparse]",
}
NUMBERS = {"bool": "bool", "int": "int", "uint64": "int", "int64": "int", "float64": "float"}
GRAPHS = {"Graph", "BipartiteGraph"}
# How every summary of a result begins: "[V] uint32: …", "float64, in bits", "Graph over …".
RESULT = re.compile(r"(\[[^]]*\] )?(uint32|uint64|int64|float32|float64|bool|int|Graph|BipartiteGraph)\b")


def type_of_result(algorithm, name, summary):
    found = RESULT.match(summary)
    if not found:
        raise SystemExit(f"{algorithm}: the summary of {name} does not begin with its type: {summary}")
    array, kind = found[1], found[2]
    if array:
        return f"npt.NDArray[np.{kind}]"
    return kind if kind in GRAPHS else NUMBERS[kind]


def parameter_text(parameter):
    kind = GIVEN.get(parameter["type"], "npt.ArrayLike")
    if parameter["choices"]:
        kind = "Literal[" + ", ".join(f'"{choice}"' for choice in parameter["choices"]) + "]"
    return f"{parameter['name']}: {kind}" + ("" if parameter["required"] else " = ...")


def function_text(row):
    required = [parameter_text(one) for one in row["parameters"] if one["required"]]
    optional = [parameter_text(one) for one in row["parameters"] if not one["required"]]
    parameters = ", ".join(required + (["*"] if optional else []) + optional)
    types = [(name, type_of_result(row["name"], name, summary)) for name, summary in row["results"]]
    if len(types) == 1:
        return f"def {row['name']}({parameters}) -> {types[0][1]}: ...\n"
    result = f"_{row['name']}_result"
    fields = "".join(f"    {name}: {kind}\n" for name, kind in types)
    return f"\nclass {result}(NamedTuple):\n{fields}\ndef {row['name']}({parameters}) -> {result}: ...\n"


def stub_of(table):
    return HEAD + "".join(function_text(row) for row in table)


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    import _core

    pathlib.Path(sys.argv[2]).write_text(stub_of(_core.algorithms()), encoding="utf-8")
