"""The program's exports, by the readers of others: pyarrow and DuckDB, stix2, check-jsonschema."""

import csv
import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("RINGSCOPE")
pytestmark = pytest.mark.skipif(not PROGRAM, reason="RINGSCOPE names no program")


class Place:
    """A store to export from, and where the files go."""

    def __init__(self, root, world):
        self.root = root
        shutil.copytree(world / "db", root / "db")
        (root / "share.toml").write_text('[guards]\nsharing = "on"\n')

    def run(self, *arguments):
        done = subprocess.run([PROGRAM, "--db", self.root / "db", "--config", self.root / "share.toml", "-q", *arguments],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def export(self, level, form, *more):
        file = self.root / f"{level}.{form}"
        self.run("export", "--level", level, "--format", form, "--out", str(file), *more)
        return str(file)

    def lines(self, level, *more):
        with open(self.export(level, "jsonl", *more), encoding="utf-8") as text:
            return [json.loads(line) for line in text]


@pytest.fixture(scope="module")
def place(tmp_path_factory, world):
    made = Place(tmp_path_factory.mktemp("exports"), world)
    for person in ("ann", "bob"):
        made.run("release", "commit", "--by", person, "--override", "--reason", "a simulated world")
    account = made.run("export", "--level", "bans", "--format", "ids").splitlines()[0]
    made.run("retract", account, "--by", "cy", "--reason", "an appeal")
    made.run("guard", "halt", "--by", "dan", "--reason", "a look")
    made.run("guard", "resume", "--by", "dan", "--reason", "was nothing")
    return made


def test_parquet_says_what_csv_and_json_say(place):
    duckdb = pytest.importorskip("duckdb")
    parquet = pytest.importorskip("pyarrow.parquet")
    with open(place.export("accounts", "csv"), encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    table = parquet.read_table(place.export("accounts", "parquet"))
    assert len(rows) > 20
    assert [row["account"] for row in rows] == table["account"].to_pylist()
    assert [float(row["score"]) for row in rows] == table["score"].to_pylist()
    assert all("; ".join(reasons) in row["reasons"] for reasons, row in zip(table["reasons"].to_pylist(), rows))
    rings = place.lines("rings")
    files = {level: place.export(level, "parquet") for level in ("rings", "evidence")}
    sizes = duckdb.sql(f"select ring, count(*) from '{place.root}/accounts.parquet' group by ring").fetchall()
    assert dict(sizes) == {ring["ring"]: ring["size"] for ring in rings}
    joined = duckdb.sql(f"select count(*) from '{files['evidence']}' e join '{files['rings']}' r using (ring)").fetchall()
    assert joined[0][0] == sum(len(ring["evidence"]) for ring in rings)


def parsed(stix2, file):
    with open(file, encoding="utf-8") as text:
        return stix2.parse(text.read(), allow_custom=False).objects


def check_bundle(stix2, objects):
    """Ids by the standard's rule, and nothing referred to that is not there."""
    ids = {one["id"] for one in objects}
    assert len(ids) == len(objects)
    for one in objects:
        if one["type"] in ("ipv4-addr", "ipv6-addr"):
            kind = stix2.IPv4Address if one["type"] == "ipv4-addr" else stix2.IPv6Address
            assert one["id"] == kind(value=one["value"])["id"]
        if one["type"] == "user-account":
            assert one["id"] == stix2.UserAccount(user_id=one["user_id"])["id"]
        refs = list(one.get("object_refs", [])) + [one[key] for key in ("source_ref", "target_ref") if key in one]
        assert ids.issuperset(refs)
        if "modified" in one:
            assert one["created"] <= one["modified"]


def test_stix_is_valid_and_a_retraction_revokes(place):
    stix2 = pytest.importorskip("stix2")
    rings = place.lines("rings")
    before = parsed(stix2, place.export("rings", "stix"))
    check_bundle(stix2, before)
    groupings = [one for one in before if one["type"] == "grouping"]
    assert len(groupings) == len(rings) and not any(one.get("revoked") for one in groupings)
    shared = parsed(stix2, place.export("indicators", "stix"))
    check_bundle(stix2, shared)
    with open(place.root / "indicators.stix", encoding="utf-8") as text:
        told = text.read()
    assert not any(account in told for ring in rings for account in ring["accounts"])
    ring = next(ring["ring"] for ring in rings if ring["tier"] == "ban")
    place.run("retract", ring, "--by", "cy", "--reason", "an appeal")
    for level, tiers, old in (("rings", (), before), ("rings", ("--tier", "ban"), before), ("indicators", (), shared)):
        after = {one["id"]: one for one in parsed(stix2, place.export(level, "stix", *tiers))}
        check_bundle(stix2, list(after.values()))
        revoked = [one for one in after.values() if one.get("revoked")]
        assert level == "indicators" or any(one["type"] == "grouping" and one["name"] == ring for one in revoked)
        known = {one["id"]: one for one in old}
        for one in revoked:
            if one["id"] in known:
                assert one["created"] == known[one["id"]]["created"]
                assert one["modified"] > known[one["id"]]["modified"]


def test_golden_bundles_are_valid():
    stix2 = pytest.importorskip("stix2")
    files = sorted((ROOT / "tests" / "golden").glob("*.stix.json"))
    assert len(files) >= 3
    for file in files:
        check_bundle(stix2, parsed(stix2, file))


def check_documents(directory, documents):
    """Documents, each of which names its schema, by check-jsonschema: one call a schema."""
    by_schema = {}
    for document in documents:
        by_schema.setdefault(document["schema"].split("/")[0].removeprefix("ringscope."), []).append(document)
    for schema, found in by_schema.items():
        files = []
        for number, document in enumerate(found[:40]):
            files.append(directory / f"{schema}.{number}.json")
            files[-1].write_text(json.dumps(document), encoding="utf-8")
        done = subprocess.run([sys.executable, "-m", "check_jsonschema", "--schemafile",
                               ROOT / "docs" / "schema" / f"{schema}.schema.json", *files],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        assert done.returncode == 0, done.stdout
    return set(by_schema)


def test_documents_are_of_their_schemas(place, tmp_path):
    pytest.importorskip("check_jsonschema")
    documents = []
    for level in ("rings", "events", "actions", "bans", "state"):
        documents += place.lines(level)
    documents.append(json.loads(place.run("release", "preview", "--json")))
    place.run("export", "--level", "accounts,events", "--dir", str(place.root / "set"))
    documents.append(json.loads((place.root / "set" / "manifest.json").read_text(encoding="utf-8")))
    found = check_documents(tmp_path, documents)
    assert found >= {"ring", "ring-event", "verdict-event", "action-event", "switch-event", "state", "release-plan", "manifest"}


def test_golden_documents_are_of_their_schemas(tmp_path):
    pytest.importorskip("check_jsonschema")
    documents = []
    for file in (ROOT / "tests" / "golden").glob("*.1.jsonl"):
        if file.name.split(".")[1] == "jsonl" and not file.name.startswith("indicators"):
            documents += [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert len(check_documents(tmp_path, documents)) >= 6
