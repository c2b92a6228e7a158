#include "engine/lab/world/ring_kinds.h"

#include <array>
#include <limits>
#include <vector>

#include "engine/lab/world/planner.h"

namespace ringscope::world {
namespace {

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

}  // namespace

std::span<const RingKind> kinds_of_rings() { return kKinds; }

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

std::vector<SimulatedKind> ring_kinds() {
  std::vector<SimulatedKind> kinds;
  kinds.reserve(kKinds.size());
  for (const RingKind& kind : kKinds) kinds.push_back(kind.about);
  return kinds;
}

}  // namespace ringscope::world
