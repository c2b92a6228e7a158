"""Tables in Arrow's format, which others take without a copy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:  # pragma: no cover
    import pandas
    import polars
    import pyarrow

    from . import _core

#: Seconds that stand for "no time" in an integer column, and days that stand for "no day".
NO_TIME = np.iinfo(np.int64).min
NO_DAY = np.iinfo(np.int32).min


def _days(values: np.ndarray) -> np.ndarray:
    days = values.astype("datetime64[D]")
    days[values == NO_DAY] = np.datetime64("NaT")
    return days


class Table:
    """Columns of equal length.

    Anything that reads the `Arrow PyCapsule interface
    <https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html>`_ takes it as it is and shares its
    memory: ``pyarrow.table(t)``, ``polars.DataFrame(t)``, ``duckdb.sql("from t")``, ``pandas`` by :meth:`to_pandas`.

    ``t["score"]`` is a NumPy array over the same memory (numbers; times as ``datetime64[s]``, days as
    ``datetime64[D]``) or a list (texts).
    """

    __slots__ = ("_core",)

    def __init__(self, core: "_core.Table") -> None:
        self._core = core

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """Arrow C stream of one batch. Nothing is copied."""
        return self._core.__arrow_c_stream__(requested_schema)

    def __arrow_c_schema__(self) -> Any:
        """Arrow C schema."""
        return self._core.__arrow_c_schema__()

    def __len__(self) -> int:
        return len(self._core)

    @property
    def columns(self) -> list[str]:
        """Names, in order."""
        return self._core.column_names

    def __contains__(self, name: str) -> bool:
        return name in self.columns

    def __getitem__(self, name: str) -> Any:
        kind = self._core.format(name)
        values = self._core.values(name)
        dictionary = self._core.dictionary(name)
        if dictionary is not None:
            return [dictionary[code] for code in values]
        if kind.startswith("tss"):
            return values.view("datetime64[s]")
        if kind == "tdD":
            return _days(values)
        return values

    def codes(self, name: str) -> tuple[np.ndarray, list[str]]:
        """Of a column with a dictionary: int32 codes, and what each stands for."""
        return self._core.values(name), self._core.dictionary(name)

    def to_arrow(self) -> "pyarrow.Table":
        """As a pyarrow table over the same memory."""
        import pyarrow

        return pyarrow.table(self)

    def to_pandas(self, **options: Any) -> "pandas.DataFrame":
        """As a pandas frame, by pyarrow; ``options`` are those of ``pyarrow.Table.to_pandas``."""
        return self.to_arrow().to_pandas(**options)

    def to_polars(self) -> "polars.DataFrame":
        """As a polars frame."""
        import polars

        return polars.DataFrame(self)

    def __repr__(self) -> str:
        return f"<ringscope.Table of {len(self):,} rows: {', '.join(self.columns)}>"

    def _repr_html_(self) -> str:
        try:
            return self.to_pandas()._repr_html_()
        except ImportError:
            return f"<pre>{self!r}</pre>".replace("<ringscope", "&lt;ringscope")
