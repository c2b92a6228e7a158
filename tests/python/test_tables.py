"""Arrow's readers take our tables, and read the same."""

import os

import numpy as np
import pytest


@pytest.fixture
def rings(store):
    return store.rings()


def test_pyarrow(rings):
    pyarrow = pytest.importorskip("pyarrow")
    taken = pyarrow.table(rings)
    assert taken.column_names == rings.columns
    assert taken["ring"].to_pylist() == rings["ring"]
    assert taken["kinds"].to_pylist() == rings["kinds"]
    assert taken["score"].to_pylist() == list(rings["score"])
    assert taken.schema.field("first_seen").type == pyarrow.timestamp("s", "UTC")


def test_pandas(rings):
    pytest.importorskip("pandas")
    frame = rings.to_pandas()
    assert list(frame["ring"]) == rings["ring"]
    assert np.array_equal(frame["score"], rings["score"])
    assert "ban" in set(frame["tier"])


def test_polars(rings):
    polars = pytest.importorskip("polars")
    frame = rings.to_polars()
    assert frame["ring"].to_list() == rings["ring"]
    assert frame.filter(polars.col("tier") == "ban").height == rings["tier"].count("ban")


def test_duckdb(store, rings):
    duckdb = pytest.importorskip("duckdb")
    members = store.members()
    counted = duckdb.sql(
        "select ring, any_value(r.size) as size, count(*) as n from members m join rings r using (ring) group by ring"
    ).fetchall()
    assert len(counted) == len(rings)
    assert all(size == n for _, size, n in counted)


def test_dictionaries_and_days(store):
    pyarrow = pytest.importorskip("pyarrow")
    cells = store.cells()
    taken = pyarrow.table(cells)
    taken.validate(full=True)
    assert pyarrow.types.is_dictionary(taken.schema.field("account").type)
    assert taken["value"].to_pylist() == cells["value"]
    assert taken["day"].to_pylist()[0] == cells["day"][0].astype(object)
    codes, values = cells.codes("kind")
    assert [values[code] for code in codes[:50]] == cells["kind"][:50]


def test_missing_values_are_null(store):
    pyarrow = pytest.importorskip("pyarrow")
    accounts = store.accounts()
    created = pyarrow.table(accounts)["created"]
    assert created.null_count == int(np.isnat(accounts["created"]).sum())


def test_the_schema_alone(store):
    pyarrow = pytest.importorskip("pyarrow")
    for table in (store.rings(), store.members(), store.evidence(), store.cells(), store.events(), store.activity()):
        assert pyarrow.schema(table) == pyarrow.table(table).schema


def resident():
    with open("/proc/self/statm", encoding="ascii") as told:
        return int(told.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_a_stream_that_nobody_takes_is_freed(store):
    size = sum(store.cells().codes(name)[0].nbytes for name in ("account", "kind", "value"))
    assert size > 300_000
    for _ in range(5):
        store.cells().__arrow_c_stream__()
    before = resident()
    for _ in range(60):
        store.cells().__arrow_c_stream__()  # holds its table
    assert resident() - before < 20 * size


def test_a_schema_that_nobody_takes_is_freed(rings):
    for _ in range(500):
        rings.__arrow_c_schema__()
    before = resident()
    for _ in range(10_000):  # of more than a kilobyte each
        rings.__arrow_c_schema__()
    assert resident() - before < 5_000_000


def test_a_stream_that_was_taken_is_freed(store):
    pyarrow = pytest.importorskip("pyarrow")
    size = pyarrow.table(store.cells()).nbytes
    before = resident()
    for _ in range(60):
        pyarrow.table(store.cells())
    assert resident() - before < 20 * size


def test_reading_twice_gives_the_same(rings):
    pyarrow = pytest.importorskip("pyarrow")
    assert pyarrow.table(rings).equals(pyarrow.table(rings))
