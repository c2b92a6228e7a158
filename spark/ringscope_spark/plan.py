"""What a run of some size would take, by constants that were measured on the cluster in question (docs/scale.md)."""

from pathlib import Path

from ringscope_spark.session import WORKER_OVERHEAD_MIB

MEASURED = Path(__file__).parent / "constants.json"  # on two cores of the machine that this was developed on
# Of an executor, by its cores: the heap that tests and figures run with (what does not fit it, Spark spills to disk), and
# what one Python worker needs beside it.
HEAP_BYTES = 1 << 30
BESIDE_BYTES = WORKER_OVERHEAD_MIB << 20

EXPONENTS = [1 + n / 20 for n in range(11)]  # that stages may grow with: in step, up to 1.5
CLEARLY = 0.5  # another exponent than 1 must leave less than this part of what 1 leaves unexplained


def _line(x: list[float], costs: list[float]) -> tuple[float, float, float]:
    """What every run costs and what one of x = 1 costs beyond it, neither below zero, and the squares of what is left,
    each in parts of the cost: costs differ by a factor from run to run, not by a sum."""
    weights = [1 / cost**2 for cost in costs]
    s, sx, sxx = (sum(w * u**k for w, u in zip(weights, x)) for k in (0, 1, 2))
    sy = sum(w * cost for w, cost in zip(weights, costs))
    sxy = sum(w * u * cost for w, u, cost in zip(weights, x, costs))
    slope = (s * sxy - sx * sy) / (s * sxx - sx * sx)
    fixed = (sy - slope * sx) / s
    if slope < 0:
        fixed, slope = sy / s, 0.0
    if fixed < 0:
        fixed, slope = 0.0, sxy / sxx
    return fixed, slope, sum(w * (fixed + slope * u - cost) ** 2 for w, u, cost in zip(weights, x, costs))


def _growth(costs: list[float], sizes: list[float]) -> tuple[float, float, float]:
    """Fixed cost, cost of the largest size beyond it, and the exponent with which that grows."""
    def of(exponent: float) -> tuple[float, float, float]:
        return _line([(size / sizes[-1]) ** exponent for size in sizes], costs)

    best = min(EXPONENTS, key=lambda exponent: of(exponent)[2])
    if of(best)[2] >= CLEARLY * of(1.0)[2]:
        best = 1.0
    fixed, slope, _ = of(best)
    return fixed, slope, best


def fit(runs: list[dict], on_driver: tuple[str, ...]) -> dict:
    """Constants for estimate(), from what runs cost (`events`, `accounts`, `driver_bytes`, and by stage `cpu_seconds` and
    `shuffle_bytes`): in order of size, the first of a log so small that it shows what every run costs."""
    first, last = runs[0], runs[-1]
    stages = {}
    for name in last["cpu_seconds"]:
        driver = name in on_driver
        sizes = [run["accounts" if driver else "events"] for run in runs]
        fixed, seconds, exponent = _growth([max(run["cpu_seconds"].get(name, 0.0), 0.01) for run in runs], sizes)
        stages[name] = {
            "where": "driver" if driver else "executors",
            "fixed_seconds": round(fixed, 2),
            "core_seconds": round(seconds, 2),
            "exponent": exponent,
            "shuffle_bytes": last["shuffle_bytes"].get(name, 0),
        }
    return {
        "events": last["events"],
        "accounts": last["accounts"],
        "driver_fixed_bytes": first["driver_bytes"],
        "driver_bytes": last["driver_bytes"] - first["driver_bytes"],
        "stages": stages,
    }


def estimate(
    constants: dict, events: float, accounts: float | None, cores: int, executor_cores: int = 1, price: float | None = None
) -> dict:
    """Core-seconds by stage: those that every run costs, and those of a measured size, grown by each stage's own
    exponent. Stages in the executors grow with events. Those on the driver, and its memory, grow with accounts, and use
    one core, however many the executors have. `price` is that of a core for an hour: `cost_used` is of cores that are
    given back while they have nothing to do (dynamic allocation), `cost_held` of a cluster that is kept for all of the
    run, with a core for the driver."""
    base = constants["events"]
    ratio = events / base
    accounts = accounts or constants["accounts"] * ratio
    more_accounts = accounts / constants["accounts"]
    stages = []
    for name, stage in constants["stages"].items():
        in_executors = stage["where"] == "executors"
        growth = (ratio if in_executors else more_accounts) ** stage["exponent"]
        core_seconds = stage.get("fixed_seconds", 0) + stage["core_seconds"] * growth
        at_once = cores if in_executors else 1
        stages.append(
            {
                "stage": name,
                "where": stage["where"],
                "core_hours": core_seconds / 3600,
                "hours": core_seconds / 3600 / at_once,
                "shuffle_bytes": stage.get("shuffle_bytes", 0) * growth,
            }
        )
    hours, core_hours = (sum(stage[name] for stage in stages) for name in ("hours", "core_hours"))
    costs = {} if price is None else {"cost_used": core_hours * price, "cost_held": (cores + 1) * hours * price}
    return {
        "events": events,
        "accounts": accounts,
        "cores": cores,
        "executors": -(-cores // executor_cores),
        "executor_cores": executor_cores,
        "executor_heap_bytes": executor_cores * HEAP_BYTES,
        "executor_overhead_bytes": executor_cores * BESIDE_BYTES,
        "hours": hours,
        "core_hours": core_hours,
        **costs,
        "shuffle_bytes": sum(stage["shuffle_bytes"] for stage in stages),
        "driver_bytes": constants.get("driver_fixed_bytes", 0) + constants["driver_bytes"] * more_accounts,
        "stages": stages,
    }


def table_of(plan: dict) -> str:
    lines = [f"{'stage':<16} {'where':<10} {'core-hours':>12} {'hours':>10} {'shuffle GiB':>12}"]
    for stage in plan["stages"]:
        lines.append(
            f"{stage['stage']:<16} {stage['where']:<10} {stage['core_hours']:>12,.2f} {stage['hours']:>10,.2f}"
            f" {stage['shuffle_bytes'] / 2**30:>12,.1f}"
        )
    lines.append(
        f"{'all':<16} {plan['cores']:>4} cores {plan['core_hours']:>12,.2f} {plan['hours']:>10,.2f}"
        f" {plan['shuffle_bytes'] / 2**30:>12,.1f}"
    )
    heap, overhead = plan["executor_heap_bytes"] >> 20, plan["executor_overhead_bytes"] >> 20
    lines.append(
        f"executors: {plan['executors']:,} of {plan['executor_cores']} cores, {heap / 1024:,.1f} GiB of heap and"
        f" {overhead / 1024:,.1f} GiB beside it (spark.executor.memory={heap}m, spark.executor.memoryOverhead={overhead}m)"
    )
    lines.append(f"memory of the driver's core: {plan['driver_bytes'] / 2**30:,.1f} GiB, beside the heap of its Java")
    if "cost_used" in plan:
        lines.append(f"cost: {plan['cost_used']:,.2f} of the cores that work, {plan['cost_held']:,.2f} of all for all of the run")
    return "\n".join(lines)
