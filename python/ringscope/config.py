"""Settings: the program's own TOML, as a dictionary of sections that is checked by the engine."""

from __future__ import annotations

import copy
import sys
from os import PathLike
from pathlib import Path
from typing import Any, Mapping

import numpy as np

from . import _core

if sys.version_info >= (3, 11):
    import tomllib
else:  # pragma: no cover
    import tomli as tomllib


_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}
_ESCAPES |= {c: f"\\u{ord(c):04X}" for c in map(chr, [*range(32), 127]) if c not in _ESCAPES}


def _toml_text(text: str) -> str:
    return '"' + "".join(_ESCAPES.get(c, c) for c in text) + '"'


def _toml_value(value: Any) -> str:
    if isinstance(value, (np.generic, np.ndarray)):
        value = value.tolist()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_toml_value(one) for one in value) + "]"
    return _toml_text(str(value))


def _toml_lines(table: Mapping[str, Any]) -> str:
    return "".join(f"{_toml_text(str(key))} = {_toml_value(value)}\n" for key, value in table.items())


def _toml(sections: Mapping[str, Any]) -> str:
    plain = {key: value for key, value in sections.items() if not isinstance(value, Mapping)}
    tables = [
        f"\n[{_toml_text(str(name))}]\n{_toml_lines(table)}"
        for name, table in sections.items()
        if isinstance(table, Mapping)
    ]
    return "".join([_toml_lines(plain), *tables])


class Config(Mapping[str, Any]):
    """Settings of the engine, all of them, each with its default unless it was given.

    >>> tuned = ringscope.Config(detect={"resolution": 0.9}, layers={"payment": 2.0})
    >>> tuned["detect"]["resolution"]
    0.9
    >>> tuned.save("tuned.toml")            # for: ringscope --config tuned.toml detect

    Never changes: :meth:`replace` gives another. Raises :class:`~ringscope.ConfigError` for a key that there is not.
    """

    def __init__(self, file: "str | PathLike[str] | None" = None, **sections: Any) -> None:
        """Defaults, changed by a TOML file, changed by keywords: a dictionary for a section, a value for a key."""
        given: dict[str, Any] = {}
        if file is not None:
            given = tomllib.loads(Path(file).read_text(encoding="utf-8"))
        for name, value in sections.items():
            if isinstance(value, Mapping):
                given[name] = {**given.get(name, {}), **value}
            else:
                given[name] = value
        self._toml = _core.normal_config(_toml(given))
        self._values: dict[str, Any] = tomllib.loads(self._toml)

    def __getitem__(self, key: str) -> Any:
        return copy.deepcopy(self._values[key])

    def __iter__(self) -> Any:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def replace(self, **sections: Any) -> "Config":
        """Another one with these changes."""
        merged = copy.deepcopy(self._values)
        for name, value in sections.items():
            merged[name] = {**merged.get(name, {}), **value} if isinstance(value, Mapping) else value
        return Config(**merged)

    @property
    def hash(self) -> str:
        """16 hexadecimal digits of everything that can change a result; the same as a run's ``config_hash``."""
        return _core.config_hash(self._toml)

    def to_toml(self) -> str:
        """Every key with its comment, as ``ringscope --print-config`` has it."""
        return self._toml

    def save(self, file: "str | PathLike[str]") -> None:
        """Writes :meth:`to_toml` to a file, for ``ringscope --config``."""
        Path(file).write_text(self._toml, encoding="utf-8")

    def __repr__(self) -> str:
        return f"<ringscope.Config {self.hash}>"
