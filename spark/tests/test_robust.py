"""What is hard on a cluster: a thing is shared by all, partitions are empty, the core refuses what it is given."""

import json
import os
import sys
import threading

import numpy as np
import pytest
from conftest import exports_in, one_machine
from pyspark import cloudpickle

from ringscope_spark import _core, detect
from ringscope_spark.components import ComponentsError, _verify, components
from ringscope_spark.pairs import Workers, row_blocks


@pytest.mark.more
def test_a_hub_of_five_percent_of_the_accounts_changes_no_byte(spark, world, tmp_path):
    hub = tmp_path / "hub.jsonl"
    accounts = sorted({json.loads(line)["account"] for line in world.events.read_text().splitlines()})
    hub.write_text("".join(
        json.dumps({"ts": 1767225600 + n, "account": account, "ip": "198.51.100.1"}) + "\n"
        for n, account in enumerate(accounts[::20] * 5)))
    here = one_machine(tmp_path, tmp_path / "one.db", [world.events, hub])
    detect(spark, [str(world.events), str(hub)], str(tmp_path / "out"), blocks=5)
    assert exports_in(tmp_path / "out") == here


def test_rows_of_a_hub_are_cut_into_blocks_of_like_numbers_of_pairs():
    accounts = 1000
    columns = {
        "edge_left": np.arange(accounts, dtype=np.uint32),
        "edge_right": np.zeros(accounts, np.uint32),
        "rarity": np.ones(1, np.float32),
        "lefts": accounts,
    }
    bounds = row_blocks(columns, 8)
    pairs = [sum(accounts - 1 - row for row in range(a, b)) for a, b in zip(bounds, bounds[1:])]
    assert len(pairs) == 8 and max(pairs) < 1.1 * accounts * (accounts - 1) / 2 / 8


class Watch:
    """Counts the threads of this process, over and over, beside the work."""

    def __init__(self):
        self.most = self.looks = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        while not self._stop.wait(0.0005):
            self.most = max(self.most, len(os.listdir("/proc/self/task")) - 1)
            self.looks += 1

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._stop.set()
        self._thread.join()


def threads_of_native_code() -> list[tuple[str, int, int]]:
    """Of folding, pairs and clusters: how often threads were counted meanwhile, and how many more than before there were."""
    accounts, things = 4000, 200
    lines = [b'{"ts":1767225600,"account":"a%d","ip":"10.0.%d.%d"}' % (n, n % 250, n % 7) for n in range(100_000)]
    offsets = np.concatenate([[0], np.cumsum([len(line) for line in lines])]).astype(np.int64)
    text = np.frombuffer(b"".join(lines), np.uint8)
    fold = _core.Fold(1 << 30)
    edge_left = np.repeat(np.arange(accounts, dtype=np.uint32), 4)
    quarter = things // 4  # a thing of each, so that an account's four differ
    edge_right = np.arange(accounts)[:, None] * np.array([1, 3, 7, 11]) % quarter + np.arange(4) * quarter
    edge_right = edge_right.astype(np.uint32).reshape(-1)
    degree = np.bincount(edge_right, minlength=things).astype(np.uint32)

    def fold_lines() -> None:
        fold.add_lines(offsets, text, 1, False)
        fold.take()

    def count_pairs() -> None:
        for _ in range(5):
            task = _core.BlockTask(np.full(321, 1e-6), 1)
            task.set_things(np.arange(things, dtype=np.uint32), np.zeros(things, np.uint32), degree,
                            *(np.ones(things, np.float32) for _ in range(4)))
            task.set_accounts(np.arange(accounts, dtype=np.uint32), np.ones(accounts, np.float32), 0, accounts)
            task.set_edges(edge_left, edge_right)
            task.corroborate(False, 1e-3, 0.1)
            task.keep(1.0, 0.9, 0.5)

    # Rings of a hundred accounts, each linked to the next twenty.
    ring = np.arange(accounts) // 100 * 100
    u = np.repeat(np.arange(accounts), 20)
    v = np.repeat(ring, 20) + (u % 100 + np.tile(np.arange(1, 21), accounts)) % 100
    u, v = np.minimum(u, v).astype(np.uint32), np.maximum(u, v).astype(np.uint32)
    u, v = np.unique(np.column_stack([u, v]), axis=0).T.copy()
    nobody, weights = np.zeros(0, np.uint32), np.ones(len(u), np.float32)

    def cluster() -> None:
        for _ in range(10):
            _core.cluster_block(np.arange(accounts, dtype=np.uint32), u, v, weights, nobody, nobody, weights[:0],
                                np.zeros(0, np.uint8), np.arange(0, 4 * accounts + 1, 4, dtype=np.uint64), edge_right,
                                np.ones(len(edge_right), np.float32), 0.7, 0.15, 0.1, 2, 1)

    before = len(os.listdir("/proc/self/task"))
    told = []
    for work in (fold_lines, count_pairs, cluster):
        with Watch() as watch:
            work()
        told.append((work.__name__, watch.looks, watch.most - before))
    return told


@pytest.mark.parametrize("where", ["driver", "executor"])
def test_native_code_starts_no_threads(spark, where):
    if where == "driver":
        told = threads_of_native_code()
    else:
        cloudpickle.register_pickle_by_value(sys.modules[__name__])  # executors do not have the tests
        told = spark.sparkContext.parallelize([0], 1).map(lambda _: threads_of_native_code()).first()
    assert [name for name, _, _ in told] == ["fold_lines", "count_pairs", "cluster"]
    assert all(looks > 10 for _, looks, _ in told), told  # each was looked at on the way
    assert all(more <= 0 for _, _, more in told), told


def test_an_error_of_the_core_names_the_block(spark, tmp_path):
    workers = Workers(spark, str(tmp_path), blocks=1)
    columns = {
        "edge_left": np.array([0, 1], np.uint32), "edge_right": np.array([0, 0], np.uint32),
        "layer": np.array([7], np.uint32),  # beyond the layers
        "degree": np.array([2], np.uint32), "rarity": np.ones(1, np.float32), "with_consequences": np.ones(1, np.float32),
        "left_scale": np.ones(2, np.float32), "layers": 1, "lefts": 2, "intensity": np.full(321, 1e-6),
    }
    with pytest.raises(Exception, match="block 0, accounts 0 to 1.*of a layer that is not there"):
        workers.corroborate(columns, False, 1e-3, 0.1)


def test_an_error_of_the_core_names_the_component(spark, tmp_path):
    workers = Workers(spark, str(tmp_path))
    weight = np.ones(3, np.float32)
    core = {"u": np.array([1, 4, 9], np.uint32), "v": np.array([2, 6, 8], np.uint32), "weight": weight}  # 9 is above 8
    none = {"u": np.zeros(0, np.uint32), "v": np.zeros(0, np.uint32), "weight": weight[:0]}
    settings = {"resolution": 0.7, "most_leak": 0.15, "least_cohesion": 0.1, "least_size": 2, "seed": 1}
    touches = np.arange(10, dtype=np.uint32)
    with pytest.raises(Exception, match=r"bin \d+, component of account 8: .*a pair leads out of the block"):
        workers.cluster(touches, touches, np.ones(10, np.float32), core, none, np.zeros(0, np.uint8), settings)


@pytest.mark.parametrize("log, rejected", [
    ('{"ts":1767225600,"ip":"10.0.0.1"}\n' * 7, 7),
    pytest.param("".join('{"ts":%d,"account":"a%d","ip":"10.0.0.%d"}\n' % (1767225600 + 60 * n, n, n % 4) for n in range(200)), 0,
                 marks=pytest.mark.more),
], ids=["no good line", "no pair is kept"])
def test_stages_that_nothing_comes_to_give_the_program_s_bytes(spark, tmp_path, log, rejected):
    (tmp_path / "log.jsonl").write_text(log)
    here = one_machine(tmp_path, tmp_path / "one.db", [tmp_path / "log.jsonl"])
    result = detect(spark, str(tmp_path / "log.jsonl"), str(tmp_path / "out"), blocks=3)
    assert result.rejected == rejected and result.summary["rings"] == 0
    assert "detect: components" not in result.seconds  # there was no pair to find any in
    assert exports_in(tmp_path / "out") == here


def _by_union(pairs: list[tuple[int, int]]) -> dict[int, int]:
    least = {vertex: vertex for pair in pairs for vertex in pair}
    changed = True
    while changed:
        changed = False
        for u, v in pairs:
            low = min(least[u], least[v])
            changed |= least[u] != low or least[v] != low
            least[u] = least[v] = low
    return least


def test_components_are_those_of_a_walk_over_all_pairs(spark, tmp_path):
    random = np.random.default_rng(5)
    chain = [(2**40 + n, 2**40 + n + 1) for n in range(40)]
    pairs = chain + [(int(u), int(v)) for u, v in random.integers(0, 120, (60, 2)) if u != v]
    frame = spark.createDataFrame(pairs, "u long, v long")
    found = {row.vertex: row.component for row in components(spark, frame, str(tmp_path)).collect()}
    assert found == _by_union(pairs)


def test_components_that_tear_a_pair_apart_are_not_handed_on(spark):
    edges = spark.createDataFrame([(1, 2), (2, 3)], "u long, v long")
    torn = spark.createDataFrame([(1, 1), (2, 1), (3, 3)], "vertex long, component long")
    with pytest.raises(ComponentsError, match="2, 3 lies in the components 1 and 3"):
        _verify(edges, torn)
