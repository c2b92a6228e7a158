#include "engine/lab/world/ring_kinds.h"

#include <array>
#include <limits>
#include <vector>

#include "engine/lab/world/planner.h"

namespace ringscope::world {
namespace {

constexpr std::array<RingKind, 11> kKinds = {{
    {.about =
         {"loud", true,
          "large pool, hundreds of requests per account and day: residential proxies, disposable mail, virtual cards; "
          "banned often, replaced within a day",
          "fewer accounts a card, device and proxy; residential share; camouflage; half the volume"},
     .share = 0.08,
     .least = 24,
     .most = 5000,
     .rate = 260,
     .on = 0.95,
     .ban = 0.75,
     .life = 5,
     .latest_start = 0.3,
     .schedule = Schedule::clock},
    {.about = {"thin", true, "very large pool, 5-6 requests per account and day: nobody is loud",
               "fewer accounts a card, device and proxy; popular fingerprints; camouflage"},
     .share = 0.3,
     .least = 60,
     .most = 6000,
     .rate = 5.6,
     .on = 0.8,
     .ban = 0.12,
     .life = 12,
     .latest_start = 0.5,
     .schedule = Schedule::human},
    {.about = {"mixed", true,
               "pool that carries two tenants and sells to honest buyers; it takes over when the loud pool is banned",
               "fewer accounts a card, device and proxy; more honest buyers on its addresses"},
     .share = 0.1,
     .least = 40,
     .most = 5000,
     .rate = 14,
     .on = 0.85,
     .ban = 0.1,
     .life = 10,
     .latest_start = 0.4,
     .schedule = Schedule::clock},
    {.about = {"residential", true,
               "a card and a device bought for each account; every request leaves by another address of a wide "
               "residential pool",
               "more addresses an account; popular fingerprints; camouflage; half the volume"},
     .share = 0.12,
     .least = 50,
     .most = 5000,
     .rate = 12,
     .on = 0.8,
     .ban = 0.15,
     .life = 12,
     .latest_start = 0.3,
     .schedule = Schedule::clock,
     .bought = true},
    {.about = {"quiet", true,
               "bought as a residential ring; one dispatcher gives each account about one request a day, so that no "
               "account is "
               "louder than an honest one",
               "more addresses an account; popular fingerprints; camouflage; half the volume"},
     .share = 0.12,
     .least = 50,
     .most = 5000,
     .rate = 1.1,
     .on = 1.0,
     .ban = 0.05,
     .life = 12,
     .latest_start = 0.1,
     .schedule = Schedule::queue,
     .bought = true},
    {.about =
         {"bare", true,
          "an anti-detect browser, a home address and a card for each account: nothing in common but what is asked",
          "fewer requests of the ring's templates; half the volume"},
     .share = 0.1,
     .least = 12,
     .most = 1000,
     .rate = 10,
     .on = 0.8,
     .ban = 0.1,
     .life = 12,
     .latest_start = 0.3,
     .schedule = Schedule::human,
     .unequal = true,
     .asked_for = true,
     .alone = true},
    {.about = {"aged", true, "as residential, but the accounts are a dealer's, made one by one over the year before",
               "as residential"},
     .share = 0.1,
     .least = 12,
     .most = 1000,
     .rate = 12,
     .on = 0.8,
     .ban = 0.15,
     .life = 12,
     .latest_start = 0.6,
     .schedule = Schedule::human,
     .unequal = true,
     .bought = true,
     .asked_for = true,
     .aged = true},
    {.about = {"plain", true, "as small, but it asks popular prompts", "as small"},
     .share = 0.1,
     .least = 12,
     .most = 60,
     .rate = 10,
     .on = 0.8,
     .ban = 0.15,
     .life = 12,
     .latest_start = 0.5,
     .schedule = Schedule::human,
     .unequal = true,
     .own_style = true,
     .asked_for = true,
     .plain = true},
    {.about = {"tiny", true, "4-8 accounts, each ring in its own style", "as small"},
     .share = 0.04,
     .least = 4,
     .most = 8,
     .rate = 10,
     .on = 0.8,
     .ban = 0.1,
     .life = 12,
     .latest_start = 0.5,
     .schedule = Schedule::human,
     .unequal = true,
     .own_style = true,
     .asked_for = true},
    {.about = {"balanced", true,
               "8-40 accounts behind one dispatcher: strict turns round the clock, common cards and addresses",
               "more cards, devices and addresses; camouflage; slower"},
     .share = 0.06,
     .least = 8,
     .most = 40,
     .rate = 60,
     .on = 1.0,
     .ban = 0.25,
     .life = 9,
     .latest_start = 0.4,
     .schedule = Schedule::dispatcher,
     .unequal = true},
    {.about = {"small", true, "farm of 10-60 accounts, each in its own style: exact, partial or camouflaged sharing",
               "fewer accounts a card, device and proxy; popular fingerprints; camouflage"},
     .share = 0.22,
     .least = 10,
     .most = 60,
     .rate = 10,
     .on = 0.7,
     .ban = 0.2,
     .life = 9,
     .latest_start = 0.6,
     .schedule = Schedule::human,
     .unequal = true,
     .own_style = true},
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
