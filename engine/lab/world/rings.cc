// The rings: pools of accounts run by one operator each. An operator buys cards, devices and addresses in batches; a
// batch serves a cell of accounts, so members of a cell share rare things and cells are tied together by what roams
// between them.
#include <algorithm>
#include <array>
#include <cmath>

#include "base/error.h"
#include "engine/lab/world/planner.h"
#include "engine/lab/world/ring_kinds.h"

namespace ringscope::world {
namespace {

constexpr double kDealerDays = 365;  // over which a dealer makes the accounts that he sells

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
  context.templates =
      ring.kind->plain ? planner.some_of(planner.world().popular_templates, 6) : planner.any_of(ring.templates, 0);
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
  if (ring.kind->aged) account.created -= static_cast<Offset>(random.uniform() * kDealerDays * kDaySeconds);
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

void plan_rings(Planner& planner, std::uint64_t count) {
  auto left = static_cast<std::uint32_t>(count);
  const std::vector<std::string>& wanted = planner.world().options.ring_kinds;
  double shares = 0;
  for (const RingKind& kind : kinds_of_rings()) shares += planted(kind, wanted) ? kind.share : 0;
  for (const RingKind& kind : kinds_of_rings()) {
    if (!planted(kind, wanted)) continue;
    const bool farms = &kind == &kinds_of_rings().back();  // they take what the others leave
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
  for (const RingKind& known : kinds_of_rings()) {
    if (known.about.name == kind) return plan_ring(planner, known, size);
  }
  std::string names;
  for (const RingKind& known : kinds_of_rings()) names += (names.empty() ? "" : ", ") + std::string(known.about.name);
  throw Error(ErrorCode::usage, "there is no kind of ring '" + std::string(kind) + "'; kinds are " + names);
}

}  // namespace ringscope::world
