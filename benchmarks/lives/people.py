"""Honest people, who share what they share because of where they live, work, learn and travel."""


import numpy as np

from .world import CAPS, DAY, EPOCH, MAIL, PER_ACCOUNT, Pop, domain, mix1, person_name

# ---------------------------------------------------------------------------------------------- honest lives

class People:
    """Forms households, gives people work and schools, then habits, journeys and communities."""

    def __init__(self, rng, geo, clubs, n, days):
        self.rng, self.geo, self.clubs = rng, geo, clubs
        self.pop = Pop(n, days, 0)
        self.release = int(days * rng.uniform(.4, .65)) * 24
        self.serial = 0
        machines = self._plan_service_accounts(n)
        self.m = n - sum(k for _, k in machines)
        self._settle()
        self._equip()
        self._employ()
        self._live()
        self._schedule_work()
        self._wander()
        self._communities()
        self._service(machines)
        self._misfortune()
        self.pop.confine()

    def name(self, stem):
        self.serial += 1
        return f"{stem}-{self.serial}"

    def some(self, k, among=None):
        among = np.arange(self.m) if among is None else among
        return self.rng.choice(among, min(int(k), len(among)), replace=False)

    def _plan_service_accounts(self, n):
        """Firms' pipelines and agencies' customers hold accounts that are nobody's person."""
        r, out = self.rng, []
        for sort, low, high, cap in (("pipeline", 3, 40, .02), ("agency", 8, 90, .025)):
            left = n * cap * r.uniform(.6, 1.4)
            while left > low:
                k = int(np.exp(r.uniform(np.log(low), np.log(min(high, left) + 1))))
                out.append((sort, k))
                left -= k
        return out

    def _settle(self):
        """Households; the home network belongs to the household, so sharing it is a matter of living together."""
        r, p, m = self.rng, self.pop, self.m
        self.city, self.home, self.flat, self.house = (np.zeros(m, int) for _ in range(4))
        i = 0
        while i < m:
            flat = r.random() < .035
            k = int(r.integers(2, 8)) if flat else int(r.choice([1, 2, 3, 4, 5], p=[.8, .13, .04, .02, .01]))
            c = r.choice(len(self.geo.tz), p=self.geo.weight)
            who = np.arange(i, min(i + k, m))
            self.city[who], self.home[who], self.flat[who], self.house[who] = c, self.geo.home(c), flat, i
            if len(who) > 1:
                p.label(who, "flatshare" if flat else "family", self.name("house"), 3)
            i += k
        p.tz[:m] = self.geo.tz[self.city]
        p.where[:m] = self.home[:, None]

    def _equip(self):
        """Phones, laptops, cards, mail, habits: each person's own, except what a household passes around."""
        r, p, g = self.rng, self.pop, self.geo
        for i in range(self.m):
            carriers = g.carriers[self.city[i]]
            p.mobile[i] = carriers[r.integers(len(carriers))]
            p.phone[i] = g.phones[min(int(r.pareto(.8)), 59)] if r.random() < .7 else g.token(r)
            p.dev[i] = g.token(r)
            if r.random() < .45:
                p.plan[i], p.pay[i] = "pro", g.card(r)
            p.mail[i] = person_name(r) + "@" + (domain(r) if r.random() < .07 else MAIL[r.integers(len(MAIL))])
            first = self.house[i]
            if first != i and not self.flat[i]:
                if r.random() < .3:
                    p.dev[i] = p.dev[first]  # the living-room computer
                if r.random() < .35 and p.pay[first]:
                    p.plan[i], p.pay[i] = "pro", p.pay[first]
                    p.label([first, i], "family-card", p.group[first] + "-card", 4)
        m = self.m
        p.phone_share[:m] = r.beta(1, 2, m)
        only = self.some(.10 * m)  # people without fixed line: the phone's network and its hotspot are home
        p.where[only] = p.mobile[only, None]
        p.phone_share[only] = r.beta(5, 1, len(only))
        for i in only:
            p.label(i, "cgnat", f"carrier-{p.mobile[i]}", 1)
        for i in np.flatnonzero((p.phone_share[:m] > .8) & np.isin(p.phone[:m], g.phones[:8])):
            p.label(i, "device-model", f"model-{p.phone[i] % 9973}", 1)
        lost = self.some(.08 * m)
        for i in lost:
            if p.pay[i]:
                p.pay2[i], p.pay_turn[i] = g.card(r), EPOCH + r.integers(0, p.days * DAY)

    def _employ(self):
        """Firms and schools hire from the cities' people until occupations are filled."""
        r, m = self.rng, self.m
        role = r.choice(["worker", "student", "self", "none"], m, p=[.42, .13, .2, .25])
        role[(self.flat > 0) & (r.random(m) < .6)] = "student"
        self.site, self.rollout = np.full(m, -1), np.zeros(m, np.int64)
        self.shift = np.tile([9.0, 17.5], (m, 1)) + r.normal(0, .8, (m, 1))
        self.seven = np.zeros(m, bool)  # works on weekends too
        for c in range(len(self.geo.tz)):
            local = r.permutation(np.flatnonzero((role == "worker") & (self.city == c)))
            while len(local) > 3:
                k = int(min(2 + r.pareto(.8) * 6, 350, len(local)))
                staff, local = local[:k], local[k:]
                self._found_firm(staff)
            local = np.flatnonzero((role == "student") & (self.city == c))
            if len(local) > 12:
                self._found_campus(local)
        free = np.flatnonzero(role == "self")
        for k in r.integers(12, 120, 3):  # firms without an office hire anywhere
            self._found_remote(self.some(min(k, len(free) // 4), free))

    def _company(self, staff, kind, rank):
        """What any employer brings: mail, perhaps laptops from one image, cards, templates, a roll-out day."""
        r, p, g = self.rng, self.pop, self.geo
        name, dom = self.name(kind), domain(r)
        p.label(staff, kind, name, rank)
        image = g.token(r) if r.random() < .4 else 0
        cards = r.choice(["own", "one", "programme"], p=[.45, .3, .25])
        one, prefix = g.card(r), [int(r.choice(g.retail_bins + g.virtual_bins))]
        rollout = EPOCH + int(r.integers(-300, p.days - 2)) * DAY if r.random() < .4 else 0
        for i in staff:
            p.desk[i] = image if image else g.token(r)
            if cards != "own" and r.random() < .9:
                p.plan[i], p.pay[i] = "team", one if cards == "one" else g.card(r, prefix)
            if r.random() < .75:
                p.mail[i] = person_name(r) + "@" + dom
        if cards == "programme" and len(staff) > 5:
            p.label(staff, "corporate-card", name + "-cards", rank + 1)
        self.rollout[staff] = rollout + r.integers(0, 9 * 3600, len(staff)) if rollout else 0
        p.join(staff, self.clubs.add(r, int(r.integers(3, 40))), r.beta(1.3, 4, len(staff)) * r.uniform(.3, 1.6))

    def _found_firm(self, staff):
        r, n = self.rng, self.geo.nets
        sort = r.choice(["office", "call-centre", "franchise", "field"], p=[.7, .08, .1, .12])
        if sort == "field" or len(staff) < 3:
            return  # trades and drivers: no common place
        self._company(staff, sort, 5)
        if sort == "franchise":  # each shop its own line, 1-4 people of one till
            shops = [n.place("home") for _ in range(max(1, len(staff) // 3))]
            self.site[staff] = r.choice(shops, len(staff))
            self.seven[staff] = True
        else:
            self.site[staff] = n.place("office", int(r.integers(1, 4)), PER_ACCOUNT, int(r.choice([3600, DAY, 10 ** 9])))
        if sort == "call-centre":
            begin = r.choice([6.0, 14.0, 22.0], len(staff))
            self.shift[staff] = np.stack([begin, begin + 8], 1)
            self.seven[staff] = True
            seats = max(2, len(staff) // 3)  # one seat serves three shifts
            self.pop.desk[staff] = np.array([self.geo.token(r) for _ in range(seats)])[np.arange(len(staff)) % seats]

    def _found_remote(self, staff):
        self._company(staff, "remote-company", 6)
        self.site[staff] = self.geo.nets.place("dc", int(self.rng.integers(1, 3)), PER_ACCOUNT)  # the company VPN

    def _found_campus(self, pupils):
        r, p, g = self.rng, self.pop, self.geo
        name, dom = self.name("campus"), domain(r).split(".")[0] + ".edu"
        p.label(pupils, "campus", name, 5)
        self.site[pupils] = g.nets.place("office", int(r.integers(2, 12)), PER_ACCOUNT, DAY)
        dorm = self.some(.4 * len(pupils), pupils)
        p.where[dorm] = g.nets.place("office", int(r.integers(1, 6)), PER_ACCOUNT, 10 ** 9)
        lab = mix1(int(r.integers(1 << 40)))
        p.desk[pupils], p.desks[pupils] = lab % (1 << 56), r.integers(8, 40)
        for i in pupils:
            if r.random() < .6:
                p.mail[i] = person_name(r) + "@" + dom
            if r.random() < .7:
                p.plan[i], p.pay[i] = "free", 0
        for _ in range(1 + len(pupils) // 60):  # courses: the same exercise in the same week
            course = self.some(r.integers(10, 90), pupils)
            p.join(course, self.clubs.add(r, int(r.integers(2, 8)), weekly=True, caps=r.choice([0, 3, 4], 2)),
                   r.uniform(.1, .7, len(course)))
            if r.random() < .5:
                start = EPOCH + int(r.integers(-20, 6)) * DAY
                self.rollout[course] = start + r.integers(8 * 3600, 11 * 3600, len(course))

    def _live(self):
        """Volumes, rhythms, tastes and the day somebody joined."""
        r, p, m, d = self.rng, self.pop, self.m, self.pop.days
        lh, dow = p.local()
        lh, dow = lh[:m], dow[:m]
        peak = r.normal(20, 2.5, (m, 1))
        wide = r.uniform(2.5, 6, (m, 1))
        off = (lh - peak + 12) % 24 - 12
        leisure = np.exp(-(off / wide) ** 2) * np.where(dow >= 5, r.uniform(.5, 2.2, (m, 1)), 1)
        self.atwork = ((lh - self.shift[:, :1]) % 24 < (self.shift[:, 1:] - self.shift[:, :1])) & \
            ((dow < 5) | self.seven[:, None])
        desk_love = np.where(self.site >= 0, r.gamma(2, 1, m), r.gamma(.6, 1, m))[:, None]
        u = leisure + desk_love * self.atwork * np.where((lh == 12) | (lh == 13), .6, 1) + .004
        mood = np.repeat(r.gamma(.8, 1 / .8, (m, d)), 24, axis=1)  # some days nothing, some days much
        self.rate = np.clip(r.lognormal(-.35, 1.25, m), .01, 25)
        p.urge[:m] = u / u.sum(1, keepdims=True) * d * self.rate[:, None] * mood
        p.burst[:m] = 1 + r.lognormal(.6, .7, m)
        p.gap[:m] = r.lognormal(4.4, .7, m)
        p.created[:m] = np.where(r.random(m) < .15, EPOCH + r.random(m) * d * DAY, EPOCH - r.exponential(220, m) * DAY)
        p.created[:m] = np.where(self.rollout > 0, self.rollout, p.created[:m])
        quit_ = r.random(m) < .08
        p.end[:m] = np.where(quit_, np.maximum(p.created[:m], EPOCH) + r.exponential(10, m) * DAY, p.end[:m])
        p.caps[:m] = r.dirichlet(np.array([2.2, .7, .6, .7, 2, .8, 1.1, 2.2, .6, .5]) * .5, m)
        p.own[:m], p.owned[:m] = r.beta(1, 3, m), 1 + r.geometric(.2, m)
        p.common[:m] = r.beta(1.2, 9, m)
        p.newmodel[:m], p.fav[:m] = r.beta(1, 2, m), r.choice(3, m, p=[.5, .35, .15])

    def _schedule_work(self):
        """At work people are on the work network; on the way on the phone's; some evenings in a café."""
        r, p, m = self.rng, self.pop, self.m
        office_days = r.beta(4, 1.5, m)[:, None]
        there = np.repeat(r.random((m, p.days)) < office_days, 24, axis=1) & self.atwork & (self.site >= 0)[:, None]
        p.where[:m] = np.where(there, self.site[:, None], p.where[:m])
        p.away_desk[:m] = there & (r.random((m, 1)) < .8)
        campus = p.desks[:m] > 1
        p.away_desk[:m][campus] &= r.random((int(campus.sum()), p.h)) < .3  # the lab is not the whole day
        edge = self.atwork & ~np.roll(self.atwork, 1, axis=1)  # the hour of the way in
        p.where[:m] = np.where(edge & (r.random((m, 1)) < .5), p.mobile[:m, None], p.where[:m])
        for i in self.some(.12 * m):
            spot = self.geo.cafes[self.city[i]][r.integers(len(self.geo.cafes[self.city[i]]))]
            hours = r.random(p.h) < r.uniform(.03, .45)
            p.where[i, hours & ~self.atwork[i]] = spot
            if hours.mean() > .25:
                p.label(i, "cafe", f"cafe-{spot}", 2)

    def _wander(self):
        """Journeys, conferences, VPN subscriptions, developers who rent proxies."""
        r, p, g, m = self.rng, self.pop, self.geo, self.m
        for i in self.some(.09 * m):
            often = int(r.integers(1, 5))
            for _ in range(often):
                c, t0, k = r.integers(len(g.tz)), int(r.integers(0, p.h)), int(r.integers(20, 130))
                spots = [g.hotels[c][r.integers(len(g.hotels[c]))], g.carriers[c][0]]
                span = p.span(i, t0, t0 + k)
                p.where[span] = r.choice(spots, (1, span[1].size), p=[.6, .4])
            if often > 2:
                p.label(i, "traveller", "", 2)
        for _ in range(3):
            venue, t0 = g.nets.place("office"), int(r.integers(0, max(1, p.days - 4))) * 24
            who = self.some(r.integers(15, 110))
            span = p.span(who, t0, t0 + 24 * int(r.integers(2, 5)))
            p.where[span] = np.where(r.random((len(who), span[1].size)) < .8, venue, p.where[span])
            p.urge[span] *= 1.8
            p.label(who, "conference", self.name("conference"), 6)
        for i in self.some(.14 * m):
            v = r.integers(len(g.vpns))
            share = r.beta(.8, .8)
            exits = r.choice(g.vpns[v], 2)
            on = np.repeat(r.random(p.h // 4 + 1) < share, 4)[:p.h]
            p.where[i, on] = r.choice(exits, on.sum(), p=[.8, .2])
            if share > .5:
                p.label(i, "vpn", f"vpn-{v}", 3)
        g.open_proxy_shops(self.home)
        for i in self.some(.012 * m):
            p.rot[i], p.rot_share[i], p.plan[i] = r.integers(len(g.pools)), r.uniform(.3, 1), "api"
            p.pay[i] = g.card(r, g.virtual_bins)
            p.label(i, "proxy-buyer", f"proxy-{p.rot[i]}", 8)

    def _communities(self):
        """Apps, a viral prompt, benchmarks, hackathons: prompts (and days) in common, nothing else."""
        r, p, c, d = self.rng, self.pop, self.clubs, self.pop.days
        for _ in range(3):
            who = self.some(r.integers(50, 30 + self.m // 20))
            zeal = r.beta(1.5, 1, len(who))
            p.join(who, c.add(r, int(r.integers(1, 9)), skew=1.5), zeal)
            p.label(who[zeal > .5], "app", self.name("app"), 4)
        for _ in range(3):
            who, t0 = self.some(r.integers(40, 30 + self.m // 20)), r.integers(0, d) * DAY
            p.join(who, c.add(r, 2, t0, t0 + r.integers(3, 9) * DAY), r.uniform(.2, .8, len(who)))
            p.label(who, "viral", self.name("viral"), 3)
        for _ in range(3):
            who = self.some(r.integers(8, 50))
            size = int(r.integers(60, 500))
            p.join(who, c.add(r, size, skew=0), r.uniform(.5, .97, len(who)))
            p.urge[who] *= .3
            for i in who:  # a run takes an afternoon or a night, at the researcher's own date
                for t0 in r.integers(0, p.h, r.integers(1, 4)):
                    p.urge[p.span(i, t0, t0 + int(r.integers(2, 10)))] += size / 40
            p.label(who, "benchmark", self.name("benchmark"), 7)
        for _ in range(2):
            who, day = self.some(r.integers(20, 120)), int(r.integers(1, max(2, d - 2)))
            t0 = day * 24 + 8
            venue, span = self.geo.nets.place("office", 1), p.span(who, t0, t0 + 32)
            p.where[span], p.created[who] = venue, EPOCH + t0 * 3600 + r.integers(0, 7200, len(who))
            p.urge[span] += r.uniform(.05, .6, (len(who), 1))
            late = p.span(who, t0 + 32, p.h)
            p.urge[late] *= r.choice([0, .1, 1], (len(who), 1), p=[.5, .3, .2])
            p.join(who, c.add(r, int(r.integers(3, 10)), t0 * 3600, (t0 + 32) * 3600, caps=[0, 1, 2]),
                   r.uniform(.1, .6, len(who)))
            p.label(who, "hackathon", self.name("hackathon"), 7)

    def _service(self, machines):
        """One customer's batch keys; an agency that opens and runs accounts for its small customers."""
        r, p, g, i = self.rng, self.pop, self.geo, self.m
        for sort, k in machines:
            who = np.arange(i, i + k)
            i += k
            p.label(who, sort, self.name(sort), 9)
            card, dom, sdk = g.card(r), domain(r), g.token(r)
            p.fav[who], p.newmodel[who] = r.integers(3), r.random()
            p.created[who] = EPOCH - r.integers(-9, 300) * DAY + r.integers(0, 40 * DAY if sort == "agency" else 3 * 3600, k)
            if sort == "pipeline":
                p.where[who] = r.choice([g.nets.place("dc") for _ in range(r.integers(1, 5))], (k, 1))
                p.urge[who] = min(r.lognormal(3.2, .8), 5000 / k) / 24 * r.uniform(.7, 1.4, (k, 1))
                p.dev[who], p.burst[who], p.pay[who] = sdk, 1, card
                p.caps[who] = r.dirichlet(np.full(len(CAPS), .2))
                p.join(who, self.clubs.add(r, int(r.integers(1, 12))), r.uniform(.85, 1))
            else:
                own = r.random(k) < .5  # some customers brought their own card, most work from their shop
                p.pay[who] = np.where(own, [g.card(r) for _ in who], card)
                homes, desk = r.choice(g.ghosts, k), g.nets.place("office")
                p.tz[who] = g.tz[r.integers(len(g.tz))]
                lh, dow = (x[who] for x in p.local())
                work = (lh > 8) & (lh < 19) & (dow < 6)
                p.where[who] = np.where(work & (r.random((k, p.h)) < .25), desk, homes[:, None])
                p.urge[who] = work * r.lognormal(-3.2, 1, (k, 1)) + .002
                p.dev[who] = [g.token(r) for _ in who]
                p.desk[who], p.away_desk[who] = sdk, p.where[who] == desk
                p.caps[who] = r.dirichlet(np.ones(len(CAPS)) * .5, k)
                p.join(who, self.clubs.add(r, int(r.integers(4, 20))), r.uniform(.2, .7, k))
            for j in who:
                p.plan[j] = "api"
                p.mail[j] = f"svc+{r.integers(9999)}@{dom}" if r.random() < .8 else person_name(r) + "@gmail.com"

    def _misfortune(self):
        """Honest accounts are banned too: stolen cards, appeals not yet heard."""
        p, r = self.pop, self.rng
        for i in r.choice(p.n, max(1, p.n // 250), replace=False):
            t = max(int(p.created[i]) + DAY, EPOCH + int(r.integers(1, p.days * DAY)))
            if t < p.end[i]:
                p.banned[i] = p.end[i] = t
