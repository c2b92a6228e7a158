"""Arrow's readers take our tables, and read the same."""

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


def test_a_stream_that_nobody_takes_is_freed(rings):
    for _ in range(100):
        rings.__arrow_c_stream__()
        rings.__arrow_c_schema__()


def test_reading_twice_gives_the_same(rings):
    pyarrow = pytest.importorskip("pyarrow")
    assert pyarrow.table(rings).equals(pyarrow.table(rings))
