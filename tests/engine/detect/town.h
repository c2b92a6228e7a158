// A small town whose every account is made by hand: citizens, and on request a ring and the crowds that look like one.
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/random.h"
#include "engine/detect/detect.h"
#include "engine/ingest/ingest.h"
#include "storage/store.h"
#include "tests/engine/lab/scratch.h"

namespace ringscope::testing {

inline constexpr Seconds kStart = 1767225600;  // 2026-01-01, a Thursday
inline constexpr int kDays = 28;
inline constexpr int kPublicTemplates = 400;

// One account and its habits; each request picks one of each list.
struct Person {
  std::string name;
  std::vector<std::string> addresses, cards, devices, templates, capabilities;
  Seconds created = kStart;
  std::string plan = "free";
  int first_day = 0, last_day = kDays - 1;
  int first_hour = 7, last_hour = 23;  // UTC
  bool weekdays_only = false;
  double daily = 2;  // requests on a day
};

inline std::vector<std::string> names(const std::string& stem, int count) {
  std::vector<std::string> all;
  for (int i = 0; i < count; ++i) all.push_back(fmt::format("{}-{}", stem, i));
  return all;
}

// Asks for what everybody asks for, and has a home, a card and a device of its own.
inline Person ordinary(const std::string& name, Random& random) {
  Person person;
  person.name = name;
  person.addresses = {fmt::format("home of {}", name)};
  person.cards = {fmt::format("card of {}", name)};
  person.devices = {fmt::format("device of {}", name)};
  for (int i = 0; i < 6; ++i) person.templates.push_back(fmt::format("public-{}", random.below(kPublicTemplates)));
  person.capabilities = {"chat", "writing", "coding", "search"};
  person.created = kStart - static_cast<Seconds>(random.below(700)) * kSecondsPerDay -
                   static_cast<Seconds>(random.below(kSecondsPerDay));
  person.daily = 0.5 + 3 * random.uniform();
  return person;
}

class Town {
 public:
  explicit Town(std::uint64_t seed = 1, bool prompts = true) : random_(seed), prompts_(prompts) {
    for (int i = 0; i < 1500; ++i) {
      Person person = ordinary(fmt::format("citizen-{}", i), random_);
      // Two in five are on one of twelve addresses of a carrier, too; one in two has a device of a common model.
      if (random_.chance(0.4)) person.addresses.push_back(fmt::format("carrier-{}", random_.below(12)));
      if (random_.chance(0.5)) person.devices = {fmt::format("model-{}", random_.below(40))};
      add(person);
    }
  }

  Random& random() { return random_; }

  void add(const Person& person) {
    for (int day = person.first_day; day <= person.last_day; ++day) {
      const bool weekend = day % 7 == 2 || day % 7 == 3;
      if (weekend && person.weekdays_only) continue;
      for (std::uint64_t n = random_.poisson(person.daily); n > 0; --n) add_request(person, day);
    }
  }

  // 24 accounts on three cards and devices and six addresses, round the clock on four templates. Every `loose`th has a
  // card and a device of its own.
  void add_ring(const std::vector<std::string>& addresses = names("exit", 6), int loose = 0) {
    for (int i = 0; i < 24; ++i) {
      Person person = ordinary(fmt::format("ring-{}", i), random_);
      person.addresses = addresses;
      if (loose == 0 || i % loose != 0) {
        person.cards = {fmt::format("ring-card-{}", i % 3)};
        person.devices = {fmt::format("ring-device-{}", i / 3 % 3)};
      }
      person.templates = names("job", 4);
      person.capabilities = {"agentic"};
      person.created = kStart + 600 * i;
      person.first_hour = 0;
      person.daily = 60;
      add(person);
    }
  }

  // Forty colleagues behind one address, everything else their own. Where `equipped`, three in five pay with the
  // company's card, and all have the same laptop image and some prompts of the house.
  void add_office(bool equipped = false) {
    for (int i = 0; i < 40; ++i) {
      Person person = ordinary(fmt::format("office-{}", i), random_);
      person.addresses.insert(person.addresses.end(), 3, "office address");
      if (equipped && i % 5 < 3) person.cards = {"office card"};
      if (equipped) person.devices = {"laptop image"};
      if (equipped) person.templates.insert(person.templates.end(), {"house-0", "house-1", "house-2"});
      person.first_hour = 8;
      person.last_hour = 18;
      person.weekdays_only = true;
      person.daily = 6;
      add(person);
    }
  }

  void add_family() {
    for (int i = 0; i < 4; ++i) {
      Person person = ordinary(fmt::format("family-{}", i), random_);
      person.addresses = {"family home"};
      person.cards = {"family card"};
      add(person);
    }
  }

  // Thirty who signed up in the same lesson and do the same exercises; some try it again at home. Where `equipped`,
  // they sit at the school's machines. The class meets `lessons` times, every other day.
  void add_classroom(bool equipped = false, int lessons = 1) {
    for (int i = 0; i < 30; ++i) {
      Person person = ordinary(fmt::format("pupil-{}", i), random_);
      const std::vector<std::string> home = person.addresses, own = person.templates;
      person.addresses = {"school address"};
      person.cards = {};
      if (equipped) person.devices = {"machine image"};
      person.templates = names("exercise", 5);
      person.created = kStart + 12 * kSecondsPerDay + 9 * 3600 + 60 * i;
      person.first_hour = 9;
      person.last_hour = 11;
      person.daily = lessons == 1 ? 20 : 5;
      for (int lesson = 0; lesson < lessons; ++lesson) {
        person.first_day = person.last_day = 12 + 2 * lesson;
        add(person);
      }
      if (i % 3 != 0) continue;
      person.addresses = home;
      person.templates = own;
      person.first_day = 14;
      person.last_day = 20;
      person.last_hour = 20;
      person.daily = 0.5;
      add(person);
    }
  }

  // A customer's own batch: accounts of last year, one payer, one job, day and night from one address. The last `fresh`
  // of them were made on the thirteenth day.
  void add_pipeline(int accounts = 5, int fresh = 0) {
    for (int i = 0; i < accounts; ++i) {
      Person person = ordinary(fmt::format("batch-{}", i), random_);
      person.addresses = {"customer address"};
      person.cards = {"company card"};
      person.templates = {"batch job"};
      person.capabilities = {"extraction"};
      person.created = kStart - (300 + 20 * i) * kSecondsPerDay;
      if (i >= accounts - fresh) {
        person.created = kStart + 12 * kSecondsPerDay;
        person.first_day = 13;
      }
      person.plan = "business";
      person.first_hour = 0;
      person.daily = 1500.0 / accounts;
      add(person);
    }
  }

  // Two hundred students behind five addresses, without cards; half sit at the machines of the pool room.
  void add_campus() {
    for (int i = 0; i < 200; ++i) {
      Person person = ordinary(fmt::format("student-{}", i), random_);
      person.addresses = names("campus", 5);
      person.cards = {};
      if (i % 2 == 0) person.devices.emplace_back("pool room image");
      add(person);
    }
  }

  // Customers of one VPN, everything else their own.
  void add_vpn() {
    for (int i = 0; i < 80; ++i) {
      Person person = ordinary(fmt::format("vpn-{}", i), random_);
      person.addresses = names("vpn exit", 6);
      add(person);
    }
  }

  // One payer and one client for forty end users, who live where they live and ask what they want.
  void add_reseller() {
    for (int i = 0; i < 40; ++i) {
      Person person = ordinary(fmt::format("reseller-{}", i), random_);
      person.cards = {"reseller card"};
      person.devices = {"reseller client"};
      person.daily = std::exp(2 * random_.uniform());
      person.capabilities.resize(1 + random_.below(4));
      add(person);
    }
  }

  // Three hundred strangers who ask by way of one popular application: its client, and its prompt half of the time.
  void add_app() {
    for (int i = 0; i < 300; ++i) {
      Person person = ordinary(fmt::format("app-{}", i), random_);
      person.devices = {"application client"};
      person.templates.insert(person.templates.end(), 6, "application prompt");
      add(person);
    }
  }

  // People with a card, a device and prompts of their own: one leaves by an address of the ring half of the time, one
  // always, one by all of them, and one by all of them from a device of the ring.
  void add_neighbours() {
    Person person = ordinary("neighbour-now-and-then", random_);
    person.addresses.emplace_back("exit-0");
    add(person);
    person = ordinary("neighbour-next-door", random_);
    person.addresses = {"exit-1"};
    add(person);
    person = ordinary("neighbour-buys-exits", random_);
    person.addresses = names("exit", 6);
    add(person);
    person = ordinary("neighbour-buys-devices", random_);
    person.addresses = names("exit", 6);
    person.devices = {"ring-device-0"};
    add(person);
  }

  void ban(const std::string& name, Seconds at) {
    events_.emplace_back(at, fmt::format(R"({{"ts":{},"account":"{}","status":"banned"}})", at, name));
  }

  std::unique_ptr<Store> stored(const Scratch& scratch) const {
    auto events = events_;
    std::sort(events.begin(), events.end());
    std::string text;
    for (const auto& [ts, line] : events) text += line + "\n";
    auto store = Store::open(scratch.path("db"), {.mode = OpenMode::create});
    const std::vector<std::string> files{scratch.write("log.jsonl", text)};
    IngestProgress reading;
    REQUIRE(ingest(*store, files, {}, reading).rejected == 0);
    return store;
  }

  Detection judged() {
    const Scratch scratch("judge");
    const auto store = stored(scratch);
    DetectProgress detecting;
    return detect(*store, {}, detecting);
  }

  // An address for a name: the log holds numbers only.
  static std::string address(const std::string& name) {
    const std::uint64_t word = hash_value(name);
    return fmt::format("{}.{}.{}.{}", 11 + word % 180, word >> 8 & 255, word >> 16 & 255, word >> 24 & 255);
  }

 private:
  const std::string& one_of(const std::vector<std::string>& all) { return all[random_.below(all.size())]; }

  void add_request(const Person& person, int day) {
    const Seconds hours = person.last_hour + 1 - person.first_hour;
    const Seconds ts = kStart + day * kSecondsPerDay + person.first_hour * 3600 +
                       static_cast<Seconds>(random_.below(static_cast<std::uint64_t>(hours * 3600)));
    std::string line = fmt::format(
        R"({{"ts":{},"account":"{}","created":{},"plan":"{}","ip":"{}","fingerprint":"{}","capability":"{}","tokens":{})",
        ts, person.name, std::min(person.created, ts), person.plan, address(one_of(person.addresses)),
        one_of(person.devices), one_of(person.capabilities), 50 + random_.below(2000));
    if (prompts_) line += fmt::format(R"(,"template":"{}")", one_of(person.templates));
    if (!person.cards.empty()) line += fmt::format(R"(,"payment":"{}")", one_of(person.cards));
    events_.emplace_back(ts, line + "}");
  }

  Random random_;
  bool prompts_;  // whether the log has them
  std::vector<std::pair<Seconds, std::string>> events_;
};

}  // namespace ringscope::testing
