"""What an executor does with a block of rows or with a bin of components: columns of Arrow to the core and back."""

import functools

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ringscope_spark import _core
from ringscope_spark.arrow import numbers

THING, ACCOUNT, EDGE = 0, 1, 2
CORE, ATTACH, NEAR, TOUCH, HELD = 0, 1, 2, 3, 4
PAIRS_OUT = "what tinyint, a long, b long, c long, w float"
_PAIRS_ARROW = pa.schema(
    [("what", pa.int8()), ("a", pa.int64()), ("b", pa.int64()), ("c", pa.int64()), ("w", pa.float32())]
)
GROUPS_OUT = "first long, members array<long>, cohesion array<float>"
_GROUPS_ARROW = pa.schema(
    [("first", pa.int64()), ("members", pa.list_(pa.int64())), ("cohesion", pa.list_(pa.float32()))]
)


class BlockError(RuntimeError):
    """The core refused a block or a bin; the message says which."""


@functools.lru_cache(maxsize=2)
def block_task(intensity: bytes, layers: int):
    """The tails are computed once for all blocks of a pass that a worker has."""
    return _core.BlockTask(np.frombuffer(intensity, np.float64), layers)


def _matrix(column, width: int) -> np.ndarray:
    flat = numbers(pa.array(column.combine_chunks()).flatten(), np.float32)
    return flat.reshape(-1, width)


def _sorted(table: pa.Table, what: int) -> pa.Table:
    return table.filter(pc.equal(table["what"], what)).sort_by([("a", "ascending"), ("b", "ascending")])


def _u32(values: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(values.astype(np.uint32))


def fill(task, table: pa.Table, first: int, end: int) -> None:
    """The block of the accounts from `first` to before `end`, with what they touch."""
    things, accounts, edges = (_sorted(table, what) for what in (THING, ACCOUNT, EDGE))
    packed = numbers(things["b"], np.int64)
    told = _matrix(things["numbers"], 4) if len(things) else np.zeros((0, 4), np.float32)
    scales = numbers(pa.array(accounts["numbers"].combine_chunks()).flatten(), np.float32)
    # The columns must live until set_edges() has built the block.
    keep = [
        _u32(numbers(things["a"], np.int64)),
        _u32(packed >> 32),
        _u32(packed & 0xFFFFFFFF),
        *(np.ascontiguousarray(told[:, column]) for column in range(4)),
    ]
    lefts = _u32(numbers(accounts["a"], np.int64))
    task.set_things(*keep)
    task.set_accounts(lefts, scales, first, end)
    task.set_edges(_u32(numbers(edges["a"], np.int64)), _u32(numbers(edges["b"], np.int64)))


def rows_of(*parts) -> pa.Table:
    """Rows of several kinds in one table; a part is its kind and four columns, None for one of zeros."""

    def column(at: int, kind) -> np.ndarray:
        return np.concatenate(
            [np.zeros(len(part[1]), kind) if part[at] is None else np.asarray(part[at]).astype(kind) for part in parts]
        )

    what = np.concatenate([np.full(len(part[1]), part[0], np.int8) for part in parts])
    return pa.table(
        [what, column(1, np.int64), column(2, np.int64), column(3, np.int64), column(4, np.float32)],
        schema=_PAIRS_ARROW,
    )


def cluster_bin(table: pa.Table, any_held: bool, settings: dict) -> pa.Table:
    """The groups of a bin's components."""
    core, attach, touches, held = (_sorted(table, what) for what in (CORE, ATTACH, TOUCH, HELD))
    ends = [numbers(side[name], np.int64) for side in (core, attach) for name in ("a", "b")]
    accounts = np.unique(np.concatenate(ends))
    of = numbers(touches["a"], np.int64)
    inside = np.isin(of, accounts)
    offsets = np.concatenate([[0], np.cumsum(np.bincount(np.searchsorted(accounts, of[inside]), minlength=len(accounts)))])
    is_held = np.isin(accounts, numbers(held["a"], np.int64)) if any_held else np.zeros(0, bool)

    def pairs(side: pa.Table) -> tuple:
        return (
            _u32(np.searchsorted(accounts, numbers(side["a"], np.int64))),
            _u32(np.searchsorted(accounts, numbers(side["b"], np.int64))),
            numbers(side["w"], np.float32),
        )

    said = _core.cluster_block(
        _u32(accounts),
        *pairs(core),
        *pairs(attach),
        np.ascontiguousarray(is_held.astype(np.uint8)),
        np.ascontiguousarray(offsets.astype(np.uint64)),
        _u32(numbers(touches["b"], np.int64)[inside]),
        np.ascontiguousarray(numbers(touches["w"], np.float32)[inside]),
        *(settings[name] for name in ("resolution", "most_leak", "least_cohesion", "least_size", "seed")),
    )
    places = pa.array(np.concatenate([[0], np.cumsum(said["size"])]).astype(np.int32))
    return pa.table(
        [
            pa.array(said["first"].astype(np.int64)),
            pa.ListArray.from_arrays(places, pa.array(said["member"].astype(np.int64))),
            pa.ListArray.from_arrays(places, pa.array(said["cohesion"])),
        ],
        schema=_GROUPS_ARROW,
    )


def component_at_fault(table: pa.Table, any_held: bool, settings: dict) -> str:
    """Which component of a bin it is that the core refuses, by its smallest account."""
    pairs = table.filter(pc.is_in(table["what"], pa.array([CORE, ATTACH], pa.int8())))
    accounts, ends = np.unique(
        np.concatenate([numbers(pairs[end], np.int64) for end in ("a", "b")]), return_inverse=True
    )
    u, v = ends.reshape(2, -1)
    least, before = np.arange(len(accounts)), None
    while before is None or not np.array_equal(least, before):
        before = least.copy()
        low = np.minimum(least[u], least[v])
        np.minimum.at(least, u, low)
        np.minimum.at(least, v, low)
    of_rows = numbers(table["a"], np.int64)
    for component in np.unique(least):
        try:
            cluster_bin(table.filter(pa.array(np.isin(of_rows, accounts[least == component]))), any_held, settings)
        except _core.CoreError:
            return f"component of account {accounts[component]}"
    return "no component by itself"
