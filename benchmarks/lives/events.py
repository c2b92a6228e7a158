"""Where accounts are and what they want, hour by hour, as events."""


import numpy as np

from .world import CAPS, CAP_TOKENS, DAY, EPOCH, U64, mix, pick

# ---------------------------------------------------------------------------------------------------- events

def sessions(p, rng):
    """Draw sessions from the urges, then bursts inside them: (account, session's hour, session, time)."""
    flat = p.urge.astype(np.float64)
    want = rng.poisson(flat.sum(1))
    cum = np.concatenate([[0], np.cumsum(flat)])
    lo, hi = cum[:-1].reshape(p.n, p.h)[:, 0], cum[1:].reshape(p.n, p.h)[:, -1]
    acc = np.repeat(np.arange(p.n), want)
    u = lo[acc] + rng.random(len(acc)) * (hi - lo)[acc]
    cell = np.clip(np.searchsorted(cum, u, side="right") - 1, acc * p.h, acc * p.h + p.h - 1)
    start = EPOCH + (cell - acc * p.h) * 3600 + rng.random(len(acc)) * 3600
    size = rng.geometric(1 / p.burst[acc])
    ses = np.repeat(np.arange(len(acc)), size)
    wait = rng.exponential(1, len(ses)) * p.gap[acc[ses]]
    first = np.concatenate([[0], np.cumsum(size)[:-1]])
    wait[first] = 0
    run = np.cumsum(wait)
    t = start[ses] + run - run[first][ses]
    acc, hour = acc[ses], (cell - acc * p.h)[ses]
    ok = (t >= p.created[acc]) & (t < p.end[acc])
    return acc[ok], hour[ok], ses[ok], t[ok]


def deal(ops, p, rng, acc, hour, ses, t):
    """A dispatcher's queue: its jobs, in time order, go round the slots; a slot is whoever holds it then."""
    acc = acc.copy()
    for op in ops:
        if not op.dealt or op.n < 2:
            continue
        mine = np.flatnonzero((acc >= op.who[0]) & (acc <= op.who[-1]))
        mine = mine[np.argsort(t[mine], kind="stable")]
        jitter = (rng.random(len(mine)) < .3 * op.h) * rng.integers(0, op.slots, len(mine))
        slot = (np.arange(len(mine)) + jitter) % op.slots
        for k in range(op.slots):
            line = op.who[op.slot == k]
            ev = mine[slot == k]
            acc[ev] = line[np.clip(np.searchsorted(p.created[line], t[ev], side="right") - 1, 0, len(line) - 1)]
    ok = (t >= p.created[acc]) & (t < p.end[acc])
    return acc[ok], hour[ok], ses[ok], t[ok]


def prompts(p, clubs, rng, acc, t):
    """Template (64 bits), rewritten or not, capability of each event."""
    n = len(acc)
    who = acc + p.first
    tmpl = rng.integers(1, 1 << 63, n).astype(U64)  # free prose: a skeleton nobody else has
    cap = pick(rng, p.caps[acc])
    u, rank = rng.random(n), rng.random(n)
    own = u < p.own[acc]
    mine = (rank ** 2 * p.owned[acc]).astype(int)
    tmpl[own] = mix(who, mine, 21)[own]
    cap[own] = pick(rng, p.caps[acc[own]]) if own.any() else cap[own]
    common = ~own & (u < p.own[acc] + (1 - p.own[acc]) * p.common[acc])
    tmpl[common] = mix((400 ** rank).astype(int), 22)[common]
    cap[common] = (mix(tmpl[common], 23) % U64(len(CAPS))).astype(int)
    key, size, t0, t1, weekly, skew, job, *caps = (np.array(c) for c in zip(*clubs.rows))
    caps, age = np.stack(caps, 1), t - EPOCH
    reuse, rewritten = own | common, np.zeros(n, bool)
    # One draw decides over all clubs: their shares add up, so two employers' jobs never exceed the account's job share.
    v, edge = rng.random(n), np.zeros(n)
    for s in range(p.SLOTS):
        c, lower = p.club[acc, s], edge.copy()
        on = (c >= 0) & (age >= t0[c]) & (age < t1[c])
        edge = edge + np.where(on, p.zeal[acc, s], 0)
        hit = np.flatnonzero(on & (v >= lower) & (v < edge))
        k = c[hit]
        idx = (rng.random(len(hit)) ** (1 + skew[k]) * size[k]).astype(int)
        week = np.where(weekly[k], age[hit] // (7 * DAY), 0).astype(int)
        tmpl[hit] = mix(key[k], idx, week, 24)
        cap[hit] = caps[k, (mix(tmpl[hit], 25) % U64(3)).astype(int)]
        reuse[hit] = True
        rewritten[hit] = job[k] & (rng.random(len(hit)) < p.rewrite[acc[hit]])
    return tmpl, rewritten, cap, reuse


def make_events(p, ops, nets, geo, clubs, rng, release):
    ev = sessions(p, rng)
    if ops:
        ev = deal(ops, p, rng, *ev)
    acc, hour, ses, t = ev
    n = len(acc)
    net = p.where[acc, hour].astype(np.int64)
    phone = mix(acc + p.first, ses, 31) % U64(1000) < (p.phone_share[acc] * 1000).astype(U64)
    roam = phone & (mix(acc + p.first, ses, 32) % U64(10) < U64(5))  # a phone is on wifi half of the time
    net[roam] = p.mobile[acc[roam]]
    dev = np.where(phone, p.phone[acc], p.dev[acc])
    alt = p.away_desk[acc, hour] & ~phone
    seat = mix(p.desk[acc], (mix(acc, ses) % p.desks[acc].astype(U64))) % U64(1 << 56)
    dev = np.where(alt, np.where(p.desks[acc] > 1, seat.astype(np.int64), p.desk[acc]), dev)
    for k in np.unique(p.rot[p.rot >= 0]):
        j = np.flatnonzero((p.rot[acc] == k) & (rng.random(n) < p.rot_share[acc]))
        net[j] = rng.choice(geo.pools[k], len(j))
    tmpl, rewritten, cap, reuse = prompts(p, clubs, rng, acc, t)
    since = (t - EPOCH) / 3600 - release
    adopt = np.where(p.newmodel[acc] > 1, (since > 0) * .5 * np.clip(since / 24, .3, 1),
                     np.clip(p.newmodel[acc] * since / 240, 0, .8))
    model = np.where(rng.random(n) < adopt, 3, p.fav[acc])
    size = np.where(reuse, (mix(tmpl, 33) % U64(1000)) / 500 + .2, 1) * CAP_TOKENS[cap]
    tok = (size * rng.lognormal(0, np.where(reuse, .35, .9))).astype(int) + 8
    out = (CAP_TOKENS[cap] * .6 * rng.lognormal(0, .7, n)).astype(int) + 1
    v4, high, low = nets.resolve(net, acc + p.first, dev, t.astype(np.int64), ses + p.first)
    pay = np.where((p.pay_turn[acc] > 0) & (t > p.pay_turn[acc]), p.pay2[acc], p.pay[acc])
    return dict(acc=acc, t=t, v4=v4, hi=high, lo=low, dev=dev, pay=pay, tmpl=tmpl, rew=rewritten, cap=cap, model=model,
                tok=tok, out=out, reuse=reuse)
