"""What docs/python.md begins with, in an environment that has NumPy and nothing else: first_steps.py DIRECTORY."""

import importlib.util
import pathlib
import sys

import ringscope

root = pathlib.Path(sys.argv[1])
assert "site-packages" in ringscope.__file__, ringscope.__file__
assert importlib.util.find_spec("scipy") is None, "this is no fresh environment"
ringscope.simulate(root / "world", accounts=1000, requests=15_000, seed=3)
assert ringscope.ingest(root / "db", root / "world" / "events.jsonl", progress=False)["rejected"] == 0
run = ringscope.detect(root / "db", progress=False)
with ringscope.open(root / "db") as store:
    assert len(store.rings()) == run["rings"] > 0
    assert ringscope.algorithms.leiden(store.graph()).size == len(store.graph())
    assert store.detect(progress=False).digest == run["digest"]
    assert store.provenance()["commit"] == ringscope.__commit__
package = pathlib.Path(ringscope.__file__).parent
assert {"py.typed", "_core.pyi", "algorithms.pyi"} <= {file.name for file in package.iterdir()}
print(f"pip install: ringscope {ringscope.__version__}, {run['rings']} rings")
