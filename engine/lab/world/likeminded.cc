// People who ask alike and share nothing that had to be bought: the shops of a chain, users of one application, a
// course that is taken at home.
#include <algorithm>
#include <cmath>

#include "engine/lab/world/crowds.h"

namespace ringscope::world {
namespace {

// Days of a course's deadlines.
constexpr int kLessonEvery = 7;

}  // namespace

// Each shop has its own line, and a card of the chain's bank; mail domain, prompts and hours are the chain's.
void plan_chains(Planner& planner, std::uint64_t count) {
  plan_groups(planner, "chain", count, 8, 67, [&](double h, std::uint32_t size) {
    Random& random = planner.random();
    const PoolId bank = planner.add_pool({.detail = 1, .style = PoolStyle::cards});
    const PoolId templates = planner.add_opaque(4 + static_cast<std::uint32_t>(random.below(12)));
    const Source till = planner.fresh(planner.land().own_devices);
    const bool tills = random.chance(h);
    const std::uint32_t domain = planner.new_mail_domain();
    const std::int8_t zone = draw_zone(random);
    for (std::uint32_t i = 0; i < size; ++i) {
      Draft draft = planner.person();
      draft.account.zone = zone;
      draft.account.plan = Plan::team;
      draft.account.payment = {.pool = bank, .first = i};
      draft.account.mail_domain = domain;
      draft.contexts.resize(1);
      Context& shop = draft.contexts.front();
      if (tills) shop.device = till;
      shop.templates = planner.any_of(templates, 0);
      shop.template_chance = static_cast<float>(Planner::between(0.5, 0.95, h));
      shop.on = 0.9F;
      planner.add(draft);
    }
  });
}

// Strangers with one client: what they ask is half what it has ready for them.
void plan_applications(Planner& planner, std::uint64_t count) {
  std::uint64_t done = 0;
  while (done + 20 <= count) {
    const double h = planner.open_group("application").hardness;
    Random& random = planner.random();
    const std::uint32_t size = crowd_size(random, 0.7, 20, count, count - done);
    const PoolId presets = planner.add_opaque(5 + static_cast<std::uint32_t>(random.below(30)), Popularity::zipf);
    const Source client = planner.fresh(planner.land().own_devices);
    const bool one_client = random.chance(0.6);
    for (std::uint32_t i = 0; i < size; ++i) {
      Draft draft = planner.person();
      for (Context& context : draft.contexts) {
        if (one_client) context.device = client;
        context.templates = planner.any_of(presets, 0);
        context.template_chance = static_cast<float>(Planner::between(0.3, 0.9, h) * (0.6 + 0.4 * random.uniform()));
      }
      planner.add(draft);
    }
    done += size;
  }
}

// Exercises week by week, each within days of its deadline, from home; half are on the school's mail domain.
void plan_courses(Planner& planner, std::uint64_t count) {
  plan_groups(planner, "course", count, 15, 154, [&](double h, std::uint32_t size) {
    Random& random = planner.random();
    const PoolId exercises = planner.add_opaque(3 + static_cast<std::uint32_t>(random.below(20)));
    const std::uint32_t domain = planner.new_mail_domain();
    const bool school = random.chance(0.5);
    const auto first = static_cast<int>(random.below(kLessonEvery));
    for (std::uint32_t i = 0; i < size; ++i) {
      Draft draft = planner.person();
      if (school) draft.account.mail_domain = domain;
      draft.account.begin = std::min<Offset>(draft.account.begin, kDaySeconds / 2);
      draft.account.created = std::min(draft.account.created, draft.account.begin - 30);
      const Context home = draft.contexts.front();
      draft.contexts.resize(1);
      draft.contexts.front().rate *= 0.3F;
      for (int due = first; due < planner.days() && draft.contexts.size() < 8; due += kLessonEvery) {
        Context lesson = home;
        lesson.templates = planner.any_of(exercises, 0);
        lesson.template_chance = static_cast<float>(Planner::between(0.6, 0.95, h));
        lesson.profile = Profile::pupil;
        lesson.rate = static_cast<float>(6 + random.exponential(8));
        lesson.on = 1;
        const auto day = static_cast<std::int16_t>(std::max(0, due - static_cast<int>(random.below(4))));
        lesson.first_day = lesson.last_day = day;
        draft.contexts.push_back(lesson);
      }
      planner.add(draft);
    }
  });
}

}  // namespace ringscope::world
