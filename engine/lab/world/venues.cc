// Honest people who look more like rings than the usual crowds, planted only where they are named: an agency with its
// clients' accounts, strangers who meet on a café's machines, a course on its department's key.
#include "engine/lab/world/crowds.h"

namespace ringscope::world {
namespace {

// Days of a course's lessons.
constexpr int kLessonEvery = 7;

}  // namespace

// One desk works many accounts, each with its client's card and mail domain: its line, its machines, its house prompts.
void plan_agencies(Planner& planner, std::uint64_t count) {
  plan_groups(planner, "agency", count, 6, 40, [&](double h, std::uint32_t size) {
    Random& random = planner.random();
    const PoolId line = planner.add_blocks(1 + static_cast<std::uint32_t>(random.below(2)), 2);
    const PoolId machines = planner.add_opaque(2 + size / static_cast<std::uint32_t>(Planner::between(4, 12, h)));
    const PoolId prompts = planner.add_opaque(6 + size / 2);
    const std::int8_t zone = draw_zone(random);
    for (std::uint32_t i = 0; i < size; ++i) {
      Draft draft = planner.person();
      draft.account.zone = zone;
      draft.account.plan = Plan::team;
      draft.account.payment = planner.own_card();
      draft.account.mail_domain = planner.new_mail_domain();
      draft.contexts.resize(1);
      Context& desk = draft.contexts.front();
      desk.address = planner.any_of(line, 0);
      desk.device = planner.some_of(machines, 2);
      desk.templates = planner.any_of(prompts, 0);
      desk.template_chance = static_cast<float>(Planner::between(0.4, 0.9, h));
      desk.schedule = Schedule::office;
      desk.on = 0.7F;
      planner.add(draft);
    }
  });
}

// An internet café, a library, a shelter: who has no machine of his own comes for some days, and most pay for nothing.
void plan_cafes(Planner& planner, std::uint64_t count) {
  plan_groups(planner, "cafe", count, 20, 150, [&](double h, std::uint32_t size) {
    Random& random = planner.random();
    const Source line = planner.any_of(planner.add_blocks(1, 1), 0);
    const PoolId machines = planner.add_opaque(4 + size / static_cast<std::uint32_t>(Planner::between(5, 25, h)));
    const std::int8_t zone = draw_zone(random);
    for (std::uint32_t i = 0; i < size; ++i) {
      Draft draft = planner.person();
      draft.account.zone = zone;
      if (random.chance(0.85)) draft.account.payment = {};
      if (random.chance(Planner::between(0.3, 0.9, h))) {  // made at the place
        draft.account.created = draft.account.begin - 60 - static_cast<Offset>(random.below(600));
        draft.contexts.resize(1);
      }
      Context& seat = draft.contexts.front();
      seat.address = line;
      seat.device = planner.some_of(machines, 3);
      planner.add(draft);
    }
  });
}

// A department pays for all, who sign up in the first lesson and do one exercise a week, there and at home.
void plan_terms(Planner& planner, std::uint64_t count) {
  plan_groups(planner, "term", count, 20, 120, [&](double h, std::uint32_t size) {
    Random& random = planner.random();
    const Source key = planner.own_card();
    const Source room = planner.any_of(planner.add_blocks(2, 4), 0);
    const PoolId exercises = planner.add_opaque(4 + static_cast<std::uint32_t>(random.below(12)));
    const std::uint32_t domain = planner.new_mail_domain();
    const auto first = static_cast<int>(random.below(kLessonEvery));
    const auto hour = static_cast<std::uint8_t>(8 + random.below(8));
    for (std::uint32_t i = 0; i < size; ++i) {
      Draft draft = planner.person();
      draft.account.zone = 0;
      draft.account.plan = Plan::team;
      draft.account.payment = key;
      draft.account.mail_domain = domain;
      draft.account.begin = first * kDaySeconds + hour * kHourSeconds;
      draft.account.created = draft.account.begin - 30 - static_cast<Offset>(random.below(1800));
      draft.contexts.resize(1);
      Context home = draft.contexts.front();
      home.templates = planner.any_of(exercises, 0);
      home.template_chance = static_cast<float>(Planner::between(0.4, 0.9, h));
      home.profile = Profile::pupil;
      draft.contexts.front() = home;
      for (int day = first; day < planner.days() && draft.contexts.size() < 8; day += kLessonEvery) {
        Context lesson = home;
        lesson.address = room;
        lesson.schedule = Schedule::lesson;
        lesson.hour = hour;
        lesson.rate = static_cast<float>(4 + random.exponential(5));
        lesson.on = 0.85F;
        lesson.first_day = lesson.last_day = static_cast<std::int16_t>(day);
        draft.contexts.insert(draft.contexts.begin(), lesson);
      }
      planner.add(draft);
    }
  });
}

}  // namespace ringscope::world
