// The planning desk that every kind of crowd is built at: shared pools of the public, ready-made persons, and a place
// to put accounts. Planning is sequential: it is a few per cent of the time, and so the same world comes out at any
// thread count.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "engine/lab/world/world.h"

namespace ringscope::world {

struct Draft {
  Account account;
  std::vector<Context> contexts;
};

// Pools that everybody draws on.
struct Landscape {
  std::vector<PoolId> fixed_homes, leased_homes;  // one pair a home network
  std::vector<PoolId> carriers, vpns, public_proxies;
  PoolId popular_devices = 0, uncommon_devices = 0, own_devices = 0;
  PoolId own_cards = 0, data_centres = 0, own_templates = 0;
};

class Planner {
 public:
  Planner(World& world, std::uint64_t seed, std::uint64_t honest_accounts);

  Random& random() { return random_; }
  World& world() { return world_; }
  const Landscape& land() const { return land_; }
  int days() const { return world_.options.days; }
  // The knob of a kind, in [0, 1].
  double hardness(std::string_view kind) const;

  PoolId add_pool(Pool pool);
  PoolId add_blocks(std::uint32_t size, std::uint32_t a_block, Popularity popularity = Popularity::uniform);
  PoolId add_opaque(std::uint32_t size, Popularity popularity = Popularity::uniform);
  Source fresh(PoolId pool);                           // an element that nobody else gets
  Source one_of(PoolId pool);                          // one element for good
  Source some_of(PoolId pool, std::uint16_t spread);   // a fixed handful of the pool
  Source any_of(PoolId pool, std::uint8_t hold_days);  // all of it

  // Starts a group; accounts added from now on are its members. Its random numbers depend on the kind and its number
  // only.
  Group& open_group(std::string_view kind, bool is_ring = false);
  void open_individuals();
  // Adds the account to the open group; gives its index.
  std::uint32_t add(const Draft& draft);

  // An ordinary customer: own device, card and addresses, human hours. The crowds start from one and change it.
  Draft person();
  Source home();        // an address at home: fixed or leased
  Source own_device();  // popular, uncommon or unique
  Source own_card() { return fresh(land_.own_cards); }
  Context phone(float rate);
  std::uint32_t public_mail();
  std::uint32_t new_mail_domain() { return static_cast<std::uint32_t>(random_() >> 33) + 100; }
  // A first day within the world, early ones likelier; `begin` follows from it.
  void start_on(Draft& draft, int day);
  int first_day();
  // Between a at hardness 0 and b at 1: straight, or by a constant factor.
  static double between(double a, double b, double hardness) { return a + (b - a) * hardness; }
  static double between_factor(double a, double b, double hardness);

 private:
  World& world_;
  std::uint64_t seed_;
  Random random_;
  Landscape land_;
  std::vector<std::uint32_t> used_;  // a pool: elements given out by fresh()
  std::vector<std::pair<std::string_view, std::uint32_t>> group_numbers_;
  std::uint32_t current_group_ = 0;
};

// Fill the world with `count` accounts each; what is left over after the crowds become individuals.
void plan_honest(Planner& planner, std::uint64_t count);
void plan_rings(Planner& planner, std::uint64_t count);
// One ring of a kind, of just this many accounts, and its honest buyers if the kind has any. Throws Error usage for a
// kind that is none.
void plan_one_ring(Planner& planner, std::string_view kind, std::uint32_t size);

// The honest kinds and ring kinds, for simulated_kinds().
std::vector<SimulatedKind> honest_kinds();
std::vector<SimulatedKind> ring_kinds();
// Those of the honest that are planted only where they are named.
std::vector<std::string_view> crowds_to_ask_for();

}  // namespace ringscope::world
