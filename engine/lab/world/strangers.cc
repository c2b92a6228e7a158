// Pipelines of one customer, and strangers behind a carrier's address, a VPN exit, a public proxy or a reseller.
#include <algorithm>
#include <cmath>

#include "engine/lab/world/crowds.h"
#include "engine/lab/world/traffic.h"

namespace ringscope::world {

void plan_pipelines(Planner& planner, std::uint64_t count) {
  std::uint64_t done = 0;
  while (done + 3 <= count) {
    const double h = planner.open_group("pipeline").hardness;
    Random& random = planner.random();
    const auto size = static_cast<std::uint32_t>(3 + random.below(4) + random.below(8));
    const PoolId addresses = planner.add_blocks(1 + static_cast<std::uint32_t>(random.below(3)), 8);
    const PoolId templates = planner.add_opaque(2 + static_cast<std::uint32_t>(random.below(6)));
    const Source card = planner.own_card();
    const Source client = planner.fresh(planner.land().own_devices);
    const std::uint32_t domain = planner.new_mail_domain();
    const Profile profile = random.chance(Planner::between(0, 0.7, h)) ? Profile::extraction : Profile::batch;
    const int day = planner.first_day();
    // Summaries or reports: short answers or long ones. Drawn beside the planner's stream.
    const auto output =
        static_cast<float>(std::exp2(2 * Random(planner.world().options.seed, templates).uniform() - 1));
    for (std::uint32_t i = 0; i < size; ++i) {
      Draft draft = planner.person();
      draft.account.plan = Plan::api;
      draft.account.payment = card;
      draft.account.mail_domain = domain;
      if (random.chance(0.8)) planner.start_on(draft, std::min(day, planner.days() - 1));
      Context job;
      job.address = planner.any_of(addresses, 0);
      job.device = client;
      job.templates = planner.any_of(templates, 0);
      job.template_chance = 0.97F;
      job.rate = static_cast<float>(12 + random.exponential(30));
      job.schedule = Schedule::clock;
      job.profile = profile;
      job.keen = 0;
      job.output = output;
      draft.contexts.assign(1, job);
      planner.add(draft);
    }
    done += size;
  }
}

namespace {

// A run of the benchmark: one loud day.
Context benchmark_day(const Context& job, int day, bool release) {
  Context run = job;
  run.first_day = run.last_day = static_cast<std::int16_t>(day);
  run.keen = release ? 1 : 0;
  return run;
}

}  // namespace

void plan_evaluations(Planner& planner, std::uint64_t count) {
  std::uint64_t done = 0;
  const int release = static_cast<int>(kRelease * planner.days()) + 1;  // the first whole day with the new model
  while (done + 1 <= count) {
    const double h = planner.open_group("evaluation").hardness;
    Random& random = planner.random();
    const auto size = static_cast<std::uint32_t>(std::min<std::uint64_t>(1 + random.below(6), count - done));
    Context job;
    job.address = planner.any_of(planner.add_blocks(1 + static_cast<std::uint32_t>(random.below(2)), 8), 0);
    job.device = planner.fresh(planner.land().own_devices);
    job.templates = planner.any_of(planner.add_opaque(2 + static_cast<std::uint32_t>(random.below(8))), 0);
    job.template_chance = 0.98F;
    job.rate = static_cast<float>(80 + random.exponential(120));
    job.schedule = Schedule::clock;
    const bool one_capability = random.chance(Planner::between(0.2, 0.8, h));
    job.profile = !one_capability ? Profile::even : random.chance(0.5) ? Profile::pupil : Profile::extraction;
    job.output = static_cast<float>(Planner::between_factor(1, 3, h * random.uniform()));
    const Source card = planner.own_card();
    const std::uint32_t domain = planner.new_mail_domain();
    std::vector<int> days = {planner.first_day()};
    if (days.front() < release && release < planner.days()) days.push_back(release);
    if (random.chance(0.5)) days.push_back(static_cast<int>(random.below(static_cast<std::uint64_t>(planner.days()))));
    std::ranges::sort(days);
    days.erase(std::unique(days.begin(), days.end()), days.end());
    for (std::uint32_t i = 0; i < size; ++i) {
      Draft draft = planner.person();
      draft.account.plan = Plan::api;
      draft.account.payment = card;
      draft.account.mail_domain = domain;
      planner.start_on(draft, std::min(days.front(), planner.days() - 1));
      draft.contexts.clear();
      draft.contexts.reserve(days.size());
      for (const int day : days) draft.contexts.push_back(benchmark_day(job, day, day == release));
      planner.add(draft);
    }
    done += size;
  }
}

namespace {

// Everybody's main address becomes one of the pool's.
template <class Change>
void add_people_behind(Planner& planner, std::uint64_t size, const Source& addresses, const Change& change) {
  for (std::uint64_t i = 0; i < size; ++i) {
    Draft draft = planner.person();
    Source own = addresses;
    own.key = static_cast<std::uint32_t>(planner.random()() >> 32);
    draft.contexts.front().address = own;
    change(draft);
    planner.add(draft);
  }
}

// Splits `count` accounts over `groups` of unequal sizes, the first the largest; `least` accounts each.
template <class Body>
void split(std::uint64_t count, std::uint64_t groups, std::uint64_t least, const Body& body) {
  std::uint64_t done = 0;
  for (std::uint64_t g = 0; g < groups; ++g) {
    const bool last = g + 1 == groups || (count - done) / 2 < least;
    const std::uint64_t size = last ? count - done : (count - done) / 2;
    if (size >= least) {
      body(size);
      done += size;
    }
    if (last) break;
  }
}

}  // namespace

void plan_carriers(Planner& planner, std::uint64_t count) {
  split(count, 4, 30, [&](std::uint64_t size) {
    const double h = planner.open_group("nat").hardness;
    const auto addresses = 1 + static_cast<std::uint32_t>(static_cast<double>(size) / Planner::between(300, 5000, h));
    const Source shared = planner.any_of(planner.add_blocks(addresses, 16), 2);
    add_people_behind(planner, size, shared, [](Draft&) {});
  });
}

void plan_vpns(Planner& planner, std::uint64_t count) {
  split(count, 5, 20, [&](std::uint64_t size) {
    const double h = planner.open_group("vpn").hardness;
    Random& random = planner.random();
    const PoolId exits = planner.land().vpns[random.below(planner.land().vpns.size())];
    add_people_behind(planner, size, planner.any_of(exits, static_cast<std::uint8_t>(Planner::between(1, 10, h))),
                      [](Draft&) {});
  });
}

void plan_proxies(Planner& planner, std::uint64_t count) {
  split(count, 3, 10, [&](std::uint64_t size) {
    planner.open_group("publicproxy");
    Random& random = planner.random();
    const PoolId proxies = planner.land().public_proxies[random.below(planner.land().public_proxies.size())];
    add_people_behind(planner, size, planner.any_of(proxies, 1), [](Draft&) {});
  });
}

void plan_resellers(Planner& planner, std::uint64_t count) {
  split(count, 4, 30, [&](std::uint64_t size) {
    const double h = planner.open_group("reseller").hardness;
    Random& random = planner.random();
    const Source client = planner.fresh(planner.land().own_devices);
    const Source payer = planner.own_card();
    const Source gateway = planner.any_of(planner.add_blocks(2, 8), 0);
    const Source preset = planner.any_of(planner.add_opaque(3 + static_cast<std::uint32_t>(random.below(10))), 0);
    for (std::uint64_t i = 0; i < size; ++i) {
      Draft draft = planner.person();
      draft.account.plan = Plan::api;
      draft.account.payment = payer;
      for (Context& context : draft.contexts) context.device = client;
      if (random.chance(Planner::between(0, 0.5, h))) draft.contexts.front().address = gateway;
      if (random.chance(Planner::between(0.1, 0.7, h))) draft.contexts.front().templates = preset;
      planner.add(draft);
    }
  });
}

}  // namespace ringscope::world
