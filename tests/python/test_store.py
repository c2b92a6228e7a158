"""A store as a researcher sees it."""

import datetime
import json
import shutil
import subprocess
import sys

import numpy as np
import pytest

import ringscope


def test_version_is_the_packages():
    from importlib import metadata

    try:
        assert ringscope.__version__ == metadata.version("ringscope")
    except metadata.PackageNotFoundError:
        assert ringscope.__version__.count(".") == 2


def test_types_are_installed():
    import pathlib
    from importlib import metadata

    try:
        metadata.version("ringscope")
    except metadata.PackageNotFoundError:
        pytest.skip("not installed")
    package = pathlib.Path(ringscope.__file__).parent
    assert (package / "py.typed").exists()
    assert "class Store" in (package / "_core.pyi").read_text()


def test_what_a_store_holds(store):
    assert {"ip", "payment", "fingerprint", "email"} <= set(store.kinds)
    first, last = store.days
    assert last - first == np.timedelta64(29, "D")
    assert len(store.accounts()) == 3000
    assert store.latest_run()["rings"] == len(store.rings())


def test_tables_agree_with_each_other(store):
    rings, members, evidence = store.rings(), store.members(), store.evidence()
    assert sum(rings["size"]) == len(members)
    assert set(members["ring"]) == set(rings["ring"])
    assert set(evidence["ring"]) <= set(rings["ring"])
    assert all(0 <= score <= 1 for score in members["score"])
    whole = store.ring(rings["ring"][0])
    assert whole["size"] == rings["size"][0]
    assert whole["score"] == rings["score"][0]
    assert whole["accounts"] == [a for a, r in zip(members["account"], members["ring"]) if r == rings["ring"][0]]
    ring_of = dict(zip(store.accounts()["account"], store.accounts()["ring"]))
    assert all(ring_of[account] == ring for account, ring in zip(members["account"], members["ring"]))


def test_cells_are_the_log(store, world):
    cells = store.cells()
    assert set(cells.columns) == {"account", "kind", "value", "day", "count", "first", "last"}
    seen = {}
    with open(world / "world" / "events.jsonl", encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line)
            if event.get("ip"):
                seen[event["account"], event["ip"]] = seen.get((event["account"], event["ip"]), 0) + 1
    kept = {}
    for account, kind, value, count in zip(cells["account"], cells["kind"], cells["value"], cells["count"]):
        if kind == "ip":
            kept[account, value] = kept.get((account, value), 0) + int(count)
    assert kept == seen


def test_a_window_of_days_is_a_part(store):
    first, last = store.days
    one_day = store.cells(first, first)
    assert 0 < len(one_day) < len(store.cells())
    assert set(one_day["day"]) == {first}
    assert len(store.cells(datetime.date(2026, 1, 1), "2026-01-01")) == len(one_day)


def test_events_are_the_feed(store):
    events = store.events()
    assert list(events["seq"]) == list(range(1, len(events) + 1))
    assert json.loads(events["event"][0])["seq"] == 1
    assert len(store.events(after=3, limit=2)) == 2
    assert events["type"].count("born") == len(store.rings())


def test_the_graph_of_a_run_is_that_of_a_detection(store, detection):
    stored, found = store.graph(), detection.graph()
    assert stored.edge_count == found.edge_count > 0
    index = {int(key): i for i, key in enumerate(found.keys)}
    u, v, weight = stored.edges()
    there = found.to_scipy().tocsr()
    for a, b, bits in zip(u[:200], v[:200], weight[:200]):
        assert there[index[int(stored.keys[a])], index[int(stored.keys[b])]] == bits
    assert stored.names[0] in set(found.names)


def test_detection_in_memory_finds_what_the_program_publishes_and_writes_nothing(store, detection, world):
    assert detection.digest == store.latest_run()["digest"]
    assert list(detection.rings()["ring"]) == list(store.rings()["ring"])
    assert list(detection.members()["account"]) == list(store.members()["account"])
    assert len(store.runs()) == 1
    ring_of = detection.ring_of()
    assert ring_of.size == len(detection.graph())
    assert int((ring_of >= 0).sum()) == len(detection.members())


def test_another_configuration_finds_other_rings(store, detection):
    without = store.detect({"layers": {"payment": 0}}, progress=False)
    assert "payment" in detection.bipartite().layers and "payment" not in without.bipartite().layers
    assert without.summary["links"] != detection.summary["links"]
    assert without.digest != detection.digest
    other = store.detect(ringscope.Config(detect={"seed": 2}), progress=False)
    assert other.config["detect"]["seed"] == 2


def test_facts_of_pairs_are_what_both_touch(detection):
    accounts, pairs = detection.bipartite(), detection.graph()
    facts = detection.pair_facts()
    touched = [set(accounts.indices[a:b].tolist()) for a, b in zip(accounts.indptr[:-1], accounts.indptr[1:])]
    layer = np.repeat(np.arange(len(accounts.layers)), np.diff(accounts.layer_offsets).astype(int))
    sources = np.repeat(np.arange(len(pairs)), pairs.degrees().astype(int))
    assert facts.kinds.size == pairs.indices.size > 100
    for entry in range(0, pairs.indices.size, 7):
        both = touched[sources[entry]] & touched[pairs.indices[entry]]
        assert facts.shared[entry] == len(both)
        assert facts.kinds[entry] == sum({1 << int(layer[entity]) for entity in both})
        times = [
            (accounts.first[at], accounts.last[at])
            for account in (sources[entry], pairs.indices[entry])
            for at in range(int(accounts.indptr[account]), int(accounts.indptr[account + 1]))
            if accounts.indices[at] in both
        ]
        assert facts.first[entry] == min(first for first, _ in times)
        assert facts.last[entry] == max(last for _, last in times)


def test_facts_of_a_runs_pairs_are_those_of_the_detection(store, detection):
    stored, found = store.graph(), detection.graph()
    facts, known = store.pair_facts(), detection.pair_facts()
    number = {int(key): i for i, key in enumerate(found.keys)}
    sources = np.repeat(np.arange(len(stored)), stored.degrees().astype(int))
    assert facts.kinds.size == stored.indices.size > 100
    for entry in range(0, stored.indices.size, 5):
        a, b = (number[int(stored.keys[v])] for v in (sources[entry], stored.indices[entry]))
        twin = int(found.indptr[a]) + int(np.searchsorted(found.neighbors(a), b))
        assert [field[entry] for field in facts] == [field[twin] for field in known]


def test_templates_are_those_of_the_log(store, world):
    asked = {}
    with open(world / "world" / "events.jsonl", encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line)
            if event.get("template"):
                row = asked.setdefault(event["account"], {})
                row[event["template"]] = row.get(event["template"], 0) + 1
    matrix = store.templates()
    counts = matrix.to_scipy()
    accounts = matrix.accounts()
    assert set(accounts) == set(asked)
    few = [i for i, account in enumerate(accounts) if len(asked[account]) <= 16]  # of more some are missed
    assert len(few) > 500
    for i in few:
        assert sorted(counts[[i]].data) == sorted(asked[accounts[i]].values())
    singular = pytest.importorskip("scipy.sparse.linalg").svds(counts, 3)[1]
    assert (singular > 0).all()


def test_what_was_taken_says_where_it_came_from(store, detection, world):
    run = store.latest_run()
    made = store.provenance()
    assert made["program"] == ringscope.__version__
    assert made["commit"] == ringscope.__commit__
    assert made["store"] == str(world / "db")
    assert (made["run"], made["run_digest"], made["config_hash"]) == (1, run["digest"], run["config_hash"])
    assert store.graph().provenance == made
    assert store.graph().subgraph([0, 1, 2]).provenance == made
    found = detection.provenance()
    assert found["run_digest"] == detection.digest
    assert found["config_hash"] == detection.config.hash == made["config_hash"]
    assert found["config"] == detection.config.to_toml()
    for one in (detection.graph(), detection.bipartite()):
        assert one.provenance == found
    other = store.bipartite({"detect": {"seed": 7}})
    assert other.provenance["seed"] == 7 and other.provenance["config_hash"] != made["config_hash"]
    assert store.templates().provenance["config_hash"] == made["config_hash"]
    with pytest.raises(ringscope.NotFoundError):
        store.provenance(99)


def test_threads_do_not_show(store, detection):
    assert store.detect({"threads": 1}, progress=False).digest == detection.digest


def test_progress_is_told(store):
    told = []
    store.detect(progress=lambda *state: told.append(state))
    assert told[-1] == ("done", 6, 6)
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)


def test_the_lock_of_the_interpreter_is_released(store):
    import threading
    import time

    counted = 0
    stop = threading.Event()

    def count():
        nonlocal counted
        while not stop.is_set():
            counted += 1
            time.sleep(0.001)

    other = threading.Thread(target=count)
    other.start()
    before = counted
    store.detect(progress=False)
    during = counted - before
    stop.set()
    other.join()
    assert during > 5


def test_evaluation_of_a_store_and_of_a_detection_is_one(store, detection, world):
    truth = world / "world" / "truth.csv"
    stored = ringscope.evaluate(truth, store)
    assert stored == ringscope.evaluate(truth, detection)
    assert stored["recall"] > 0.5
    banned = ringscope.evaluate(truth, detection, tiers=["ban"])
    assert banned["flagged"] < stored["flagged"]
    assert banned["precision"] > 0.99


def test_questions(store):
    a, b = store.members()["account"][:2]
    assert store.why(a, b)["schema"] == "ringscope.why/1"
    assert store.account(a)["account"] == a


def test_a_snapshot_opens_like_a_store(world, tmp_path):
    program = shutil.which("ringscope")
    import os

    program = os.environ.get("RINGSCOPE", program)
    if not program:
        pytest.skip("no program to make a snapshot with: set RINGSCOPE")
    shutil.copytree(world / "db", tmp_path / "db")
    subprocess.run([program, "--db", tmp_path / "db", "snapshot", "create", "before"], check=True, capture_output=True)
    with ringscope.open(f"{tmp_path / 'db'}@before") as snapshot, ringscope.open(world / "db") as store:
        assert list(snapshot.rings()["ring"]) == list(store.rings()["ring"])
    with pytest.raises(ringscope.RefusedError):
        ringscope.detect(f"{tmp_path / 'db'}@before", progress=False)


def test_calibration_hides_rings_among_the_accounts(store):
    cells = store.calibrate(kinds=["loud"], hardness=[0.0], seeds=2, ring_size=20, progress=False)
    assert {cell["kind"] for cell in cells} == {"loud"}
    assert cells[-1]["recall"]["mean"] > 0.8
    assert len(store.runs()) == 1


@pytest.mark.parametrize(
    ("wrong", "error", "says"),
    [
        (lambda s: ringscope.open("/nowhere/at/all"), ringscope.NotFoundError, "/nowhere/at/all"),
        (lambda s: s.ring("R-none"), ringscope.NotFoundError, "R-none"),
        (lambda s: s.rings(run=99), ringscope.NotFoundError, "99"),
        (lambda s: s.why("nobody", "none"), ringscope.NotFoundError, "nobody"),
        (lambda s: s.detect({"detect": {"resolutoin": 1}}), ringscope.ConfigError, "resolutoin"),
        (lambda s: s.detect({"layers": {"shoes": 2}}), ringscope.ConfigError, "shoes"),
        (lambda s: s.detect({"memory": "1M"}), ringscope.MemoryLimitError, "memory"),
        (lambda s: s.calibrate(kind="loud"), ringscope.UsageError, "kinds"),
        (lambda s: s.export("accounts", "csw", "/tmp/none"), ringscope.UsageError, "csv"),
        (lambda s: ringscope.simulate("/tmp/none", accounts="many"), ringscope.UsageError, "accounts"),
        (lambda s: s.rings()["colour"], KeyError, "colour"),
    ],
)
def test_errors_say_what_is_wrong(store, wrong, error, says):
    with pytest.raises(error) as raised:
        wrong(store)
    assert says in str(raised.value)


def test_a_closed_store_says_so(world):
    store = ringscope.open(world / "db")
    store.close()
    with pytest.raises(ringscope.UsageError, match="closed"):
        store.rings()


CLOSED_MEANWHILE = """
import sys, threading, ringscope
for work in ("accounts", "cells", "activity", "events", "rings", "members", "evidence", "graph", "bipartite"):
    for pause in (0.0, 0.001, 0.003):
        store = ringscope.open(sys.argv[1])
        entered = threading.Event()
        def run():
            entered.set()
            for _ in range(1000):
                try:
                    getattr(store, work)()
                except ringscope.UsageError as error:
                    assert "closed" in str(error), error
                    return
            raise SystemExit("the store was not closed")
        thread = threading.Thread(target=run)
        thread.start()
        entered.wait()
        threading.Event().wait(pause)
        store.close()
        thread.join()
print("done")
"""


def test_a_store_may_be_closed_while_another_thread_asks_it(world):
    ended = subprocess.run([sys.executable, "-c", CLOSED_MEANWHILE, world / "db"], capture_output=True, text=True)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "done\n", "")


def test_a_graph_has_its_names_when_the_store_was_closed(world):
    with ringscope.open(world / "db") as store:
        expected = store.graph().names
        graph = store.graph()
    assert list(graph.names) == list(expected) and all(expected)


def test_the_graph_of_a_run_whose_links_were_dropped_is_not_there(world, tmp_path):
    shutil.copytree(world / "db", tmp_path / "db")
    for seed in (2, 3):
        ringscope.detect(tmp_path / "db", {"detect": {"seed": seed}}, progress=False)
    with ringscope.open(tmp_path / "db") as store:
        assert store.graph(2).edge_count > 0 and store.graph(3).edge_count > 0
        assert len(store.rings(1)) > 0
        with pytest.raises(ringscope.NotFoundError, match="links"):
            store.graph(1)


def test_errors_are_a_tree():
    assert issubclass(ringscope.NotFoundError, (ringscope.Error, LookupError))
    assert issubclass(ringscope.NoSpaceError, ringscope.StoreError)
    assert issubclass(ringscope.ConfigError, ValueError)
    kinds = [kind for kind in vars(ringscope).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    assert all(issubclass(kind, ringscope.Error) for kind in kinds)


def test_a_configuration_goes_out_and_comes_back(tmp_path):
    tuned = ringscope.Config(detect={"resolution": 0.9}, layers={"payment": 2.0, "ip/net": 0.5}, threads=2)
    tuned.save(tmp_path / "tuned.toml")
    back = ringscope.Config(tmp_path / "tuned.toml")
    assert dict(back) == dict(tuned)
    assert back.hash == tuned.hash != ringscope.Config().hash
    assert tuned.replace(threads=1).hash == tuned.hash  # threads change no result
    assert tuned.replace(detect={"resolution": 0.7})["layers"] == tuned["layers"]


def test_a_configuration_takes_numbers_of_numpy():
    tuned = ringscope.Config(detect={"resolution": np.float64(0.75), "seed": np.int64(3)}, threads=np.uint8(2))
    assert dict(tuned) == dict(ringscope.Config(detect={"resolution": 0.75, "seed": 3}, threads=2))


@pytest.mark.parametrize("text", ["a\x00b", "a\x1b[0m", "a\rb", "a\x7fb", 'a"b', "a\\b", "a]\nthreads = 3\n[b"])
def test_texts_of_a_configuration_are_quoted(text):
    from ringscope.config import _toml, tomllib

    given = {text: text, f"section {text}": {text: [text]}}
    assert tomllib.loads(_toml(given)) == given
    with pytest.raises(ringscope.ConfigError):
        ringscope.Config(**{text: {"seed": 3}})
