#include "engine/lab/world/plan.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/time.h"
#include "engine/lab/world/failover.h"
#include "engine/lab/world/planner.h"
#include "engine/lab/world/traffic.h"

namespace ringscope::world {
namespace {

constexpr double kMostRingTraffic = 0.45;      // of all requests
constexpr double kWrongBans = 0.002;           // of the honest accounts
constexpr Seconds kEarliestStart = 631152000;  // 1990: sign-ups lie before the start

void require(bool holds, const std::string& message) {
  if (!holds) throw Error(ErrorCode::usage, message);
}

void check(const SimulateOptions& options) {
  require(options.accounts >= 20 && options.accounts <= 100'000'000, "--accounts must be 20 to 100000000");
  require(options.requests >= options.accounts, "--requests must be at least --accounts: every account makes one");
  require(options.ring_requests < options.requests, "--ring-requests must be fewer than --requests, which are of all");
  require(options.days >= 2 && options.days <= 366, "--days must be 2 to 366");
  require(options.ring_share >= 0 && options.ring_share <= 0.5, "the share of ring accounts must be 0 to 0.5");
  require(options.other_purpose >= 0 && options.other_purpose <= 1,
          "the share of rings of another purpose must be 0 to 1");
  require(options.hardness >= 0 && options.hardness <= 1, "--hardness must be 0 to 1");
  require(options.format == "jsonl" || options.format == "csv",
          "--format must be jsonl or csv, not '" + options.format + "'");
  require(std::uint64_t{options.failovers} * 1500 <= options.accounts, "--failovers: one for every 1500 --accounts");
  require(options.failovers == 0 || options.days >= 10, "--failovers needs --days of 10 or more");
  const auto& kinds = simulated_kinds();
  for (const auto& [kind, hardness] : options.kind_hardness) {
    std::string names;
    for (const SimulatedKind& known : kinds) names += (names.empty() ? "" : ", ") + std::string(known.name);
    const bool known = std::ranges::find(kinds, kind, &SimulatedKind::name) != kinds.end();
    require(known, fmt::format("there is no kind '{}'; kinds are {}", kind, names));
    require(hardness >= 0 && hardness <= 1, fmt::format("the hardness of '{}' must be 0 to 1", kind));
  }
  for (const std::string& kind : options.ring_kinds) {
    std::string names;
    for (const SimulatedKind& known : ring_kinds()) names += (names.empty() ? "" : ", ") + std::string(known.name);
    const bool known = std::ranges::any_of(kinds, [&](const SimulatedKind& k) { return k.is_ring && k.name == kind; });
    require(known, fmt::format("there is no kind of ring '{}'; kinds are {}", kind, names));
  }
  const std::vector<std::string_view> crowds = crowds_to_ask_for();
  for (const std::string& crowd : options.crowds) {
    require(std::ranges::find(crowds, crowd) != crowds.end(),
            fmt::format("there is no crowd '{}' to ask for; they are {}", crowd, fmt::join(crowds, ", ")));
  }
}

// Expected requests of one side (rings or the honest) as a function of a factor on its rates.
class Volume {
 public:
  Volume(const World& world, bool rings) {
    for (const Account& account : world.accounts) {
      if (world.groups[account.group].is_ring == rings) add(world, account);
    }
  }

  double at(double factor) const {
    double sum = factor * later_;
    for (const FirstDay& day : first_) sum += most_of(factor * day.mean, day.least);
    return sum;
  }

  // The factor at which `requests` are expected, or nearly 0 when the first days alone are more.
  double factor_for(double requests) const {
    double low = 1e-6;
    double high = 1;
    while (at(high) < requests && high < 1e9) high *= 2;
    for (int i = 0; i < 25; ++i) (at((low + high) / 2) < requests ? low : high) = (low + high) / 2;
    return (low + high) / 2;
  }

 private:
  struct FirstDay {
    float mean;
    std::uint32_t least;
  };

  void add(const World& world, const Account& account) {
    const auto first = static_cast<int>(account.begin / kDaySeconds);
    for (std::uint32_t c = 0; c < account.contexts; ++c) {
      const Context& context = world.contexts[account.first_context + c];
      for (int day = first; day < world.options.days; ++day) {
        const double mean = expected_requests(world, account, context, day);
        if (day == first && c == 0) {
          first_.push_back({static_cast<float>(mean), account.least});
        } else {
          later_ += mean * static_cast<double>(context.on);
        }
      }
    }
  }

  // Expectation of max(least, Poisson(mean)).
  static double most_of(double mean, std::uint32_t least) {
    double term = std::exp(-mean);
    double expected = mean;
    for (std::uint32_t n = 0; n < least; ++n) {
      expected += (least - n) * term;
      term *= mean / (n + 1);
    }
    return expected;
  }

  double later_ = 0;
  std::vector<FirstDay> first_;
};

void scale_rates(World& world, bool rings, double factor) {
  for (const Account& account : world.accounts) {
    if (world.groups[account.group].is_ring != rings) continue;
    for (std::uint32_t c = 0; c < account.contexts; ++c) {
      world.contexts[account.first_context + c].rate *= static_cast<float>(factor);
    }
  }
}

// Rings keep their natural rates unless they would drown the rest or other volume is asked for; the honest share what
// remains.
void fit_volume(World& world) {
  const auto asked = static_cast<double>(world.options.requests);
  double ring_requests = 0;
  if (world.options.rings) {
    const Volume rings(world, true);
    const double most = kMostRingTraffic * asked, wanted = static_cast<double>(world.options.ring_requests);
    const double factor = wanted > 0 ? rings.factor_for(wanted) : rings.at(1) <= most ? 1 : rings.factor_for(most);
    scale_rates(world, true, factor);
    ring_requests = rings.at(factor);
  }
  scale_rates(world, false, Volume(world, false).factor_for(asked - ring_requests));
}

}  // namespace

// Honest accounts get banned too, by mistake or for something else.
void ban_some_honest(World& world) {
  for (std::size_t i = 0; i < world.accounts.size(); ++i) {
    Account& account = world.accounts[i];
    Random random(world.options.seed ^ 0xba7, i);
    if (world.groups[account.group].is_ring || !random.chance(kWrongBans)) continue;
    account.banned = true;
    account.end = account.begin + 1 +
                  static_cast<Offset>(random.below(static_cast<std::uint64_t>(account.end - account.begin - 1)));
  }
}

World plan_world(const SimulateOptions& options) {
  check(options);
  World world;
  world.options = options;
  const std::optional<Seconds> start = parse_time(options.start);
  require(start && *start >= kEarliestStart,
          "--start must be a date like 2026-01-01, from 1990 on, not '" + options.start + "'");
  world.start = start_of_day(day_of(*start));
  world.length = options.days * kDaySeconds;
  const double share = options.rings ? options.ring_share : 0;
  const auto ring_accounts = static_cast<std::uint64_t>(std::llround(share * static_cast<double>(options.accounts)));
  world.accounts.reserve(options.accounts);
  Planner planner(world, random_word(options.seed, 0x91a), options.accounts - ring_accounts);
  plan_rings(planner, ring_accounts);
  plan_failovers(planner);
  std::uint64_t planned = world.accounts.size();  // rings and their honest buyers
  plan_honest(planner, options.accounts - std::min(options.accounts, planned));
  ban_some_honest(world);
  fit_volume(world);
  return world;
}

}  // namespace ringscope::world
