// Families, offices, campuses, classrooms and hackathons.
#include <algorithm>
#include <cmath>

#include "engine/lab/world/crowds.h"

namespace ringscope::world {
namespace {

struct Office {
  double hardness;
  Source address = {}, company_card = {}, image = {}, templates = {};
  std::uint32_t mail_domain = 0;
  std::int8_t zone = 0;
  double card_share = 0, image_share = 0, template_share = 0;
};

Office open_office(Planner& planner, std::uint32_t size, double h) {
  Random& random = planner.random();
  Office office{.hardness = h};
  // One address serves some 250 people, or 60 where the network is good.
  const PoolId addresses = planner.add_blocks(1 + size / static_cast<std::uint32_t>(Planner::between(60, 250, h)), 16);
  office.address = planner.any_of(addresses, 0);
  office.company_card = planner.own_card();
  office.image = planner.fresh(planner.land().own_devices);
  if (random.chance(0.4)) office.image = planner.one_of(planner.land().popular_devices);
  office.templates = planner.any_of(planner.add_opaque(4 + size / 10, Popularity::zipf), 0);
  office.mail_domain = planner.new_mail_domain();
  office.zone = draw_zone(random);
  office.card_share = random.chance(0.6) ? Planner::between(0.3, 1.0, h) : 0;
  office.image_share = Planner::between(0.5, 1.0, h);
  office.template_share = Planner::between(0.2, 0.8, h);
  return office;
}

Draft employee(Planner& planner, const Office& office) {
  Random& random = planner.random();
  Draft draft = planner.person();
  draft.account.zone = office.zone;
  draft.account.mail_domain = random.chance(0.92) ? office.mail_domain : draft.account.mail_domain;
  if (random.chance(office.card_share)) {
    draft.account.payment = office.company_card;
    draft.account.plan = Plan::team;
  }
  Context work = draft.contexts.front();
  work.address = office.address;
  if (random.chance(office.image_share)) work.device = office.image;
  if (random.chance(office.template_share)) work.templates = office.templates;
  work.template_chance = static_cast<float>(Planner::between(0.3, 0.7, office.hardness));
  work.schedule = Schedule::office;
  work.on = std::max(work.on, 0.45F);
  work.rate *= 1.5F;
  draft.contexts.front().rate *= 0.4F;  // home, besides
  draft.contexts.front().on *= 0.5F;
  draft.contexts.insert(draft.contexts.begin(), work);
  return draft;
}

// Moves the first day to a weekday, counted from a Thursday at day 0 of the epoch.
void start_on_weekday(Planner& planner, Draft& draft) {
  const std::int64_t epoch_day = planner.world().start / kDaySeconds;
  auto day = static_cast<int>(draft.account.begin / kDaySeconds);
  while ((epoch_day + day + 3) % 7 >= 5) day = day > 1 ? day - 1 : day + 3;
  if (day < planner.days()) planner.start_on(draft, day);
}

}  // namespace

std::int8_t draw_zone(Random& random) { return static_cast<std::int8_t>(static_cast<int>(random.below(11)) - 3); }

std::uint32_t crowd_size(Random& random, double exponent, std::uint32_t least, std::uint64_t most, std::uint64_t left) {
  const double size = least * std::pow(1 - random.uniform(), -1 / exponent);
  const auto bounded =
      static_cast<std::uint64_t>(std::min(size, static_cast<double>(std::max<std::uint64_t>(most, least))));
  return static_cast<std::uint32_t>(std::max<std::uint64_t>(least, std::min(bounded, left)));
}

void plan_families(Planner& planner, std::uint64_t count) {
  std::uint64_t done = 0;
  while (done + 2 <= count) {
    const double h = planner.open_group("family").hardness;
    Random& random = planner.random();
    const auto size = static_cast<std::uint32_t>(2 + random.below(3) + random.below(3));
    const Draft head = planner.person();
    const Source card = planner.own_card();
    const Source tablet = random.chance(0.5) ? planner.fresh(planner.land().own_devices) : planner.own_device();
    for (std::uint32_t i = 0; i < size; ++i) {
      Draft draft = i == 0 ? head : planner.person();
      draft.account.zone = head.account.zone;
      draft.contexts.front().address = head.contexts.front().address;
      if (random.chance(Planner::between(0.3, 0.9, h))) {
        draft.account.payment = card;
        draft.account.plan = Plan::pro;
      }
      if (random.chance(Planner::between(0.15, 0.6, h))) {
        Context shared = draft.contexts.front();
        shared.device = tablet;
        draft.contexts.push_back(shared);
      }
      planner.add(draft);
    }
    done += size;
  }
}

void plan_offices(Planner& planner, std::uint64_t count) {
  const std::uint64_t most = std::min<std::uint64_t>(10'000, count / 3);
  std::uint64_t done = 0;
  while (done + 5 <= count) {
    const double h = planner.open_group("office").hardness;
    const std::uint32_t size = done == 0 ? static_cast<std::uint32_t>(std::max<std::uint64_t>(5, most))
                                         : crowd_size(planner.random(), 0.9, 5, most, count - done);
    const Office office = open_office(planner, size, h);
    for (std::uint32_t i = 0; i < size; ++i) {
      Draft draft = employee(planner, office);
      start_on_weekday(planner, draft);
      planner.add(draft);
    }
    done += size;
  }
}

void plan_campuses(Planner& planner, std::uint64_t count) {
  const std::uint64_t most = std::min<std::uint64_t>(20'000, count / 2);
  std::uint64_t done = 0;
  while (done + 40 <= count) {
    const double h = planner.open_group("campus").hardness;
    Random& random = planner.random();
    const std::uint32_t size = crowd_size(random, 0.7, 40, most, count - done);
    const auto a_thousand = Planner::between(24, 4, h);
    const PoolId addresses = planner.add_blocks(1 + static_cast<std::uint32_t>(size * a_thousand / 1000), 64);
    const Source lab = planner.any_of(planner.add_opaque(2 + size / 200), 0);
    const std::uint32_t domain = planner.new_mail_domain();
    for (std::uint32_t i = 0; i < size; ++i) {
      Draft draft = planner.person();
      if (random.chance(0.8)) draft.account.payment = {};
      if (random.chance(0.7)) draft.account.mail_domain = domain;
      Context dorm = draft.contexts.front();
      dorm.address = planner.any_of(addresses, 1);
      dorm.schedule = Schedule::student;
      if (random.chance(Planner::between(0, 0.3, h))) dorm.device = lab;
      draft.contexts.front().rate *= 0.3F;
      draft.contexts.insert(draft.contexts.begin(), dorm);
      planner.add(draft);
    }
    done += size;
  }
}

namespace {

struct Lesson {
  std::string_view kind;
  std::uint32_t least, most;
  double rate;
  std::uint8_t hours_open;
};

// One room, one exercise, one sign-up hour; a third of the pupils stay for private use.
void plan_lessons(Planner& planner, std::uint64_t count, const Lesson& lesson) {
  std::uint64_t done = 0;
  while (done + lesson.least <= count) {
    const double h = planner.open_group(lesson.kind).hardness;
    Random& random = planner.random();
    const auto size = static_cast<std::uint32_t>(lesson.least + random.below(lesson.most - lesson.least + 1));
    const auto day = static_cast<int>(random.below(static_cast<std::uint64_t>(planner.days())));
    const auto hour = static_cast<std::uint8_t>(7 + random.below(9));
    const Source room = planner.any_of(planner.add_blocks(1 + static_cast<std::uint32_t>(random.below(2)), 4), 0);
    const Source exercise = planner.any_of(planner.add_opaque(1 + static_cast<std::uint32_t>(random.below(3))), 0);
    const Source machine = planner.fresh(planner.land().own_devices);
    const double machines = random.chance(0.5) ? Planner::between(0.3, 1, h) : 0;
    for (std::uint32_t i = 0; i < size; ++i) {
      Draft draft = planner.person();
      draft.account.payment = {};
      draft.account.plan = Plan::free;
      draft.account.zone = 0;
      const Offset bell = day * kDaySeconds + hour * kHourSeconds;
      const auto sign_up = static_cast<std::uint64_t>(Planner::between(3600, 900, h));
      draft.account.created = bell - 600 + static_cast<Offset>(random.below(sign_up));
      draft.account.begin = std::max(bell, draft.account.created + 30);
      Context session = draft.contexts.front();
      session.address = room;
      session.templates = exercise;
      session.template_chance = static_cast<float>(Planner::between(0.5, 0.9, h));
      if (random.chance(machines)) session.device = machine;
      session.schedule = Schedule::lesson;
      session.profile = Profile::pupil;
      session.hour = hour;
      session.rate = static_cast<float>(lesson.rate);
      session.on = 1;
      session.first_day = session.last_day = static_cast<std::int16_t>(day);
      if (!random.chance(0.35)) draft.contexts.clear();
      draft.contexts.insert(draft.contexts.begin(), session);
      planner.add(draft);
    }
    done += size;
  }
}

}  // namespace

void plan_classrooms(Planner& planner, std::uint64_t count) {
  plan_lessons(planner, count, {"classroom", 14, 40, 6, 2});
}

void plan_hackathons(Planner& planner, std::uint64_t count) {
  plan_lessons(planner, count, {"hackathon", 30, 160, 12, 10});
}

}  // namespace ringscope::world
