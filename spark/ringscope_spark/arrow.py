"""Between Arrow's arrays and the core's columns, without copying where the layout allows."""

import numpy as np
import pyarrow as pa


def texts(array: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """(offsets, bytes) of a column of strings or bytes; a null is an empty text."""
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if array.null_count:
        array = array.fill_null(b"" if pa.types.is_binary(array.type) else "")
    wide = pa.types.is_large_string(array.type) or pa.types.is_large_binary(array.type)
    _, offsets, data = array.buffers()
    kind = np.int64 if wide else np.int32
    places = np.frombuffer(offsets, dtype=kind)[array.offset : array.offset + len(array) + 1].astype(np.int64)
    first, last = (int(places[0]), int(places[-1])) if len(places) else (0, 0)
    content = np.frombuffer(data, dtype=np.uint8)[first:last] if data is not None else np.empty(0, np.uint8)
    return places - first, content


def binary(column: tuple[np.ndarray, np.ndarray]) -> pa.Array:
    """A column of bytes of what texts() gives."""
    offsets, content = column
    return pa.LargeBinaryArray.from_buffers(
        pa.large_binary(), len(offsets) - 1, [None, pa.py_buffer(offsets), pa.py_buffer(content)]
    ).cast(pa.binary())


def numbers(array: pa.Array, kind: type) -> np.ndarray:
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    return np.ascontiguousarray(array.to_numpy(zero_copy_only=False), dtype=kind)


def runs(*columns: np.ndarray) -> list[tuple[int, int]]:
    """Ranges of rows that are equal in all columns."""
    size = len(columns[0])
    if size == 0:
        return []
    changes = np.zeros(size, dtype=bool)
    for column in columns:
        changes[1:] |= column[1:] != column[:-1]
    starts = [0, *np.flatnonzero(changes).tolist()]
    return list(zip(starts, [*starts[1:], size]))
