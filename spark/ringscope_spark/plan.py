"""What a run of some size would take, by constants that were measured on the cluster in question (docs/scale.md)."""


def estimate(constants: dict, events: float, accounts: float | None, cores: int) -> dict:
    """Core-seconds by stage: those of a measured size, grown by each stage's own exponent. Stages in the executors grow
    with events. Those on the driver, and its memory, grow with accounts, and use one core, however many the executors
    have."""
    base = constants["events"]
    ratio = events / base
    accounts = accounts or constants["accounts"] * ratio
    more_accounts = accounts / constants["accounts"]
    stages = []
    for name, stage in constants["stages"].items():
        in_executors = stage["where"] == "executors"
        growth = (ratio if in_executors else more_accounts) ** stage["exponent"]
        core_seconds = stage["core_seconds"] * growth
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
    return {
        "events": events,
        "accounts": accounts,
        "cores": cores,
        "hours": sum(stage["hours"] for stage in stages),
        "core_hours": sum(stage["core_hours"] for stage in stages),
        "shuffle_bytes": sum(stage["shuffle_bytes"] for stage in stages),
        "driver_bytes": constants["driver_bytes"] * more_accounts,
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
    lines.append(f"memory of the driver's core: {plan['driver_bytes'] / 2**30:,.1f} GiB")
    return "\n".join(lines)
