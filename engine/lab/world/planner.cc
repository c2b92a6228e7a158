#include "engine/lab/world/planner.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "engine/lab/world/values.h"

namespace ringscope::world {
namespace {

constexpr std::uint32_t kHomeNetworks = 12;
constexpr std::uint32_t kHomesPerBlock = 200;

std::uint32_t at_least(std::uint32_t least, double value) { return std::max(least, static_cast<std::uint32_t>(value)); }

constexpr std::int8_t kZones[] = {-8, -6, -5, -5, -3, 0, 1, 1, 2, 3, 5, 8, 8, 9};

}  // namespace

double Planner::between_factor(double a, double b, double hardness) { return a * std::pow(b / a, hardness); }

Planner::Planner(World& world, std::uint64_t seed, std::uint64_t honest_accounts)
    : world_(world), seed_(seed), random_(seed, 0) {
  const auto people = static_cast<double>(honest_accounts);
  // A leased address goes through the hands of a few strangers a month; harder individuals change more often (home()).
  const std::uint32_t leases = at_least(300, people * 1.2 / kHomeNetworks);
  for (std::uint32_t i = 0; i < kHomeNetworks; ++i) {
    land_.fixed_homes.push_back(add_blocks(leases, kHomesPerBlock));
    land_.leased_homes.push_back(add_blocks(leases, kHomesPerBlock));
  }
  world_.home_networks = land_.leased_homes;
  for (int i = 0; i < 4; ++i) land_.carriers.push_back(add_blocks(at_least(3, people / 6000), 8));
  for (int i = 0; i < 5; ++i) land_.vpns.push_back(add_blocks(at_least(6, people / 4000), 12, Popularity::zipf));
  for (int i = 0; i < 3; ++i) land_.public_proxies.push_back(add_blocks(at_least(5, people / 8000), 3));
  land_.popular_devices = add_opaque(at_least(150, people / 300), Popularity::zipf);
  land_.uncommon_devices = add_opaque(at_least(60, people / 7));
  land_.own_devices = add_opaque(1);
  land_.own_templates = add_opaque(1);
  land_.own_cards = add_pool({.detail = 0, .style = PoolStyle::cards});
  land_.data_centres = add_blocks(1, 40);
  world_.popular_templates = add_opaque(at_least(1500, people / 20), Popularity::zipf);
}

double Planner::hardness(std::string_view kind) const {
  const auto found = world_.options.kind_hardness.find(std::string(kind));
  return found == world_.options.kind_hardness.end() ? world_.options.hardness : found->second;
}

PoolId Planner::add_pool(Pool pool) {
  const auto id = static_cast<PoolId>(world_.pools.size());
  pool.salt = random_word(seed_ ^ 0x9001, id);
  world_.pools.push_back(pool);
  used_.push_back(0);
  return id;
}

PoolId Planner::add_blocks(std::uint32_t size, std::uint32_t a_block, Popularity popularity) {
  return add_pool({.size = size, .detail = a_block, .style = PoolStyle::blocks, .popularity = popularity});
}

PoolId Planner::add_opaque(std::uint32_t size, Popularity popularity) {
  return add_pool({.size = size, .popularity = popularity});
}

Source Planner::fresh(PoolId pool) { return {.pool = pool, .first = used_[pool]++}; }

Source Planner::one_of(PoolId pool) {
  return {.pool = pool, .first = static_cast<std::uint32_t>(random_.below(world_.pools[pool].size))};
}

Source Planner::some_of(PoolId pool, std::uint16_t spread) {
  const auto key = static_cast<std::uint32_t>(random_() >> 32);
  return {.pool = pool, .span = world_.pools[pool].size, .key = key, .spread = spread};
}

Source Planner::any_of(PoolId pool, std::uint8_t hold_days) {
  const auto key = static_cast<std::uint32_t>(random_() >> 32);
  return {.pool = pool, .span = world_.pools[pool].size, .key = key, .hold_days = hold_days};
}

Group& Planner::open_group(std::string_view kind, bool is_ring) {
  auto number = std::ranges::find(group_numbers_, kind, &std::pair<std::string_view, std::uint32_t>::first);
  if (number == group_numbers_.end()) number = group_numbers_.insert(number, {kind, 0});
  ++number->second;
  current_group_ = static_cast<std::uint32_t>(world_.groups.size());
  std::uint64_t salt = seed_;
  for (const char letter : kind) salt = mix64(salt ^ static_cast<unsigned char>(letter));
  random_ = Random(salt, number->second);
  const std::string name = std::string(kind) + (is_ring ? "-" : "") + std::to_string(number->second);
  world_.groups.push_back({.name = name, .kind = kind, .is_ring = is_ring, .hardness = hardness(kind)});
  return world_.groups.back();
}

void Planner::open_individuals() {
  current_group_ = static_cast<std::uint32_t>(world_.groups.size());
  random_ = Random(seed_, 1);
  world_.groups.push_back({.kind = "individual", .hardness = hardness("individual")});
}

std::uint32_t Planner::add(const Draft& draft) {
  const auto index = static_cast<std::uint32_t>(world_.accounts.size());
  Account account = draft.account;
  account.id = mix64(mix64(seed_) ^ index);
  account.group = current_group_;
  account.first_context = static_cast<std::uint32_t>(world_.contexts.size());
  account.contexts = static_cast<std::uint8_t>(draft.contexts.size());
  world_.contexts.insert(world_.contexts.end(), draft.contexts.begin(), draft.contexts.end());
  world_.accounts.push_back(account);
  ++world_.groups[current_group_].size;
  return index;
}

int Planner::first_day() {
  const auto day = static_cast<int>(random_.exponential(0.2 * days()));
  return random_.chance(0.6) || day >= days() ? static_cast<int>(random_.below(static_cast<std::uint64_t>(days()))) / 2
                                              : day;
}

void Planner::start_on(Draft& draft, int day) {
  draft.account.begin = day * kDaySeconds + static_cast<Offset>(random_.below(60'000));
  const bool established = random_.chance(0.7);
  const double age = established ? 86400 * random_.exponential(150) : 30 + random_.exponential(1800);
  draft.account.created = draft.account.begin - static_cast<Offset>(age);
}

Source Planner::home() {
  const std::size_t network = random_.below(kHomeNetworks);
  if (random_.chance(0.5)) return fresh(land_.fixed_homes[network]);
  const auto hold =
      static_cast<std::uint8_t>(between(30, 6, hardness("individual")) + static_cast<double>(random_.below(4)));
  return any_of(land_.leased_homes[network], hold);
}

Source Planner::own_device() {
  const double kind = random_.uniform();
  const double popular = between(0.45, 0.7, hardness("individual"));
  if (kind < popular)
    return {.pool = land_.popular_devices,
            .first = 0,
            .span = world_.pools[land_.popular_devices].size,
            .key = static_cast<std::uint32_t>(random_() >> 32),
            .spread = 1};
  if (kind < popular + 0.2) return one_of(land_.uncommon_devices);
  return fresh(land_.own_devices);
}

Context Planner::phone(float rate) {
  Context context;
  context.address = any_of(land_.carriers[random_.below(land_.carriers.size())], 0);
  context.device = some_of(land_.popular_devices, 1);
  context.templates = some_of(world_.popular_templates, 5);
  context.template_chance = 0.4F;
  context.rate = rate;
  context.on = 0.25F;
  return context;
}

std::uint32_t Planner::public_mail() {
  if (random_.chance(0.1)) return new_mail_domain();
  const double u = random_.uniform();
  return static_cast<std::uint32_t>(u * u * kMailProviders);
}

Draft Planner::person() {
  Draft draft;
  draft.account.zone = kZones[random_.below(std::size(kZones))];
  draft.account.mail_domain = public_mail();
  draft.account.end = world_.length;
  if (random_.chance(0.45)) {
    draft.account.plan = Plan::pro;
    draft.account.payment = own_card();
  }
  start_on(draft, first_day());
  if (random_.chance(0.002)) {  // a ban by mistake, or for something else
    draft.account.banned = true;
    draft.account.end -=
        static_cast<Offset>(random_.below(static_cast<std::uint64_t>((world_.length - draft.account.begin) / 2)));
  }
  Context context;
  context.address = home();
  context.device = own_device();
  const bool ordinary = random_.chance(0.6);
  context.templates = ordinary ? some_of(world_.popular_templates, 6) : fresh(land_.own_templates);
  context.template_chance = 0.6F;
  context.rate = static_cast<float>(2 * std::exp(random_.normal()));
  context.on = static_cast<float>(0.08 + 0.5 * random_.uniform() * random_.uniform());
  context.profile = random_.chance(0.35) ? Profile::developer : Profile::everyday;
  draft.contexts.push_back(context);
  if (random_.chance(0.45)) draft.contexts.push_back(phone(context.rate * 0.5F));
  if (random_.chance(0.04)) {
    Context away = context;
    away.address = any_of(land_.vpns[random_.below(land_.vpns.size())], 1);
    away.rate *= 0.5F;
    draft.contexts.push_back(away);
  }
  return draft;
}

}  // namespace ringscope::world
