// The rings: pools of accounts run by one operator each. An operator buys cards, devices and addresses in batches; a
// batch serves a cell of accounts, so members of a cell share rare things and cells are tied together by what roams
// between them.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "engine/lab/world/planner.h"

namespace ringscope::world {
namespace {

// What makes one kind of ring unlike another.
struct RingKind {
  SimulatedKind about;
  double share;         // of the ring accounts
  std::uint32_t least;  // accounts; a smaller allotment goes to the farms
  std::uint32_t most;   // accounts a ring
  double rate;          // requests per account and active day
  double on;            // chance of a day to be active
  double ban;           // chance of an account to be banned
  double life;          // days until then, on average
  double latest_start;  // of the month
  Schedule schedule;
  bool unequal = false;    // sizes between least and most
  bool own_style = false;  // each ring shares in its own way
  bool bought = false;     // a card and a device for each account, and all addresses of a wide pool for everyone
  bool asked_for = false;  // planted only where it is named
  bool alone = false;      // its accounts have nothing in common but what they ask
};

// The pool that two tenants and honest buyers use, and that traffic moves to after bans.
bool takes_over(const RingKind& kind) { return kind.about.name == "mixed"; }

constexpr std::array<RingKind, 9> kKinds = {{
    {{"loud", true,
      "large pool, hundreds of requests per account and day: residential proxies, disposable mail, virtual cards; "
      "banned often, replaced within a day",
      "fewer accounts a card, device and proxy; residential share; camouflage; half the volume"},
     0.08,
     24,
     5000,
     260,
     0.95,
     0.75,
     5,
     0.3,
     Schedule::clock},
    {{"thin", true, "very large pool, 5-6 requests per account and day: nobody is loud",
      "fewer accounts a card, device and proxy; popular fingerprints; camouflage"},
     0.3,
     60,
     6000,
     5.6,
     0.8,
     0.12,
     12,
     0.5,
     Schedule::human},
    {{"mixed", true,
      "pool that carries two tenants and sells to honest buyers; it takes over when the loud pool is banned",
      "fewer accounts a card, device and proxy; more honest buyers on its addresses"},
     0.1,
     40,
     5000,
     14,
     0.85,
     0.1,
     10,
     0.4,
     Schedule::clock},
    {{"residential", true,
      "a card and a device bought for each account; every request leaves by another address of a wide residential pool",
      "more addresses an account; popular fingerprints; camouflage; half the volume"},
     0.12,
     50,
     5000,
     12,
     0.8,
     0.15,
     12,
     0.3,
     Schedule::clock,
     false,
     false,
     true},
    {{"quiet", true,
      "bought as a residential ring; one dispatcher gives each account about one request a day, so that no account is "
      "louder than an honest one",
      "more addresses an account; popular fingerprints; camouflage; half the volume"},
     0.12,
     50,
     5000,
     1.1,
     1.0,
     0.05,
     12,
     0.1,
     Schedule::queue,
     false,
     false,
     true},
    {{"bare", true,
      "an anti-detect browser, a home address and a card for each account: nothing in common but what is asked",
      "fewer requests of the ring's templates; half the volume"},
     0.1,
     12,
     1000,
     10,
     0.8,
     0.1,
     12,
     0.3,
     Schedule::human,
     true,
     false,
     false,
     true,
     true},
    {{"tiny", true, "4-8 accounts, each ring in its own style", "as small"},
     0.04,
     4,
     8,
     10,
     0.8,
     0.1,
     12,
     0.5,
     Schedule::human,
     true,
     true,
     false,
     true},
    {{"balanced", true, "8-40 accounts behind one dispatcher: strict turns round the clock, common cards and addresses",
      "more cards, devices and addresses; camouflage; slower"},
     0.06,
     8,
     40,
     60,
     1.0,
     0.25,
     9,
     0.4,
     Schedule::dispatcher,
     true},
    {{"small", true, "farm of 10-60 accounts, each in its own style: exact, partial or camouflaged sharing",
      "fewer accounts a card, device and proxy; popular fingerprints; camouflage"},
     0.22,
     10,
     60,
     10,
     0.7,
     0.2,
     9,
     0.6,
     Schedule::human,
     true,
     true},
}};

// How a ring shares, worked out from its hardness.
struct Sharing {
  std::uint32_t cell;           // accounts of a batch
  double per_card, per_device;  // accounts
  double addresses;             // per account
  std::uint16_t spread;         // addresses an account uses; 0: all there are
  double popular;               // chance of a popular fingerprint instead of the ring's
  double roam;                  // share of requests through the whole pool's addresses
  double camouflage;            // share of requests that look like anybody's
  double residential;
  double template_chance;
  double uneven;  // deviation of the logarithm of accounts' rates, as some are used more than others
};

Sharing sharing_at(double h, bool bought) {
  const auto line = [h](double a, double b) { return Planner::between(a, b, h); };
  const auto factor = [h](double a, double b) { return Planner::between_factor(a, b, h); };
  if (bought) {
    return {.cell = std::numeric_limits<std::uint32_t>::max(),
            .per_card = 1,
            .per_device = 1,
            .addresses = factor(0.5, 8),
            .spread = 0,
            .popular = line(0, 0.8),
            .roam = 0,
            .camouflage = line(0, 0.3),
            .residential = line(0.6, 1),
            .template_chance = line(0.95, 0.5),
            .uneven = line(0.1, 0.7)};
  }
  return {.cell = static_cast<std::uint32_t>(line(44, 16)),
          .per_card = factor(40, 1.6),
          .per_device = factor(40, 1.5),
          .addresses = factor(0.1, 4),
          .spread = static_cast<std::uint16_t>(line(4, 6)),
          .popular = line(0.05, 0.95),
          .roam = line(0.3, 0.1),
          .camouflage = line(0, 0.5),
          .residential = line(0.2, 0.95),
          .template_chance = line(0.95, 0.35),
          .uneven = line(0.1, 0.7)};
}

// What a ring is for. The rest of this file is about who it is.
enum class Purpose : std::uint8_t {
  extraction,  // distils a model: few capabilities, skeletons of its own, long answers, new models at once
  resale,      // sells access: its customers' prompts, at their hours
  content,     // writes for a content farm: skeletons of its own, answers as long as anybody's
};

// Drawn beside the planner's stream: a world of one purpose is the same whatever is asked of others.
Purpose purpose_of(Planner& planner, PoolId cards) {
  const World& world = planner.world();
  Random random(world.options.seed ^ 0x9a7, cards);
  if (!random.chance(world.options.other_purpose)) return Purpose::extraction;
  return random.chance(0.5) ? Purpose::resale : Purpose::content;
}

// The things one ring owns.
struct Operator {
  const RingKind* kind;
  Sharing sharing;
  double hardness;
  std::uint32_t size;
  PoolId cards = kNoPool, devices = kNoPool, addresses = kNoPool, templates = kNoPool, other_templates = kNoPool;
  std::vector<std::uint32_t> domains = {};
  Profile profile = Profile::extraction;
  Purpose purpose = Purpose::extraction;
};

std::uint32_t count_of(double value) { return std::max(1U, static_cast<std::uint32_t>(std::ceil(value))); }

// Things a cell of `members` accounts gets when `each` accounts share one.
std::uint32_t per_cell(std::uint32_t members, double each) { return count_of(members / each); }

Operator make_operator(Planner& planner, const RingKind& kind, std::uint32_t size, double hardness) {
  Operator ring{.kind = &kind, .sharing = sharing_at(hardness, kind.bought), .hardness = hardness, .size = size};
  Random& random = planner.random();
  const Sharing& s = ring.sharing;
  ring.cards = planner.add_pool({.detail = 1 + static_cast<std::uint32_t>(random.below(3)), .style = PoolStyle::cards});
  ring.devices = planner.add_opaque(1);
  const auto blocks = count_of(size * s.addresses / Planner::between(60, 8, hardness));
  ring.addresses = planner.add_pool({.size = count_of(size * s.addresses),
                                     .detail = blocks,
                                     .residential = static_cast<float>(s.residential),
                                     .style = PoolStyle::proxies});
  ring.templates = planner.add_opaque(count_of(8 + std::sqrt(size) * Planner::between(0.5, 6, hardness)));
  ring.other_templates = planner.add_opaque(count_of(8 + std::sqrt(size)));
  for (int i = 0; i < 3; ++i) ring.domains.push_back(planner.new_mail_domain());
  ring.profile = random.chance(0.5) ? Profile::extraction : Profile::extraction_tools;
  ring.purpose = purpose_of(planner, ring.cards);
  return ring;
}

// A cell's slices of the operator's pools.
struct Cell {
  std::uint32_t members = 0;
  std::uint32_t first_card = 0, cards = 0;
  std::uint32_t first_device = 0, devices = 0;
  std::uint32_t first_address = 0, addresses = 0;
  Offset created = 0, begin = 0;
};

// The element that the i-th member shares with every n-th after it.
Source slice(PoolId pool, std::uint32_t first, std::uint32_t count, std::uint32_t member) {
  return {.pool = pool, .first = first + member % count};
}

// Long answers are what is taken home; a careful operator asks for shorter ones.
void set_purpose(const Operator& ring, Context& context) {
  switch (ring.purpose) {
    case Purpose::extraction:
      context.profile = ring.profile;
      context.keen = 0.45F;
      context.output = static_cast<float>(Planner::between_factor(3, 1, ring.hardness));
      return;
    case Purpose::resale:
      context.profile = ring.profile == Profile::extraction ? Profile::developer : Profile::everyday;
      context.template_chance *= 0.2F;
      if (context.schedule == Schedule::clock) context.schedule = Schedule::human;
      return;
    case Purpose::content:
      context.profile = Profile::content;
      return;
  }
}

Context pool_context(Planner& planner, const Operator& ring, const Cell& cell, std::uint32_t member) {
  const Sharing& s = ring.sharing;
  Context context;
  context.address = planner.some_of(ring.addresses, s.spread);
  context.address.first = cell.first_address;
  context.address.span = cell.addresses;
  context.device = planner.random().chance(s.popular)
                       ? planner.some_of(planner.land().popular_devices, 1)
                       : slice(ring.devices, cell.first_device, cell.devices, ring.kind->bought ? member : member / 2);
  context.templates = planner.any_of(ring.templates, 0);
  context.template_chance = static_cast<float>(s.template_chance);
  context.on = static_cast<float>(ring.kind->on);
  context.rate =
      static_cast<float>(ring.kind->rate * Planner::between(1.3, 0.5, ring.hardness) * (1 - s.roam - s.camouflage));
  const bool turns = ring.kind->schedule == Schedule::dispatcher || ring.kind->schedule == Schedule::queue;
  if (!turns)
    context.rate *= static_cast<float>(
        std::exp(s.uneven * std::clamp(planner.random().normal(), -1.5, 1.5) - s.uneven * s.uneven / 2));
  context.schedule = ring.kind->schedule;
  set_purpose(ring, context);
  context.slot = static_cast<std::uint16_t>(member);
  context.slots = static_cast<std::uint16_t>(cell.members);
  return context;
}

Context disguise(Planner& planner, const Context& open, double share) {
  const Landscape& land = planner.land();
  Random& random = planner.random();
  Context context = open;
  const auto& hubs = random.chance(0.4) ? land.vpns : random.chance(0.5) ? land.carriers : land.public_proxies;
  context.address = planner.any_of(hubs[random.below(hubs.size())], 1);
  context.device = planner.some_of(land.popular_devices, 1);
  context.template_chance = 0;
  context.rate *= static_cast<float>(share);
  context.keen = 0.03F;
  context.output = 1;
  if (open.schedule != Schedule::queue) context.schedule = Schedule::human;
  context.profile = Profile::developer;
  return context;
}

Draft member_of(Planner& planner, const Operator& ring, const Cell& cell, std::uint32_t member) {
  const Sharing& s = ring.sharing;
  Random& random = planner.random();
  Draft draft;
  Account& account = draft.account;
  account.zone = static_cast<std::int8_t>(random.chance(0.6) ? 8 : 3);
  account.plan = random.chance(0.5) ? Plan::pro : Plan::api;
  account.payment = slice(ring.cards, cell.first_card, cell.cards, member);
  const bool disposable = random.chance(Planner::between(1.0, 0.2, ring.hardness));
  account.mail_domain = disposable ? ring.domains[random.below(ring.domains.size())] : planner.public_mail();
  account.least = static_cast<std::uint8_t>(3 + random.below(2));
  const double stagger = Planner::between(600, 8 * 86400, ring.hardness * ring.hardness);
  const Offset latest = planner.world().length - kDaySeconds / 2;
  account.begin = std::min(latest, cell.begin + static_cast<Offset>(random.uniform() * stagger));
  account.created = std::min(account.begin - 30, cell.created + static_cast<Offset>(random.uniform() * stagger));
  account.end = planner.world().length;
  Context open = pool_context(planner, ring, cell, member);
  if (ring.kind->alone) {
    const Draft person = planner.person();
    account.payment = planner.own_card();
    account.mail_domain = planner.public_mail();
    open.address = person.contexts.front().address;
    open.device = person.contexts.front().device;
    draft.contexts.push_back(open);
    return draft;
  }
  const auto own = static_cast<float>(1 - s.roam - s.camouflage);
  draft.contexts.push_back(open);
  if (s.camouflage > 0) draft.contexts.push_back(disguise(planner, open, s.camouflage / own));
  if (s.roam <= 0) return draft;
  Context roaming = open;
  roaming.address = planner.some_of(ring.addresses, 2);
  roaming.rate *= static_cast<float>(s.roam) / own;
  if (takes_over(*ring.kind)) {  // the second tenant
    roaming.templates = planner.any_of(ring.other_templates, 0);
    roaming.profile = Profile::batch;
    roaming.output = 1;
  }
  draft.contexts.push_back(roaming);
  return draft;
}

// The banned account's successor starts within a day on some of its predecessor's things.
void succeed(Planner& planner, const Draft& banned, Draft& successor) {
  Random& random = planner.random();
  Account& account = successor.account;
  account.begin = banned.account.end + 3600 + static_cast<Offset>(random.below(20 * kHourSeconds));
  account.created = account.begin - 60 - static_cast<Offset>(random.below(7200));
  const bool same_card = random.chance(0.5);
  if (same_card) account.payment = banned.account.payment;
  if (random.chance(0.5)) successor.contexts[0].device = banned.contexts[0].device;
  if (!same_card || random.chance(0.5)) successor.contexts[0].address = banned.contexts[0].address;
}

void plan_cell(Planner& planner, const Operator& ring, const Cell& cell) {
  Random& random = planner.random();
  World& world = planner.world();
  Draft previous;
  std::uint32_t previous_index = 0;
  for (std::uint32_t member = 0; member < cell.members; ++member) {
    Draft draft = member_of(planner, ring, cell, member);
    const bool replaces =
        member > 0 && previous.account.banned && previous.account.end < world.length - 2 * kDaySeconds;
    if (replaces) succeed(planner, previous, draft);
    const auto life = static_cast<Offset>(86400 * (1 + random.exponential(ring.kind->life)));
    if (random.chance(ring.kind->ban) && draft.account.begin + life < world.length) {
      draft.account.banned = true;
      draft.account.end = draft.account.begin + life;
    }
    const std::uint32_t index = planner.add(draft);
    if (replaces) world.successions.push_back({previous_index, index});
    previous = draft;
    previous_index = index;
  }
}

// Honest customers of a pool: own card and device, some requests through its addresses.
void plan_buyers(Planner& planner, const Operator& ring) {
  const auto buyers = static_cast<std::uint32_t>(ring.size * Planner::between(0.05, 0.25, ring.hardness));
  planner.open_group("buyer");
  for (std::uint32_t i = 0; i < buyers; ++i) {
    Draft draft = planner.person();
    Context bought = draft.contexts.front();
    bought.address = planner.some_of(ring.addresses, 3);
    draft.contexts.push_back(bought);
    planner.add(draft);
  }
}

// Farms differ: exact, partial and camouflaged sharing.
double own_style(Random& random, double hardness) {
  constexpr std::array<double, 3> kShift = {-0.25, 0, 0.15};
  return std::clamp(hardness + kShift[random.below(kShift.size())], 0.0, 1.0);
}

// The next cell of a ring, its slices following those of the cell before.
void advance(Planner& planner, const Operator& ring, Cell& cell, std::uint32_t done, std::uint32_t cells_left) {
  const Sharing& s = ring.sharing;
  Random& random = planner.random();
  cell.members = (ring.size - done) / cells_left;
  cell.first_card += cell.cards;
  cell.cards = per_cell(cell.members, s.per_card);
  cell.first_device += cell.devices;
  cell.devices = per_cell(cell.members, s.per_device);
  cell.first_address = static_cast<std::uint32_t>(done * s.addresses);
  cell.addresses = count_of(cell.members * s.addresses);
  const double start = ring.kind->latest_start * random.uniform() + (takes_over(*ring.kind) ? 0.35 : 0);
  cell.begin = static_cast<Offset>(static_cast<double>(planner.world().length) * start);
  const double aged = Planner::between(0.2, 20, ring.hardness) * random.uniform();
  cell.created = cell.begin - static_cast<Offset>(86400 * aged);
}

void plan_ring(Planner& planner, const RingKind& kind, std::uint32_t size) {
  Group& group = planner.open_group(kind.about.name, true);
  if (kind.own_style) group.hardness = own_style(planner.random(), group.hardness);
  const Operator ring = make_operator(planner, kind, size, group.hardness);
  const Sharing& s = ring.sharing;
  group.knobs = {{"accounts_per_card", s.per_card},
                 {"accounts_per_device", s.per_device},
                 {"addresses_per_account", s.addresses},
                 {"camouflage", s.camouflage},
                 {"residential", s.residential},
                 {"popular_fingerprints", s.popular},
                 {"extraction", ring.purpose == Purpose::extraction ? 1 : 0}};
  const std::uint32_t cells = kind.schedule == Schedule::dispatcher ? 1 : std::max(1U, size / s.cell);
  Cell cell;
  for (std::uint32_t i = 0, done = 0; i < cells; ++i, done += cell.members) {
    advance(planner, ring, cell, done, cells - i);
    plan_cell(planner, ring, cell);
  }
  if (takes_over(kind)) plan_buyers(planner, ring);
}

// Size of the next ring of a kind, so that no remainder is too small to stand alone.
std::uint32_t ring_size(Random& random, const RingKind& kind, std::uint32_t budget) {
  if (budget < 2 * kind.least) return budget;
  std::uint32_t size = std::min(kind.most, budget);
  if (kind.unequal) size = kind.least + static_cast<std::uint32_t>(random.below(size - kind.least + 1));
  return budget - size > 0 && budget - size < kind.least ? budget - kind.least : size;
}

bool planted(const RingKind& kind, const std::vector<std::string>& wanted) {
  return (wanted.empty() && !kind.asked_for) || std::ranges::find(wanted, kind.about.name) != wanted.end();
}

}  // namespace

std::vector<SimulatedKind> ring_kinds() {
  std::vector<SimulatedKind> kinds;
  kinds.reserve(kKinds.size());
  for (const RingKind& kind : kKinds) kinds.push_back(kind.about);
  return kinds;
}

void plan_rings(Planner& planner, std::uint64_t count) {
  auto left = static_cast<std::uint32_t>(count);
  const std::vector<std::string>& wanted = planner.world().options.ring_kinds;
  double shares = 0;
  for (const RingKind& kind : kKinds) shares += planted(kind, wanted) ? kind.share : 0;
  for (const RingKind& kind : kKinds) {
    if (!planted(kind, wanted)) continue;
    const bool farms = &kind == &kKinds.back();  // they take what the others leave
    auto budget = farms ? left : static_cast<std::uint32_t>(static_cast<double>(count) * kind.share / shares);
    while (budget >= kind.least || (farms && budget > 0)) {
      const std::uint32_t size = ring_size(planner.random(), kind, budget);
      plan_ring(planner, kind, size);
      budget -= size;
      left -= size;
    }
  }
}

void plan_one_ring(Planner& planner, std::string_view kind, std::uint32_t size) {
  for (const RingKind& known : kKinds) {
    if (known.about.name == kind) return plan_ring(planner, known, size);
  }
  std::string names;
  for (const RingKind& known : kKinds) names += (names.empty() ? "" : ", ") + std::string(known.about.name);
  throw Error(ErrorCode::usage, "there is no kind of ring '" + std::string(kind) + "'; kinds are " + names);
}

}  // namespace ringscope::world
