"""Operators with a purse: what it does not buy is used again."""


import numpy as np

from .world import DAY, EPOCH, MAIL, Pop, domain, person_name

# ------------------------------------------------------------------------------------------------- operators

PRICES = {"card": 4.0, "device": 2.5, "address": 5.0, "mail": .6, "rewrite": 1.5, "rhythm": 1.0, "cover": 1.5, "patience": .8}
CARELESS = ["ring-shared-cards", "ring-shared-devices", "ring-skeletons", "ring-mail", "ring-camouflage", "ring-small",
            "ring-hydra", "ring-quiet", "ring-two-campaigns", "ring-rotator"]
CAREFUL = ["ring-residential", "ring-antidetect", "ring-vcard", "ring-aged", "ring-crowd", "ring-mixed", "ring-humanlike",
           "ring-heavytail", "ring-quiet", "ring-rotator", "ring-hydra", "ring-two-campaigns", "ring-small"]
MUST = {"ring-residential": {"card": 1, "device": 1, "address": 1}, "ring-antidetect": {"device": 1}, "ring-vcard": {"card": 1},
        "ring-humanlike": {"rhythm": 1}, "ring-mixed": {"cover": 1}, "ring-camouflage": {"cover": .8, "card": .6},
        "ring-rotator": {"address": .7}, "ring-two-campaigns": {"address": .5}, "ring-heavytail": {"rhythm": .8}}
SKIMP = {"ring-shared-cards": "card", "ring-shared-devices": "device", "ring-skeletons": "rewrite", "ring-mail": "mail"}


class Operator:
    """One purse, one fear order, one (or two) employers; `accounts` are indices into the rings' population."""

    def __init__(self, rng, geo, clubs, kind, hardness, accounts, name, pool=None):
        self.rng, self.geo, self.clubs, self.kind, self.name, self.who = rng, geo, clubs, kind, name, accounts
        self.n = len(accounts)
        self.h = float(np.clip(rng.normal(hardness, .13), 0, 1))
        self.pool, self.crowd, self.dealt = pool, None, False
        self._shop()

    def _shop(self):
        """Spend the budget in the order of fear; what it does not reach stays at a hardly better than careless level."""
        purse = sum(PRICES.values()) * self.h ** 1.2 * self.rng.lognormal(.05, .2)
        self.level = {}
        for item in sorted(PRICES, key=lambda _: self.rng.exponential()):
            self.level[item] = max(min(1.0, purse / PRICES[item]), .3 * self.h)
            purse = max(0.0, purse - PRICES[item])
        for item, least in MUST.get(self.kind, {}).items():
            self.level[item] = max(self.level[item], least)
        if self.kind in SKIMP:
            self.level[SKIMP[self.kind]] *= .5

    def spread(self, item, make):
        """n things out of as many distinct ones as the level pays for: careless sqrt(n), at level 1 one each."""
        k = max(1, int(round(self.n ** (.45 + .55 * self.level[item]))))
        things = np.array([make() for _ in range(k)])
        if k >= self.n:
            return things[:self.n]
        return things[self.rng.permutation(np.concatenate([np.arange(k), self.rng.integers(0, k, self.n - k)]))]

    def run(self, p, honest):
        self._careers(p)
        self._procure(p)
        self._hours(p, honest)
        self._addresses(p, honest)
        self._work(p, honest)
        if self.kind == "ring-aged":
            self._previous_owners(p)
        p.label(self.who, self.kind, self.name, 1)

    def _careers(self, p):
        """Slots of work; an account that is banned hands its slot to a fresh one within a day (hydra), or to nobody."""
        r, d = self.rng, p.days
        hydra = self.kind == "ring-hydra"
        turnover = r.uniform(.5, 2) if hydra else (r.uniform(0, .25) if r.random() < .5 else 0)
        slots = max(1, int(self.n / (1 + turnover)))
        spread = np.exp(np.log(3 * 3600) + self.level["patience"] * np.log(600))  # three hours .. ten weeks
        start = EPOCH + r.integers(-60, max(1, d // 3)) * DAY if r.random() < .6 else EPOCH - 30 * DAY
        self.slot = np.zeros(self.n, int)
        for k, i in enumerate(self.who):
            self.slot[k] = k % slots
            if k < slots:
                p.created[i] = start + r.random() * spread
                if p.created[i] > EPOCH + .7 * d * DAY:  # planned, but the campaign would be over
                    p.created[i] = EPOCH + r.uniform(-1, .7) * d * DAY
                if r.random() < self.level["patience"] * .5:
                    p.created[i] = EPOCH - r.exponential(150) * DAY
                continue
            j = self.who[k - slots]  # the predecessor on this slot
            left = max(EPOCH + d * DAY - max(p.created[j], EPOCH), 2 * DAY)
            t = max(p.created[j], EPOCH) + left * r.uniform(.15, .75)
            p.banned[j] = p.end[j] = t
            p.created[i] = t + r.exponential(.25) * DAY + 600
        self.slots = slots

    def _procure(self, p):
        r, g, who = self.rng, self.geo, self.who
        few = g.virtual_bins if self.kind == "ring-vcard" or r.random() < .6 else g.retail_bins
        bins = [int(b) for b in r.choice(few, 1 if self.kind == "ring-vcard" else r.integers(1, 5))]
        p.pay[who] = self.spread("card", lambda: g.card(r, bins if r.random() > self.h * .4 else None))
        free = r.random(self.n) < (.3 if r.random() < .4 else 0)
        p.pay[who] = np.where(free, 0, p.pay[who])
        for i, f in zip(who, free):
            p.plan[i] = "free" if f else ("api" if self.h < .5 else "pro")
        builds = [int(b) for b in r.integers(1, 1 << 24, 2)] if self.kind == "ring-antidetect" else [None]
        p.dev[who] = self.spread("device", lambda: g.token(r, builds[r.integers(len(builds))]))
        if self.h > .5 and r.random() < .25 and self.kind != "ring-antidetect":
            p.dev[who] = r.choice(g.phones[:10], self.n)  # hide in the most popular print instead
        p.phone[who], p.desk[who] = p.dev[who], p.dev[who]
        self._mail(p)

    def _mail(self, p):
        r, m = self.rng, self.level["mail"]
        style = "own" if self.kind == "ring-mail" else r.choice(["own", "sub", "throwaway"]) if m < .55 else "bought"
        doms = [domain(r) for _ in range(1 + int(self.n ** (.2 + .4 * m) * (style != "sub")))]
        stem = person_name(r)
        for i in self.who:
            dom = doms[r.integers(len(doms))]
            p.mail[i] = {"own": f"{person_name(r)}@{dom}", "throwaway": f"{r.integers(1 << 40):x}@{dom}",
                         "sub": f"{stem}+{r.integers(1 << 20):x}@gmail.com",
                         "bought": f"{person_name(r)}@{MAIL[r.integers(len(MAIL))]}"}[style]

    def _hours(self, p, honest):
        """From one script round the clock over shifts of workers to copies of honest people's weeks."""
        r, who, n, d = self.rng, self.who, self.n, p.days
        lvl = self.level["rhythm"]
        crew = 1 if r.random() < .3 * (1 - lvl) else int(r.integers(1, max(2, n // 4 + 1)))
        self.worker = r.integers(0, crew, n)
        base_tz = int(r.choice(self.geo.tz))
        p.tz[who] = np.where(r.random(n) < lvl * .7, r.choice(self.geo.tz, n), base_tz)
        h = np.arange(p.h)
        begin = r.normal(9, 1 + 3 * lvl, crew)
        lh = (h[None, :] + base_tz) % 24
        shift = ((lh - begin[:, None]) % 24 < r.uniform(7, 13, (crew, 1))) * 1.0
        script = np.ones((crew, p.h)) if r.random() < .5 else shift
        models = r.choice(honest.m, n)
        human = honest.pop.urge[models] + 1e-4
        human = np.roll(human, r.integers(-1, 2), axis=1)
        parts = [script[self.worker], shift[self.worker], human]
        parts = [x / (x.sum(1, keepdims=True) + 1e-9) for x in parts]
        mixw = np.array([(1 - lvl) ** 2, 2 * lvl * (1 - lvl), lvl ** 2])
        shape = sum(w * x for w, x in zip(mixw, parts))
        self.dealt = self.kind == "ring-quiet" or r.random() < .35 * (1 - lvl)
        campaign = r.random(d) * .5 + .75 if r.random() < .5 else np.clip(r.normal(1, .6, d), 0, 3)  # the queue's own days
        shape *= np.repeat(campaign, 24)[None, :] ** (1 - .7 * lvl)
        sigma = 1.7 if self.kind == "ring-heavytail" else .05 + 1.1 * lvl * r.random()
        mean = r.uniform(.6, 1.6) if self.kind == "ring-quiet" else np.clip(r.lognormal(2.2 - 1.0 * self.h, 1.0), 1.2, 400)
        mean = min(mean, 200_000 / n / d)
        rate = mean * r.lognormal(-sigma ** 2 / 2, sigma, n)
        if lvl > .75 and self.kind not in ("ring-quiet", "ring-heavytail"):
            rate = honest.rate[models] * 3 * r.lognormal(0, .4, n) * r.uniform(.6, 2)
        p.burst[who] = 1 if self.dealt else 1 + 2.5 * lvl * r.random(n)
        p.gap[who] = r.lognormal(3.2 + lvl, .2 + .5 * lvl, n)
        p.urge[who] = shape * (np.clip(rate, .1, 900) * d / p.burst[who])[:, None]

    def _addresses(self, p, honest):
        """Servers, then a rotating pool, then a home of its own for each account."""
        r, g, who, n, lvl = self.rng, self.geo, self.who, self.n, self.level["address"]
        if self.kind == "ring-rotator":
            lvl = .7
        if self.pool is None:
            shop = g.pools[r.integers(len(g.pools))]
            size = len(shop) if lvl > .8 else int(max(6, min(len(shop), n * r.uniform(1, 12))))
            self.pool = r.choice(shop, size)
        if self.kind == "ring-two-campaigns" or (.25 <= lvl < .9):
            spell = int(r.choice([1, 6, 24, 72]))
            k = p.h // spell + 1
            p.where[who] = np.repeat(r.choice(self.pool, (n, k)), spell, axis=1)[:, :p.h]
            if r.random() < .4 or self.kind == "ring-rotator":
                g.pools.append(self.pool)
                p.rot[who], p.rot_share[who] = len(g.pools) - 1, r.uniform(.2, 1)
        elif lvl < .25:
            made = [g.nets.place("dc") for _ in range(max(1, int(n ** (.3 + lvl))))]
            p.where[who] = r.choice(made, (n, 1))
        else:  # one fresh home each, kept; the supplier's homes go offline now and then
            src = g.ghosts if r.random() < .5 else self.pool
            own = r.choice(src, n, replace=len(src) < n)
            second = r.choice(src, n)
            turn = np.where(r.random(n) < .3, r.integers(0, p.h, n), p.h)
            p.where[who] = np.where(np.arange(p.h)[None, :] < turn[:, None], own[:, None], second[:, None])
        if self.kind == "ring-crowd":
            spots = np.concatenate([honest.site[honest.site >= 0], np.concatenate(g.vpns)])
            crowd = r.choice(spots)
            hide = r.random((n, p.h)) < r.uniform(.4, .95)
            p.where[who] = np.where(hide, crowd, p.where[who])
        if self.level["cover"] > .5:  # cover touches honest places: cafés, VPN exits, carriers
            spots = np.concatenate([np.concatenate(g.vpns), np.concatenate(g.cafes), np.concatenate(g.carriers)])
            spots = r.choice(spots, 20)
            touch = r.random((n, p.h)) < r.uniform(.02, .3)
            p.where[who] = np.where(touch, r.choice(spots, (n, p.h)), p.where[who])
        p.mobile[who] = [c[0] for c in (g.carriers[k] for k in r.integers(0, len(g.tz), n))]
        p.phone_share[who] = 0

    def _work(self, p, honest):
        """Jobs of one or two employers; between them private-looking prompts as cover; tastes from script to people."""
        r, who, n, lvl = self.rng, self.who, self.n, self.level["rhythm"]
        few = self.kind == "ring-skeletons"
        cover = r.uniform(.5, .8) if self.kind == "ring-mixed" else self.level["cover"] * r.uniform(.1, .6)
        share = np.clip((1 - cover) * r.lognormal(0, .3 * lvl, n), .05, .98)
        tenants = 2 if r.random() < .25 else 1
        for _ in range(tenants):
            size = int(r.integers(2, 6)) if few else int(np.exp(r.uniform(np.log(4), np.log(20 + 200 * self.h))))
            job = self.clubs.add(r, size, caps=r.choice([0, 1, 2, 2, 3, 8], 3), skew=r.choice([0, 0, 1]), job=True)
            p.join(who, job, share / tenants)
        p.rewrite[who] = min(1, self.level["rewrite"] * r.uniform(.7, 1.1)) * (0.3 if few else 1)
        target = r.dirichlet(np.array([3, 2, 3, 1, .3, .1, .3, .2, .8, .1]))
        crew_taste = r.dirichlet(target * 8 + .05, self.worker.max() + 1)[self.worker]
        people = honest.pop.caps[r.choice(honest.m, n)]
        w = np.clip(r.normal(lvl, .15, (n, 1)), 0, 1)
        p.caps[who] = (1 - w) * crew_taste + w * people
        p.own[who], p.owned[who], p.common[who] = r.beta(1, 3, n), 1 + r.geometric(.2, n), r.beta(1.2, 9, n)
        p.newmodel[who] = np.where(r.random(n) < lvl, r.beta(1, 2, n), 5.0)  # 5: moved within the first day
        p.fav[who] = np.where(r.random(n) < lvl, r.choice(3, n, p=[.5, .35, .15]), r.choice([0, 2]))

    def _previous_owners(self, p):
        """Aged accounts had a life: another home, device, card and taste until the hand-over."""
        r, g = self.rng, self.geo
        for i in self.who:
            p.created[i] = EPOCH - (120 + r.exponential(300)) * DAY
            sold = int(r.integers(-p.h // 2, p.h * 2 // 3))
            if sold > 0:
                p.where[i, :sold] = r.choice(g.ghosts)
                p.away_desk[i, :sold], p.desk[i] = True, g.token(r)
                p.urge[i, :sold] *= min(1.0, r.exponential(.3))
                if p.pay[i]:
                    p.pay2[i], p.pay[i] = p.pay[i], g.card(r)
                    p.pay_turn[i] = EPOCH + sold * 3600


def plan_rings(rng, n, hardness):
    """(kind, size, twin) until the drawn share of accounts is used; size 4..600, careless kinds rarer when hard."""
    left, plan = int(n * rng.uniform(.01, .12)), []
    kinds = []
    while left >= 4:
        if not kinds:
            kinds = list(rng.permutation(CARELESS if rng.random() > hardness else CAREFUL))
        kind = kinds.pop()
        size = int(np.exp(rng.uniform(np.log(5), np.log(600))))
        if kind == "ring-small":
            size = int(rng.integers(4, 11))
        size = min(size, left if left < 40 else max(20, left // 2))
        if kind == "ring-two-campaigns" and size >= 8:
            plan += [(kind, size // 2, False), (kind, size - size // 2, True)]
        elif left - size < 4 and size < left:
            plan.append((kind, left, False))
            size = left
        else:
            plan.append((kind, size, False))
        left -= size
    return plan


def run_operators(rng, geo, clubs, plan, hardness, honest, days):
    p = Pop(sum(k for _, k, _ in plan), days, honest.pop.n)
    at, ops = 0, []
    for num, (kind, size, twin) in enumerate(plan):
        pool = ops[-1].pool if twin else None
        if kind == "ring-two-campaigns" and not twin:
            pool = rng.choice(geo.pools[rng.integers(4)], max(10, int(size * rng.uniform(.5, 3))))
        op = Operator(rng, geo, clubs, kind, hardness, np.arange(at, at + size), f"op-{num + 1}", pool)
        op.run(p, honest)
        ops.append(op)
        at += size
    p.confine()
    return p, ops
