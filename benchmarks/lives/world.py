"""What people and operators have in common: networks, cities, groups, and a hash that remembers."""


import numpy as np


EPOCH = 1767571200  # Monday 2026-01-05 00:00 UTC
DAY = 86400
CAPS = ["coding", "tool_use", "agentic_reasoning", "math", "writing", "translation",
        "summarization", "chat", "data_extraction", "vision"]
CAP_TOKENS = np.array([1400, 1100, 2600, 500, 600, 700, 2400, 220, 1500, 1200])
MODELS = ["large-4", "small-4", "code-2", "large-5"]  # the last one is released inside the window
SHARED, PER_ACCOUNT, PER_SESSION = 0, 1, 2  # who gets a lease of a network's address
MAIL = ["gmail.com"] * 9 + ["outlook.com"] * 3 + ["icloud.com"] * 2 + ["yahoo.com", "hotmail.com", "gmx.de",
        "proton.me", "qq.com", "163.com", "web.de", "orange.fr", "mail.ru", "naver.com", "uol.com.br"]
U64 = np.uint64


def mix(*parts):
    """A 64-bit hash of integers or integer arrays (splitmix steps); the lives' memory for lasting choices."""
    h = np.zeros(1, U64)
    with np.errstate(over="ignore"):
        for p in parts:
            h = (h ^ np.asarray(p).astype(U64)) + U64(0x9E3779B97F4A7C15)
            h = (h ^ (h >> U64(30))) * U64(0xBF58476D1CE4E5B9)
            h = (h ^ (h >> U64(27))) * U64(0x94D049BB133111EB)
            h = h ^ (h >> U64(31))
    return h


def mix1(*parts):
    return int(mix(*parts)[0])


def pick(rng, p):
    """One column index per row of the probability matrix p."""
    c = np.cumsum(p, axis=1)
    return np.minimum((rng.random((len(p), 1)) * c[:, -1:] > c).sum(1), p.shape[1] - 1)


# ------------------------------------------------------------------------------------------------- networks

class Nets:
    """Networks: an address pool each, and a rule for who holds which address for how long."""
    OCTETS = {"home": [24, 67, 68, 71, 73, 76, 78, 79, 81, 82, 84, 86, 87, 88, 90, 92, 93, 98, 99, 109, 176, 178, 189],
              "mobile": [37, 46, 49, 106, 107, 166, 172, 174, 188, 223], "office": [12, 50, 62, 63, 65, 80, 194, 195, 212],
              "dc": [3, 13, 18, 34, 35, 51, 52, 54, 95, 104, 138, 159, 161, 167], "vpn": [45, 89, 146, 154, 185, 193]}

    def __init__(self, rng, salt):
        self.rng, self.salt, self.taken = rng, salt, set()
        self.rows = []  # (base, size, lease, mode, v6 prefix or 0)

    def block(self, sort, bits=21):
        while True:
            second = int(self.rng.integers(32, 256)) if sort == "mobile" else int(self.rng.integers(1, 255))
            base = (int(self.rng.choice(self.OCTETS[sort])) << 24) | (second << 16)
            base |= int(self.rng.integers(0, 65536)) & (0xFFFF << (32 - bits)) & 0xFFFF
            if base >> 11 not in self.taken:
                self.taken.add(base >> 11)
                return base

    def add(self, base, size=1, lease=10 ** 9, mode=SHARED, v6=0):
        self.rows.append((base, size, lease, mode, v6))
        return len(self.rows) - 1

    def place(self, sort, size=1, mode=SHARED, lease=10 ** 9):
        """A network of its own: an office, a café, a rented server."""
        return self.add(self.block(sort) + int(self.rng.integers(1, 1900)), size, lease, mode)

    def resolve(self, net, acc, dev, t, session):
        """(v4 or 0, v6 high, v6 low) of each event."""
        base, size, lease, mode, v6 = (np.array(c, dtype=np.int64)[net] for c in zip(*self.rows))
        who = np.where(mode == PER_ACCOUNT, acc + 1, np.where(mode == PER_SESSION, session + 10 ** 7, 0))
        phase = mix(net, who, 11) % U64(10 ** 9)  # leases do not all turn over at midnight
        spell = (t.astype(U64) + phase) // lease.astype(U64)
        held = mix(self.salt, net, who, spell)
        v4 = base + (held % size.astype(U64)).astype(np.int64)
        six = (v6 > 0) & (mix(dev, net, 5) % U64(100) < U64(45))  # a device either prefers v6 on a network or not
        high = (v6.astype(U64) << U64(32)) | (held >> U64(32))
        low = mix(dev, t // DAY, 7)  # privacy extension: a new interface part each day
        return np.where(six, 0, v4), np.where(six, high, 0), np.where(six, low, 0)


class Geo:
    """Cities with access providers, carriers, cafés, hotels; the world's VPNs and proxy suppliers."""

    def __init__(self, rng, nets, n):
        self.rng, self.nets = rng, nets
        self.tz = np.array([-8, -6, -5, -3, 0, 1, 1, 2, 3, 5, 8, 9])
        k = len(self.tz)
        self.weight = rng.dirichlet(np.full(k, 2.0))
        self.isps, self.carriers, self.cafes, self.hotels = [], [], [], []
        for c in range(k):
            isps = []
            for _ in range(rng.integers(2, 5)):
                v6 = (0x2A000000 | int(rng.integers(1, 1 << 22))) if rng.random() < .45 else 0
                pools = [nets.block("home") for _ in range(max(2, int(self.weight[c] * n / 400) + 1))]
                isps.append((pools, int(rng.choice([DAY, 9 * DAY, 40 * DAY, 900 * DAY])), v6))
            self.isps.append(isps)
            self.carriers.append([self._carrier() for _ in range(rng.integers(2, 4))])
            self.cafes.append([nets.place("home") for _ in range(rng.integers(4, 10))])
            self.hotels.append([nets.place("office") for _ in range(rng.integers(3, 7))])
        self.vpns = [[nets.place("vpn", int(rng.integers(6, 60)), PER_SESSION) for _ in range(rng.integers(3, 8))]
                     for _ in range(5)]
        self.cities = rng.choice(k, size=2 * n, p=self.weight)
        self.ghosts = np.array([self.home(c) for c in self.cities])  # homes whose people have no account here
        self.retail_bins = [int(b) for b in rng.integers(400000, 560000, 60)]
        self.virtual_bins = [int(b) for b in rng.integers(400000, 560000, 6)]
        self.phones = [mix1(int(rng.integers(1 << 40)), 3) >> 8 for _ in range(60)]  # popular models: identical prints
        self.builds = [int(b) for b in rng.integers(1, 1 << 24, 40)]  # browser builds: fingerprint families
        self.pools = []

    def _carrier(self):
        v6 = (0x26000000 | int(self.rng.integers(1, 1 << 22))) if self.rng.random() < .5 else 0
        return self.nets.add(self.nets.block("mobile"), int(self.rng.integers(16, 160)),
                             int(self.rng.integers(2, 13)) * 3600, PER_ACCOUNT, v6)

    def home(self, city):
        pools, lease, v6 = self.isps[city][self.rng.integers(len(self.isps[city]))]
        return self.nets.add(pools[self.rng.integers(len(pools))], 2046, lease, SHARED, v6)

    def open_proxy_shops(self, honest_homes):
        """Suppliers rent out other people's homes: mostly strangers', some of our own honest users'."""
        for _ in range(4):
            m = int(self.rng.integers(500, max(600, len(self.ghosts) // 3)))
            ours = self.rng.choice(honest_homes, max(5, m // 12))
            self.pools.append(np.concatenate([self.rng.choice(self.ghosts, m), ours]))

    def token(self, rng, build=None):
        """A device's fingerprint: 24 bits of family, 32 of its own."""
        family = self.builds[min(int(rng.pareto(.7)), 39)] if build is None else build
        return (int(family) << 32) | int(rng.integers(1 << 32))

    def card(self, rng, bins=None):
        bins = bins or (self.virtual_bins if rng.random() < .05 else self.retail_bins)
        return (int(bins[min(int(rng.pareto(.9)), len(bins) - 1)]) << 32) | int(rng.integers(1 << 32))


# ----------------------------------------------------------------------------------------------- populations

class Pop:
    """Accounts as columns; filled by people's lives or by operators."""
    SLOTS = 5

    def __init__(self, n, days, first):
        h = days * 24
        self.n, self.days, self.h, self.first = n, days, h, first
        self.tz = np.zeros(n, int)
        self.urge, self.where = np.zeros((n, h), np.float32), np.zeros((n, h), np.int32)
        self.away_desk = np.zeros((n, h), bool)  # hours at the second device (work laptop, lab machine)
        self.mobile = np.zeros(n, np.int64)
        self.dev, self.phone, self.desk, self.desks = (np.ones(n, np.int64) for _ in range(4))
        self.phone_share = np.zeros(n)
        self.pay, self.pay2, self.pay_turn = (np.zeros(n, np.int64) for _ in range(3))
        self.created, self.end = np.full(n, EPOCH - 90 * DAY), np.full(n, EPOCH + days * DAY)
        self.banned = np.zeros(n, np.int64)
        self.burst, self.gap = np.full(n, 3.0), np.full(n, 90.0)
        self.caps = np.full((n, len(CAPS)), 1 / len(CAPS))
        self.own, self.owned, self.common = np.zeros(n), np.ones(n, int), np.full(n, .1)
        self.club = np.full((n, self.SLOTS), -1)
        self.zeal = np.zeros((n, self.SLOTS))  # share of prompts that come from the club
        self.rewrite = np.zeros(n)
        self.rot, self.rot_share = np.full(n, -1), np.zeros(n)
        self.newmodel, self.fav = np.full(n, .5), np.zeros(n, int)
        self.mail, self.plan = [""] * n, ["free"] * n
        self.kind, self.group, self.rank = ["single"] * n, [""] * n, np.zeros(n, int)

    def label(self, who, kind, group, rank):
        for i in np.atleast_1d(who):
            if rank > self.rank[i]:
                self.kind[i], self.group[i], self.rank[i] = kind, group, rank

    def join(self, who, club, zeal):
        for i, z in zip(who, np.broadcast_to(zeal, len(who))):
            free = np.flatnonzero(self.club[i] < 0)
            if len(free):
                self.club[i, free[0]], self.zeal[i, free[0]] = club, z

    def local(self):
        """Local hour of day and weekday, a row per account."""
        h = np.arange(self.h)[None, :] + self.tz[:, None]
        return h % 24, (h // 24) % 7

    def span(self, who, t0, t1):
        """Hours [t0, t1) from the start for some accounts, clipped; as an index pair."""
        return np.ix_(np.atleast_1d(who), np.arange(max(0, t0), max(0, min(self.h, t1))))

    def confine(self):
        """No life before sign-up nor after the end; a part of an hour counts as part."""
        hour = EPOCH + 3600 * np.arange(self.h)[None, :]
        alive = np.minimum(hour + 3600, self.end[:, None]) - np.maximum(hour, self.created[:, None])
        self.urge *= np.clip(alive / 3600, 0, 1)


class Clubs:
    """Sources of shared prompts: a firm's templates, an app, a course, a benchmark, an operator's job queue."""

    def __init__(self):
        self.rows = []

    def add(self, rng, size, t0=0, t1=10 ** 9, weekly=False, caps=None, skew=1.0, job=False):
        caps = caps if caps is not None else list(rng.integers(0, len(CAPS), 3))
        caps = (list(caps) * 3)[:3]
        self.rows.append((int(rng.integers(1 << 50)), size, t0, t1, weekly, skew, job, *caps))
        return len(self.rows) - 1


def person_name(rng):
    s = ["an", "ma", "ri", "jo", "ka", "li", "to", "sa", "ben", "el", "mi", "ra", "du", "ke", "wei", "lo", "ne", "vi"]
    word = "".join(s[i] for i in rng.integers(0, len(s), rng.integers(2, 5)))
    return word + ("." + s[rng.integers(len(s))] + "son" if rng.random() < .3 else "") + \
        (str(rng.integers(1, 2000)) if rng.random() < .6 else "")


def domain(rng):
    return "".join(chr(97 + c) for c in rng.integers(0, 26, rng.integers(5, 11))) + \
        str(rng.choice([".com", ".io", ".net", ".org", ".de", ".co"]))
