"""Simulated worlds, and how well an answer agrees with the truth."""

from __future__ import annotations

import json
import os
import tempfile
from os import PathLike, fspath
from typing import Any, Sequence

from . import _core
from .store import Detection, Store, _set


def simulate(out: "str | PathLike[str]", **options: Any) -> dict[str, Any]:
    """Writes a simulated log and its truth into a directory; as ``ringscope simulate``: docs/simulator.md.

    ``options``: seed, accounts, requests, ring_share, ring_requests, hardness, kind_hardness, other_purpose, ring_kinds,
    crowds, failovers, days, start, rings, format, threads. The same options give the same bytes. Returns what was made.
    """
    wanted = _core.SimulateOptions()
    _set(wanted, {"out": fspath(out), **options})
    return _core.simulate(wanted)


def simulated_kinds() -> list[dict[str, Any]]:
    """Every kind of ring and of honest crowd: name, is_ring, summary, and what ``hardness`` turns."""
    return _core.simulated_kinds()


def evaluate(
    truth: "str | PathLike[str]",
    rings: "str | PathLike[str] | Store | Detection",
    *,
    tiers: Sequence[str] = (),
    min_score: float | None = None,
    min_size: int = 1,
    prefix: str = "",
    grey: "str | PathLike[str]" = "",
) -> dict[str, Any]:
    """How well rings agree with the truth; as ``ringscope evaluate``.

    ``truth``: CSV of account,ring[,group]. ``rings``: a store's latest run, a detection in memory, or a CSV of
    account,ring[,score][,tier].
    """
    if isinstance(rings, (str, PathLike)):
        return json.loads(
            _core.evaluate(fspath(truth), fspath(rings), list(tiers), min_score, min_size, prefix, fspath(grey))
        )
    with tempfile.TemporaryDirectory() as scratch:
        file = os.path.join(scratch, "accounts.csv")
        if isinstance(rings, Store):
            rings.export("accounts", "csv", file)
        else:
            _write_accounts(rings, file)
        return evaluate(
            truth, file, tiers=tiers, min_score=min_score, min_size=min_size, prefix=prefix, grey=grey
        )


def _write_accounts(detection: Detection, file: str) -> None:
    import csv

    members = detection.members()
    with open(file, "w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out)
        rows.writerow(["account", "ring", "score", "tier"])
        rows.writerows(zip(members["account"], members["ring"], members["score"], members["tier"]))
