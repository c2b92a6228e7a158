#include "engine/lab/world/failover.h"

#include <algorithm>
#include <array>

#include "engine/lab/world/values.h"

namespace ringscope::world {
namespace {

struct FailoverKind {
  std::string_view ring;
  std::uint32_t least, most;  // accounts
};
constexpr std::array<FailoverKind, 5> kKinds = {
    {{"thin", 60, 200}, {"residential", 60, 200}, {"small", 20, 60}, {"balanced", 12, 40}, {"quiet", 60, 200}}};
constexpr std::uint32_t kOtherCards = 1U << 20;  // elements of a pool of cards that its first owner never reaches
constexpr std::uint32_t kExactEvery = 4;         // of so many failovers one reuses things as they are
constexpr double kExactCards = 0.3;              // of its accounts

using Members = std::vector<std::uint32_t>;  // indices of accounts

Members plan_pool(Planner& planner, std::string_view kind, std::uint32_t size) {
  World& world = planner.world();
  const auto first = static_cast<std::uint32_t>(world.accounts.size());
  plan_one_ring(planner, kind, size);
  Members members;
  for (auto i = first; i < world.accounts.size(); ++i) {
    if (world.groups[world.accounts[i].group].is_ring) members.push_back(i);
  }
  return members;
}

// The pool's whole life before the wave is squeezed into the time until a day before it; then most are banned.
void ban_at(World& world, const Members& members, Offset wave, double hardness, Random& random) {
  const double squeeze = static_cast<double>(wave - kDaySeconds) / static_cast<double>(world.length);
  const auto spread = static_cast<std::uint64_t>(Planner::between(3600, 43200, hardness));
  for (const std::uint32_t i : members) {
    Account& account = world.accounts[i];
    const auto squeezed = [&](Offset at) { return static_cast<Offset>(static_cast<double>(at) * squeeze); };
    const Offset age = account.begin - account.created;
    account.begin = squeezed(account.begin);
    account.created = account.begin - age;
    if (account.banned) {
      account.end = std::max(account.begin + 1, squeezed(account.end));
    } else if (random.chance(Planner::between(1, 0.85, hardness))) {
      account.banned = true;
      account.end = wave + static_cast<Offset>(random.below(spread));
    }
  }
}

// The pool starts within a day, and nobody has found it yet. Chains of its own bans are forgotten.
void start_after(World& world, const Members& members, Offset wave, Random& random) {
  for (const std::uint32_t i : members) {
    Account& account = world.accounts[i];
    const double u = random.uniform();
    const Offset age = std::min<Offset>(account.begin - account.created, 5 * kDaySeconds);
    account.begin = wave + kHourSeconds + static_cast<Offset>(u * u * 22 * static_cast<double>(kHourSeconds));
    account.created = account.begin - age;
    account.end = world.length;
    account.banned = false;
  }
  std::erase_if(world.successions, [&](const Succession& s) {
    return std::ranges::binary_search(members, s.banned) || std::ranges::binary_search(members, s.successor);
  });
}

// What an operator takes along though nothing is the same: the prompts, the card dealer, the mail domains.
void take_along(Planner& planner, const Members& from, const Members& to, double hardness, bool exact) {
  World& world = planner.world();
  Random& random = planner.random();
  const Account old = world.accounts[from.front()];
  const Source prompts = world.contexts[old.first_context].templates;
  const Profile profile = world.contexts[old.first_context].profile;
  const bool same_dealer = random.chance(Planner::between(1, 0.6, hardness));
  for (std::size_t k = 0; k < to.size(); ++k) {
    Account& account = world.accounts[to[k]];
    const Account& other = world.accounts[from[k % from.size()]];
    if (same_dealer) account.payment = {.pool = other.payment.pool, .first = account.payment.first + kOtherCards};
    if (exact && random.chance(kExactCards)) account.payment = other.payment;
    if (other.mail_domain >= kMailProviders && random.chance(Planner::between(0.8, 0.2, hardness)))
      account.mail_domain = other.mail_domain;
    const bool same_prompts = random.chance(Planner::between(1, 0.5, hardness));
    for (std::uint32_t c = 0; c < account.contexts; ++c) {
      Context& context = world.contexts[account.first_context + c];
      if (same_prompts && context.template_chance > 0) context.templates = prompts;
      if (context.profile != Profile::developer) context.profile = profile;
    }
  }
}

// Honest people who come on the day of a product's launch and try its example.
void plan_launch(Planner& planner, Offset after) {
  planner.open_group("launch");
  Random& random = planner.random();
  const Source example = planner.any_of(planner.add_opaque(3), 0);
  const std::uint64_t size = 40 + random.below(100);
  for (std::uint64_t i = 0; i < size; ++i) {
    Draft draft = planner.person();
    draft.account.begin = after + static_cast<Offset>(random.below(kDaySeconds));
    draft.account.created = draft.account.begin - 60 - static_cast<Offset>(random.below(1800));
    draft.contexts.front().on = std::max(draft.contexts.front().on, 0.4F);
    if (random.chance(0.7)) draft.contexts.front().templates = example;
    planner.add(draft);
  }
}

std::uint32_t size_of(const FailoverKind& kind, Random& random) {
  return kind.least + static_cast<std::uint32_t>(random.below(kind.most - kind.least + 1));
}

void plan_failover(Planner& planner, std::uint32_t number) {
  World& world = planner.world();
  Random random(world.options.seed ^ 0xfa11, number);
  const FailoverKind& kind = kKinds[number % kKinds.size()];
  const bool exact = number % kExactEvery == kExactEvery - 1;
  const double hardness = planner.hardness(kind.ring);
  const auto moment = [&] {
    return static_cast<Offset>(static_cast<double>(world.length) * (0.35 + 0.35 * random.uniform()));
  };
  const std::uint32_t size = size_of(kind, random);
  const Offset wave = moment();
  const Members banned = plan_pool(planner, kind.ring, size);
  const std::uint32_t banned_group = world.accounts[banned.front()].group;
  ban_at(world, banned, wave, hardness, random);
  const auto likewise = static_cast<std::uint32_t>(size * (0.7 + 0.6 * random.uniform()));
  const Members fresh = plan_pool(planner, kind.ring, std::max(kind.least, likewise));
  start_after(world, fresh, wave, random);
  take_along(planner, banned, fresh, hardness, exact);
  world.pool_successions.push_back({banned_group, world.accounts[fresh.front()].group, exact});
  const FailoverKind& other = kKinds[(number + 2) % kKinds.size()];
  start_after(world, plan_pool(planner, other.ring, size_of(other, random)), wave, random);
  ban_at(world, plan_pool(planner, kind.ring, size_of(kind, random)), moment(), hardness, random);
  plan_launch(planner, wave);
}

}  // namespace

void plan_failovers(Planner& planner) {
  for (std::uint32_t i = 0; i < planner.world().options.failovers; ++i) plan_failover(planner, i);
}

}  // namespace ringscope::world
