"""An agent-based generator of worlds of account events, for testing detectors of coordinated accounts.

Two sorts of agents act in one geography of networks:

* people with lives (home, household, work, phone, travel, school, subscriptions, communities).  Nobody draws
  "an office of 40 sharing one address": 40 people are employed by a firm, and at ten o'clock they are there.
  What two accounts share follows from where their owners are hour by hour.
* operators with a budget per account.  They buy cards, devices, addresses, mail, rewriting, ... from
  suppliers in the order of what they fear most; what the budget does not cover is reused.

The matrix `where[account, hour]` (a network id) and `urge[account, hour]` (expected sessions) are the heart: lives and
operators fill them, one sampler turns them into events.  People and operators use separate random streams,
so the honest part of a world is the same, byte for byte, with `--rings all` and with `--rings none`.

    PYTHONPATH=benchmarks python3 -m lives --seed 1 --accounts 9000 --days 30 --hardness 0.5 --fields all --rings all --out DIR
"""
import argparse
import collections
import os
import sys
import time

import numpy as np

from .events import make_events
from .operators import plan_rings, run_operators
from .people import People
from .world import CAPS, Clubs, DAY, EPOCH, Geo, MODELS, Nets, U64, mix

# ---------------------------------------------------------------------------------------------------- output

WORDS = """please write explain list compare the a for with from this following report function customer table python
contract essay email story error server plan budget price city health garden recipe travel music history physics proof
matrix agent tool browser query database schema test unit class method step reason answer question data extract json field
name address invoice translate german french spanish summary chapter article news market stock team meeting notes agenda
policy law court school teacher exam homework image photo design logo color font page website button mobile app cloud
cluster deploy docker script shell regex parse convert format check fix refactor improve short long formal friendly
detailed simple three five ten examples table bullet points audience child expert beginner review feedback score rank
choose between options risk benefit cost time week day morning evening energy water solar car engine battery sensor""".split()


class Prose:
    """Prompt text: a skeleton's words follow from its template, the fillings from the event."""

    def __init__(self, rng):
        self.rng, self.known = rng, {}
        self.words = np.array(WORDS)

    def skeleton(self, tmpl):
        if tmpl not in self.known:
            r = np.random.default_rng(tmpl)
            k = int(r.integers(9, 34))
            w = list(r.choice(self.words, k))
            for s in r.choice(k, int(r.integers(1, 4)), replace=False):
                w[s] = "%s"
            self.known[tmpl] = w
        return self.known[tmpl]

    def texts(self, tmpl, reuse, rewritten):
        n = len(tmpl)
        draw = self.rng.integers(0, len(self.words), (n, 22)).tolist()
        length = self.rng.integers(5, 23, n).tolist()
        words, out = WORDS, []
        for key, again, new, d, k in zip(tmpl.tolist(), reuse.tolist(), rewritten.tolist(), draw, length):
            if not again:
                out.append(" ".join([words[j] for j in d[:k]]))
                continue
            w = list(self.skeleton(key))
            if new:  # a paraphrase: a third to two thirds of the words change, two move
                for j in d[4:4 + len(w) // 2]:
                    w[j % len(w)] = words[(j * 7 + d[3]) % len(words)]
                w.insert(d[2] % len(w), w.pop(d[1] % len(w)))
            text = " ".join(w)
            for j in range(text.count("%s")):
                text = text.replace("%s", f"{words[d[j]]} {words[d[j + 5]]} {d[j + 9] * 37 + d[j + 13]}", 1)
            out.append(text)
        return out


def names_of(codes, fmt):
    """Strings of integer codes, each distinct one formatted once."""
    distinct, back = np.unique(codes, return_inverse=True)
    table = [fmt(int(x)) for x in distinct]
    return [table[j] for j in back.tolist()]


def addresses(e):
    v4 = names_of(e["v4"], lambda x: f"{x >> 24}.{x >> 16 & 255}.{x >> 8 & 255}.{x & 255}")
    for j in np.flatnonzero(e["v4"] == 0).tolist():
        hi, lo = int(e["hi"][j]), int(e["lo"][j])
        v4[j] = ":".join(f"{x >> s & 0xFFFF:x}" for x in (hi, lo) for s in (48, 32, 16, 0))
    return v4


def lines(p, e, ids, fields, rng, prose):
    """(time, JSON line) lists of one population's events and ban notices."""
    n = len(e["acc"])
    col = {"ip": addresses(e)}
    if "no-fingerprint" not in fields:
        col["fingerprint"] = names_of(e["dev"], lambda x: f"fp_{x >> 32:06x}-{x & 0xFFFFFFFF:08x}")
    if "no-payment" not in fields:
        col["payment"] = names_of(e["pay"], lambda x: f"{x >> 32:06d}-{x & 0xFFFFFFFF:08x}" if x else "")
    col["capability"] = names_of(e["cap"], CAPS.__getitem__)
    col["model"] = names_of(e["model"], MODELS.__getitem__)
    if "text" in fields:
        col["text"] = prose.texts(e["tmpl"], e["reuse"], e["rew"])
    elif "no-template" not in fields:
        told = np.where(e["rew"], rng.integers(1, 1 << 63, n).astype(U64), e["tmpl"])
        col["template"] = [f"t_{x:016x}" for x in told.tolist()]
    facts = []
    for i in range(p.n):
        f = f',"plan":"{p.plan[i]}"'
        if "no-signup" not in fields:
            f += f',"email":"{p.mail[i]}","created":{int(p.created[i])}'
        facts.append(f)
    form = '{"ts":%d,"account":"%s"' + "".join(f',"{c}":"%s"' for c in col) + ',"tokens":%d,"tokens_out":%d%s}\n'
    first = np.zeros(n, bool)
    first[np.unique(e["acc"][np.argsort(e["t"], kind="stable")], return_index=True)[1]] = True
    order = np.argsort(e["t"], kind="stable")
    tell = np.zeros(n, bool)
    tell[order] = first  # facts come with the first event, and now and then again
    tell |= rng.random(n) < .06
    acc = e["acc"].tolist()
    tail = [facts[a] if k else "" for a, k in zip(acc, tell.tolist())]
    t = e["t"].astype(np.int64)
    body = [form % row for row in zip(t.tolist(), [ids[a] for a in acc], *col.values(), e["tok"].tolist(), e["out"].tolist(), tail)]
    seen = np.bincount(e["acc"], minlength=p.n) > 0
    gone = np.flatnonzero(seen & (p.banned >= EPOCH) & (p.banned < EPOCH + p.days * DAY))
    body += [f'{{"ts":{int(p.banned[i])},"account":"{ids[i]}","status":"banned"}}\n' for i in gone]
    return np.concatenate([t, p.banned[gone]]), body


def report(pops, counts):
    tally = collections.defaultdict(lambda: [set(), 0, 0])
    for p, c in zip(pops, counts):
        for i in np.flatnonzero(c):
            row = tally[p.kind[i]]
            row[0].add(p.group[i])
            row[1] += 1
            row[2] += int(c[i])
    print(f"{'kind':22}{'groups':>7}{'accounts':>9}{'events':>10}", file=sys.stderr)
    for kind in sorted(tally, key=lambda k: (k.startswith("ring-"), k)):
        g, a, e = tally[kind]
        print(f"{kind:22}{len(g - {''}):7}{a:9}{e:10}", file=sys.stderr)


def write(out, pops, events, seed, fields):
    os.makedirs(out, exist_ok=True)
    times, body, counts = [], [], []
    with open(os.path.join(out, "truth.csv"), "w") as truth:
        truth.write("account,group,kind,ring\n")
        rows = []
        for s, (p, e) in enumerate(zip(pops, events)):
            rng = np.random.default_rng([seed, 50 + s])
            ids = [f"{x:012x}" for x in (mix(seed, 77, np.arange(p.n) + p.first) >> U64(16)).tolist()]
            t, b = lines(p, e, ids, fields, rng, Prose(rng))
            times.append(t)
            body += b
            counts.append(np.bincount(e["acc"], minlength=p.n))
            rows += [f"{ids[i]},{p.group[i]},{p.kind[i]},{s}\n" for i in range(p.n) if counts[-1][i]]
        truth.writelines(sorted(rows))
    order = np.argsort(np.concatenate(times), kind="stable").tolist()
    with open(os.path.join(out, "events.jsonl"), "w", buffering=1 << 22) as f:
        f.writelines(map(body.__getitem__, order))
    report(pops, counts)
    return len(body)


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--seed", type=int, default=1)
    a.add_argument("--accounts", type=int, default=9000)
    a.add_argument("--days", type=int, default=30)
    a.add_argument("--hardness", type=float, default=.5)
    a.add_argument("--fields", default="all",
                   help="comma-separated: all, no-template, text (prompt instead of template), no-payment, no-fingerprint, no-signup")
    a.add_argument("--rings", choices=["all", "none"], default="all")
    a.add_argument("--out", required=True)
    o = a.parse_args()
    fields, began = set(o.fields.split(",")), time.time()
    bad = fields - {"all", "no-template", "text", "no-payment", "no-fingerprint", "no-signup"}
    if bad or o.days < 7 or o.accounts < 300:
        a.error(f"unknown fields {sorted(bad)}" if bad else "at least 7 days and 300 accounts")
    world, people, rings = (np.random.default_rng([o.seed, k]) for k in (1, 2, 3))
    plan = plan_rings(rings, o.accounts, o.hardness)
    honest_n = o.accounts - sum(k for _, k, _ in plan)
    nets = Nets(world, o.seed)
    geo, clubs = Geo(world, nets, honest_n), Clubs()
    honest = People(people, geo, clubs, honest_n, o.days)
    pops = [honest.pop]
    events = [make_events(honest.pop, [], nets, geo, clubs, np.random.default_rng([o.seed, 4]), honest.release)]
    if o.rings == "all" and plan:
        ring, ops = run_operators(rings, geo, clubs, plan, o.hardness, honest, o.days)
        pops.append(ring)
        events.append(make_events(ring, ops, nets, geo, clubs, np.random.default_rng([o.seed, 5]), honest.release))
    n = write(o.out, pops, events, o.seed, fields)
    print(f"{n} lines, {sum(p.n for p in pops)} accounts, {len(plan) if o.rings == 'all' else 0} rings, {time.time() - began:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
