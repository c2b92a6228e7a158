"""A store or a snapshot, open for reading: tables, graphs, questions, detection in memory."""

from __future__ import annotations

import json
from os import PathLike, fspath, path
from typing import Any, Mapping, NamedTuple, Sequence, Union

import numpy as np

from . import _core, progress as _progress
from .bipartite import BipartiteGraph, TemplateMatrix
from .config import Config
from .errors import NotFoundError
from .graphs import Graph
from .tables import Table

ConfigLike = Union[Config, Mapping[str, Any], str, "PathLike[str]", None]


def as_config(config: ConfigLike) -> Config:
    """A Config out of one, a dictionary of sections, a TOML file, or None for the defaults."""
    if isinstance(config, Config):
        return config
    if config is None:
        return Config()
    if isinstance(config, Mapping):
        return Config(**config)
    return Config(config)


def _made_by(place: str, **more: Any) -> dict[str, Any]:
    """Where something came from: what program read what."""
    return {"program": _core.version(), "commit": _core.source_commit(), "store": path.abspath(place), **more}


def _settings(config: Config) -> dict[str, Any]:
    return {"config_hash": config.hash, "seed": config["detect"]["seed"], "config": config.to_toml()}


def _days(day: Any) -> int | None:
    return None if day is None else int(np.datetime64(day, "D").astype(int))


class Run(dict):  # type: ignore[type-arg]
    """Summary of a detection: docs/schema/run.schema.json as a dictionary."""

    def __repr__(self) -> str:
        return f"<ringscope.Run {self['run']}: {self['rings']} rings of {self['accounts']} accounts, {self['digest']}>"


class PairFacts(NamedTuple):
    """What pairs of accounts share, by entry of a graph's ``indices`` (both entries of an edge have the same)."""

    #: [2 E] uint64: bit k is set when they share an entity of layer k of :meth:`Detection.bipartite`.
    kinds: np.ndarray
    #: [2 E] uint32: entities shared.
    shared: np.ndarray
    #: [2 E] int64: first sighting of any of them by either, seconds since 1970 UTC; NO_TIME without one.
    first: np.ndarray
    #: [2 E] int64: last sighting.
    last: np.ndarray


class Detection:
    """What :meth:`Store.detect` found; nothing of it is in the store.

    ``summary`` has the digest that a run with these settings would have: equal digests, equal rings.
    """

    def __init__(self, core: "_core.Exploration", config: Config, place: str) -> None:
        self._core = core
        self._place = place
        self.config = config
        self.summary = Run(json.loads(core.summary()))
        self._bipartite: BipartiteGraph | None = None

    @property
    def digest(self) -> str:
        """Of rings, members, scores and tiers."""
        return self.summary["digest"]

    def provenance(self) -> dict[str, Any]:
        """What it takes to find the same again: ``program`` and ``commit``, ``store``, all settings (``config``, TOML),
        their ``config_hash`` and ``seed``, and the ``run_digest`` that must come out."""
        return _made_by(self._place, run=0, run_digest=self.digest, **_settings(self.config))

    def rings(self) -> Table:
        """One row a ring: as :meth:`Store.rings`."""
        return Table(self._core.rings())

    def members(self) -> Table:
        """One row a member: as :meth:`Store.members`."""
        return Table(self._core.members())

    def evidence(self) -> Table:
        """One row a shared entity of a ring: as :meth:`Store.evidence`."""
        return Table(self._core.evidence())

    def ring(self, id: str) -> dict[str, Any]:
        """All that is said of a ring: docs/schema/ring.schema.json."""
        return json.loads(self._core.ring(id))

    def bipartite(self) -> BipartiteGraph:
        """Accounts x entities of the window, with ``bits``; the detection's own memory."""
        if self._bipartite is None:
            self._bipartite = BipartiteGraph._loaded_from(self._core.bipartite(), self.provenance())
        return self._bipartite

    def graph(self, *, attaching: bool = True) -> Graph:
        """The pairs of accounts whose sharing chance cannot explain; weights in bits of surprise.

        Vertices are the left vertices of :meth:`bipartite`. Without ``attaching`` only pairs that can join groups.
        """
        accounts = self.bipartite()
        return Graph._of(
            self._core.similarity(attaching),
            self.provenance(),
            names=lambda: accounts.accounts()["account"],
            keys=accounts.keys,
        )

    def pair_facts(self, *, attaching: bool = True) -> PairFacts:
        """What pairs share, by entry of ``graph(attaching=…).indices``: for masks by layer and by time."""
        kinds, shared, first, last = self._core.pair_facts(attaching)
        return PairFacts(kinds, shared, first, last)

    def ring_of(self) -> np.ndarray:
        """[accounts] int32: row in :meth:`rings` of each vertex of :meth:`graph`; -1: in none."""
        return self._core.vertex_rings()

    def __repr__(self) -> str:
        return f"<ringscope.Detection: {self.summary['rings']} rings of {self.summary['accounts']} accounts, {self.digest}>"


class Store:
    """A store or a snapshot of one, as it was when it was opened. Others may write it meanwhile.

    Made by :func:`ringscope.open`; closes with ``with`` or :meth:`close`.
    """

    def __init__(self, core: "_core.Store") -> None:
        self._core = core

    @property
    def place(self) -> str:
        """What was opened."""
        return self._core.place

    @property
    def kinds(self) -> list[str]:
        """Kinds of entities, ascending."""
        return self._core.kinds

    @property
    def days(self) -> tuple[np.datetime64, np.datetime64] | None:
        """First and last day that something was seen; None without times."""
        span = self._core.day_range
        return None if span is None else (np.datetime64(span[0], "D"), np.datetime64(span[1], "D"))

    def close(self) -> None:
        """Lets go of the store; what was taken out of it stays."""
        self._core.close()

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    # -- runs

    def runs(self) -> list[Run]:
        """Summaries of the detections there are, oldest first."""
        return [Run(json.loads(run)) for run in self._core.runs()]

    def latest_run(self) -> Run:
        """Summary of the last one. Raises :class:`~ringscope.NotFoundError` when there is none."""
        runs = self.runs()
        if not runs:
            raise NotFoundError("there has been no detection; run 'ringscope detect', or take Store.detect()", self.place)
        return runs[-1]

    def provenance(self, run: int | None = None) -> dict[str, Any]:
        """Where a run (the latest) came from: ``program`` and ``commit`` that read it here, ``store``, ``run``,
        ``run_digest``, and ``config_hash`` of its settings. Graphs of the run bear the same as ``provenance``."""
        found = next((one for one in self.runs() if one["run"] == self._run(run)), None)
        if found is None:
            raise NotFoundError("there is no run of this number", str(run))
        summary = {"run_digest": found["digest"], "config_hash": found["config_hash"]}
        return _made_by(self.place, run=found["run"], **summary)

    def _run(self, run: int | None) -> int:
        return self._core.latest_run() if run is None else run

    def rings(self, run: int | None = None) -> Table:
        """Rings of a run (the latest), best first, as verdicts stand.

        ``ring`` id, ``version``, ``tier`` ban/review/watch, ``score`` [0, 1], ``size`` accounts, ``campaign``,
        ``confidence``, ``kinds`` of evidence, ``evidence`` shared entities, ``requests``, ``tokens_in``, ``tokens_out``,
        ``template_repetition``, ``synchrony`` [0, 1], ``active_hours`` of 24, ``active_days``, ``benign`` largest
        probability of an honest explanation, ``extraction`` probability (null: no activity), ``first_seen``,
        ``last_seen``, ``verdict``, ``parents``, ``reasons``, ``summary``. O(rings).
        """
        return Table(self._core.rings(self._run(run)))

    def members(self, run: int | None = None) -> Table:
        """Members of a run's rings: ``ring``, ``account``, ``key``, ``membership`` [0, 1], ``score`` [0, 1], ``tier``,
        ``campaign``, ``likeness`` kinds, ``extraction``, ``verdict``, ``reasons``. O(members)."""
        return Table(self._core.members(self._run(run)))

    def evidence(self, run: int | None = None) -> Table:
        """What binds rings, strongest first within each: ``ring``, ``kind``, ``value``, ``accounts`` of the ring,
        ``population`` of the window, ``bits``, ``first``, ``last``, ``crowd``, ``crowd_probability``."""
        return Table(self._core.evidence(self._run(run)))

    def accounts(self) -> Table:
        """Every account: ``account``, ``key``, ``created``, ``plan``, ``status``, ``requests``, ``tokens_in``,
        ``tokens_out``, ``active_days``, ``first_day``, ``last_day``, ``ring`` of the latest run."""
        try:
            run = self._core.latest_run()
        except NotFoundError:
            run = 0
        return Table(self._core.accounts(run))

    def entities(self, config: ConfigLike = None) -> Table:
        """Every entity of the window: ``kind``, ``value``, ``key``, ``accounts``. Loads the graph."""
        return self.bipartite(config).entities()

    def cells(self, first: Any = None, last: Any = None) -> Table:
        """What is kept of the log: ``account``, ``kind``, ``value`` (dictionaries), ``day``, ``count``, ``first``,
        ``last``; from day ``first`` to ``last``, both included (date, datetime64 or text)."""
        return Table(self._core.cells(_days(first), _days(last)))

    def activity(self, first: Any = None, last: Any = None) -> Table:
        """What accounts did: ``account``, ``day``, ``requests``, ``tokens_in``, ``tokens_out``, ``templated``."""
        return Table(self._core.activity(_days(first), _days(last)))

    def events(self, after: int = 0, limit: int = 0) -> Table:
        """The ledger and the feed: ``seq``, ``type``, ``ring``, ``run``, ``event`` (JSON), numbered above ``after``."""
        return Table(self._core.events(after, limit))

    # -- graphs

    def bipartite(self, config: ConfigLike = None) -> BipartiteGraph:
        """Accounts x entities of the window of the configuration (everything by default). O(rows)."""
        settings = as_config(config)
        made = _made_by(self.place, run=0, run_digest="", **_settings(settings))
        return BipartiteGraph._loaded_from(self._core.load(settings.to_toml()), made)

    def graph(self, run: int | None = None) -> Graph:
        """The pairs of accounts that a run kept, weights in bits; vertices are the accounts that have any.

        Raises :class:`~ringscope.NotFoundError` for a run whose links were dropped: the latest two keep theirs. Names
        are read when they are asked for; until then the graph keeps the store open, also after :meth:`close`.
        """
        opened = self._core.again()
        parts, keys = opened.links(self._run(run))
        return Graph._of(parts, self.provenance(run), names=lambda: opened.names(keys), keys=keys)

    def pair_facts(self, run: int | None = None, config: ConfigLike = None) -> PairFacts:
        """What the pairs of :meth:`graph` share, by entry of its ``indices``, in the window of the run; bits of ``kinds``
        are the layers of :meth:`bipartite` with the same ``config``. Detects nothing. O(rows + pairs)."""
        return PairFacts(*self._core.pair_facts(self._run(run), as_config(config).to_toml()))

    def templates(self, config: ConfigLike = None) -> TemplateMatrix:
        """Accounts x prompt templates of the window of the configuration (everything by default). O(activity)."""
        settings = as_config(config)
        opened = self._core.again()
        core = opened.templates(settings.to_toml())
        made = _made_by(self.place, run=0, run_digest="", **_settings(settings))
        return TemplateMatrix(core, lambda: opened.names(core.accounts), made)

    # -- questions

    def ring(self, id: str, run: int | None = None) -> dict[str, Any]:
        """All that is said of a ring: docs/schema/ring.schema.json. An unambiguous beginning of its id will do."""
        return json.loads(self._core.ring(self._run(run), id))

    def account(self, name: str) -> dict[str, Any]:
        """All that is known of an account: docs/schema/account.schema.json."""
        return json.loads(self._core.account(name))

    def why(self, a: str, b: str) -> dict[str, Any]:
        """Why two accounts belong together, or that they do not: docs/schema/why.schema.json."""
        return json.loads(self._core.why(a, b))

    def export(self, level: str, format: str, out: "str | PathLike[str]") -> int:
        """The latest run as a file, as ``ringscope export`` writes it; returns the number of rows."""
        return self._core.export_to(level, format, fspath(out))

    # -- detection and calibration

    def detect(self, config: ConfigLike = None, *, progress: _progress.Progress = None) -> Detection:
        """Finds rings with these settings, in memory: the store is not written to.

        Raises :class:`~ringscope.MemoryLimitError` when it would pass the configuration's memory.
        """
        settings = as_config(config)
        state = _core.Progress()
        core = _progress.run(
            "detect", lambda: self._core.explore(settings.to_toml(), state), state.detection, progress
        )
        return Detection(core, settings, self.place)

    def calibrate(
        self, config: ConfigLike = None, *, progress: _progress.Progress = None, **options: Any
    ) -> list[dict[str, Any]]:
        """Hides simulated rings among the store's accounts and says how many are found: docs/calibration.md.

        ``options``: kinds, hardness, seeds, first_seed, ring_size, roles. One dictionary for each kind, hardness and
        set of tiers: docs/schema/calibrate-cell.schema.json. The store is only read; a copy is made in the system's
        directory for temporary files.
        """
        settings = as_config(config)
        wanted = _core.CalibrateOptions()
        _set(wanted, options)
        state = _core.Progress()
        cells = _progress.run(
            "calibrate",
            lambda: _core.calibrate(self.place, settings.to_toml(), wanted, state),
            state.calibration,
            progress,
        )
        return [json.loads(cell) for cell in cells]

    def __repr__(self) -> str:
        return f"<ringscope.Store {self.place}{' (closed)' if self._core.closed else ''}>"


def _set(target: Any, options: Mapping[str, Any]) -> None:
    from .errors import UsageError

    for name, value in options.items():
        if name.startswith("_") or not hasattr(target, name):
            known = [field for field in dir(target) if not field.startswith("_")]
            raise UsageError(f'there is no option "{name}"; there are: {", ".join(known)}', name)
        if isinstance(value, PathLike):
            value = fspath(value)
        try:
            setattr(target, name, value)
        except TypeError:
            raise UsageError(f"has a value of a wrong type: {value!r}", name) from None


def open(place: "str | PathLike[str]", *, memory: int = 512 << 20) -> Store:  # noqa: A001
    """Opens a store (``"fraud.db"``) or a snapshot (``"fraud.db@before"``) for reading; ``memory`` bytes of cache.

    Raises :class:`~ringscope.NotFoundError`, :class:`~ringscope.VersionError`, :class:`~ringscope.CorruptError`.
    """
    return Store(_core.Store.open(fspath(place), memory))


def ingest(
    place: "str | PathLike[str]",
    files: "str | PathLike[str] | Sequence[str | PathLike[str]]",
    config: ConfigLike = None,
    *,
    progress: _progress.Progress = None,
) -> dict[str, Any]:
    """Reads log files into a store, which is made when it is not there; as ``ringscope ingest``."""
    paths = [fspath(files)] if isinstance(files, (str, PathLike)) else [fspath(file) for file in files]
    state = _core.Progress()
    settings = as_config(config).to_toml()
    return _progress.run(
        "ingest", lambda: _core.ingest(fspath(place), paths, settings, state), state.ingestion, progress
    )


def detect(place: "str | PathLike[str]", config: ConfigLike = None, *, progress: _progress.Progress = None) -> Run:
    """Finds rings and publishes them in the store as its latest run; as ``ringscope detect``."""
    state = _core.Progress()
    settings = as_config(config).to_toml()
    return Run(
        json.loads(
            _progress.run("detect", lambda: _core.detect(fspath(place), settings, state), state.detection, progress)
        )
    )
