// Judgement of small towns whose every account is made by hand: who is at which tier, and what is said in their favour.
#include "engine/detect/judge.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/random.h"
#include "engine/detect/detect.h"
#include "engine/detect/score_model.h"
#include "engine/ingest/ingest.h"
#include "storage/store.h"
#include "tests/engine/lab/scratch.h"

namespace ringscope {
namespace {

constexpr Seconds kStart = 1767225600;  // 2026-01-01, a Thursday
constexpr int kDays = 28;
constexpr int kPublicTemplates = 400;

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

std::vector<std::string> names(const std::string& stem, int count) {
  std::vector<std::string> all;
  for (int i = 0; i < count; ++i) all.push_back(fmt::format("{}-{}", stem, i));
  return all;
}

// Asks for what everybody asks for, and has a home, a card and a device of its own.
Person ordinary(const std::string& name, Random& random) {
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
  // they sit at the school's machines.
  void add_classroom(bool equipped = false) {
    for (int i = 0; i < 30; ++i) {
      Person person = ordinary(fmt::format("pupil-{}", i), random_);
      const std::vector<std::string> home = person.addresses, own = person.templates;
      person.addresses = {"school address"};
      person.cards = {};
      if (equipped) person.devices = {"machine image"};
      person.templates = names("exercise", 5);
      person.created = kStart + 12 * kSecondsPerDay + 9 * 3600 + 60 * i;
      person.first_day = person.last_day = 12;
      person.first_hour = 9;
      person.last_hour = 11;
      person.daily = 20;
      add(person);
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

  // A customer's own batch: five accounts of last year, one payer, one job, day and night from one address.
  void add_pipeline() {
    for (int i = 0; i < 5; ++i) {
      Person person = ordinary(fmt::format("batch-{}", i), random_);
      person.addresses = {"customer address"};
      person.cards = {"company card"};
      person.templates = {"batch job"};
      person.capabilities = {"extraction"};
      person.created = kStart - (300 + 20 * i) * kSecondsPerDay;
      person.plan = "business";
      person.first_hour = 0;
      person.daily = 300;
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

  Detection judged() {
    std::sort(events_.begin(), events_.end());
    std::string text;
    for (const auto& [ts, line] : events_) text += line + "\n";
    const Scratch scratch("judge");
    const auto store = Store::open(scratch.path("db"), {.mode = OpenMode::create});
    const std::vector<std::string> files{scratch.write("log.jsonl", text)};
    IngestProgress reading;
    REQUIRE(ingest(*store, files, {}, reading).rejected == 0);
    DetectProgress detecting;
    return detect(*store, {}, detecting);
  }

 private:
  // An address for a name: the log holds numbers only.
  static std::string address(const std::string& name) {
    const std::uint64_t word = hash_value(name);
    return fmt::format("{}.{}.{}.{}", 11 + word % 180, word >> 8 & 255, word >> 16 & 255, word >> 24 & 255);
  }

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

// An account as a member of a ring.
struct Found {
  const Ring* ring;
  const Member* member;
};

// Members of any ring whose names begin so.
std::vector<Found> find(const Detection& detection, const std::string& stem) {
  std::vector<Found> found;
  for (const Ring& ring : detection.rings) {
    for (const Member& member : ring.members) {
      if (member.name.starts_with(stem)) found.push_back({&ring, &member});
    }
  }
  return found;
}

constexpr std::uint64_t kTowns = 3;

bool none_at_ban(const std::vector<Found>& found) {
  return std::ranges::none_of(found, [](const Found& f) { return f.member->tier == Tier::ban; });
}

// The probability that the ring gives to an honest explanation; 0: not named.
double benign(const Ring& ring, const std::string& name) {
  for (const BenignHypothesis& hypothesis : ring.benign) {
    if (hypothesis.name == name) return hypothesis.probability;
  }
  return 0;
}

TEST_CASE("judge: shared cards and devices, few templates, round the clock: a ban, on several kinds of evidence") {
  for (std::uint64_t seed = 0; seed < kTowns; ++seed) {
    Town town(seed);
    town.add_ring();
    const Detection detection = town.judged();
    REQUIRE(!detection.rings.empty());
    const Ring& ring = detection.rings.front();
    CAPTURE(seed);
    CHECK(ring.tier == Tier::ban);
    CHECK(ring.kinds.size() >= 2);
    CHECK(std::ranges::count(ring.kinds, "payment") == 1);
    CHECK(std::ranges::count(ring.kinds, "fingerprint") == 1);
    CHECK(ring.members.size() == 24);
    CHECK(find(detection, "ring-").size() == 24);
    for (const Found& found : find(detection, "ring-")) {
      CHECK(found.member->tier == Tier::ban);
      CHECK(found.member->score >= 0.95);
    }
    for (const Found& found : find(detection, "citizen-")) CHECK(found.member->tier == Tier::watch);
  }
}

TEST_CASE("judge: an office is at no ban, and is called one when it is reported") {
  for (std::uint64_t seed = 0; seed < kTowns; ++seed) {
    for (const bool equipped : {false, true}) {
      Town town(seed);
      town.add_office(equipped);
      const Detection detection = town.judged();
      const std::vector<Found> colleagues = find(detection, "office-");
      CAPTURE(seed);
      CAPTURE(equipped);
      CHECK(none_at_ban(colleagues));
      for (const Found& found : colleagues) CHECK(benign(*found.ring, "office") >= 0.5);
      if (equipped) CHECK(colleagues.size() >= 30);  // one image and one card are seen
    }
  }
}

TEST_CASE("judge: a family on one card and one address is at no ban, and is called one when it is reported") {
  for (std::uint64_t seed = 0; seed < kTowns; ++seed) {
    Town town(seed);
    town.add_family();
    const Detection detection = town.judged();
    const std::vector<Found> family = find(detection, "family-");
    CAPTURE(seed);
    CHECK(none_at_ban(family));
    CHECK(family.size() == 4);
    for (const Found& found : family) CHECK(benign(*found.ring, "family") >= 0.5);
  }
}

TEST_CASE("judge: a classroom that signed up in one hour is at no ban, and is called one when it is reported") {
  for (std::uint64_t seed = 0; seed < kTowns; ++seed) {
    for (const bool equipped : {false, true}) {
      Town town(seed);
      town.add_classroom(equipped);
      const Detection detection = town.judged();
      const std::vector<Found> pupils = find(detection, "pupil-");
      CAPTURE(seed);
      CAPTURE(equipped);
      CHECK(none_at_ban(pupils));
      for (const Found& found : pupils) CHECK(benign(*found.ring, "classroom") >= 0.5);
      if (equipped) CHECK(pupils.size() >= 25);
    }
  }
}

TEST_CASE("judge: a customer's own batch jobs are at no ban, though they share everything round the clock") {
  for (std::uint64_t seed = 0; seed < kTowns; ++seed) {
    Town town(seed);
    town.add_pipeline();
    const Detection detection = town.judged();
    const std::vector<Found> jobs = find(detection, "batch-");
    CAPTURE(seed);
    CHECK(none_at_ban(jobs));
    CHECK(jobs.size() == 5);
    for (const Found& found : jobs) CHECK(benign(*found.ring, "pipeline") >= 0.5);
  }
}

TEST_CASE("judge: a campus, a VPN, a reseller and a popular application are at no ban") {
  struct Crowd {
    const char* stem;
    void (Town::*add)();
  };
  for (const Crowd& crowd : {Crowd{"student-", &Town::add_campus}, Crowd{"vpn-", &Town::add_vpn},
                             Crowd{"reseller-", &Town::add_reseller}, Crowd{"app-", &Town::add_app}}) {
    for (std::uint64_t seed = 0; seed < kTowns; ++seed) {
      Town town(seed);
      (town.*crowd.add)();
      const Detection detection = town.judged();
      CAPTURE(crowd.stem);
      CAPTURE(seed);
      const std::vector<Found> people = find(detection, crowd.stem);
      CHECK(none_at_ban(people));
    }
  }
}

TEST_CASE("judge: a ring that sits in a campus or leaves by a VPN is found, and those around it are not") {
  for (const bool prompts : {true, false}) {
    for (const bool campus : {true, false}) {
      for (std::uint64_t seed = 0; seed < kTowns; ++seed) {
        Town town(seed, prompts);
        if (campus)
          town.add_campus();
        else
          town.add_vpn();
        town.add_ring(campus ? names("campus", 5) : names("vpn exit", 6));
        const Detection detection = town.judged();
        CAPTURE(prompts);
        CAPTURE(campus);
        CAPTURE(seed);
        CHECK(find(detection, "ring-").size() == 24);
        for (const Found& found : find(detection, "ring-")) CHECK(found.member->tier == Tier::ban);
        for (const Found& found : find(detection, campus ? "student-" : "vpn-"))
          CHECK(found.member->tier == Tier::watch);
      }
    }
  }
}

TEST_CASE("judge: members that only addresses tie to a ring stay in it when they ask what it asks") {
  for (std::uint64_t seed = 0; seed < kTowns; ++seed) {
    Town town(seed);
    town.add_ring(names("exit", 6), 3);
    const Detection detection = town.judged();
    const std::vector<Found> ring = find(detection, "ring-");
    CAPTURE(seed);
    CHECK(ring.size() == 24);
    for (const Found& found : ring) CHECK(found.ring == ring.front().ring);
  }
}

TEST_CASE("judge: who has an address in common with a ring, or buys of it, is below ban when the ring is not") {
  for (std::uint64_t seed = 0; seed < kTowns; ++seed) {
    Town town(seed);
    town.add_ring();
    town.add_neighbours();
    const Detection detection = town.judged();
    const std::vector<Found> ring = find(detection, "ring-");
    CAPTURE(seed);
    CHECK(ring.size() == 24);
    for (const Found& found : ring) CHECK(found.member->tier == Tier::ban);
    CHECK(none_at_ban(find(detection, "neighbour-")));
  }
}

TEST_CASE("judge: side by side, the ring is at ban and nobody else above watch") {
  Town town;
  town.add_ring();
  town.add_neighbours();
  town.add_office(true);
  town.add_family();
  town.add_classroom(true);
  town.add_pipeline();
  const Detection detection = town.judged();
  CHECK(detection.rings.front().tier == Tier::ban);
  std::size_t others = 0;
  for (const Ring& ring : detection.rings) {
    for (const Member& member : ring.members) {
      CAPTURE(member.name);
      CHECK(member.tier <= ring.tier);
      CHECK(member.membership >= 0);
      CHECK(member.membership <= 1);
      if (member.name.starts_with("ring-")) {
        CHECK(member.tier == Tier::ban);
        continue;
      }
      CHECK(member.tier != Tier::ban);
      CHECK((member.tier == Tier::watch || member.name.starts_with("neighbour-")));
      ++others;
    }
  }
  CHECK(others >= 4 + 5 + 30);  // the crowds are seen, and let be
}

// -- the verdict alone

// What an obvious ring's traits look like.
Traits obvious() {
  Traits traits;
  traits.size = 30;
  traits.cohesion = 0.9;
  traits.kinds = {0, 1, 2};
  traits.coverage = 1;
  traits.exclusivity = 1;
  traits.payers = 0.1;
  traits.payer_reach = 0.3;
  traits.addresses = 1;
  traits.address_reach = 0.2;
  traits.has_activity = traits.has_templates = true;
  traits.daily_requests = 100;
  traits.active_hours = 24;
  traits.weekend_share = 2.0 / 7;
  traits.template_repetition = traits.template_overlap = 0.9;
  traits.capability_excess = 1;
  traits.synchrony = 0.9;
  traits.active_days = 25;
  traits.busiest_day = 0.05;
  traits.member_days = 20;
  traits.signup_hour = 0.2;
  return traits;
}

TEST_CASE("judge: a ban needs two kinds of evidence, activity, a high score and no honest explanation above a tenth") {
  REQUIRE(judge(obvious(), {}).tier == Tier::ban);
  Traits one_kind = obvious();
  one_kind.kinds = {0};
  CHECK(judge(one_kind, {.ban_score = 0.0, .ban_benign = 1.0}).tier != Tier::ban);
  one_kind.likeness = {"template", "ip"};  // independent kinds, found another way
  CHECK(judge(one_kind, {.ban_score = 0.0, .ban_benign = 1.0}).tier == Tier::ban);
  Traits unseen = obvious();
  unseen.has_activity = false;
  CHECK(judge(unseen, {.ban_score = 0.0, .ban_benign = 1.0}).tier != Tier::ban);
  Traits explained = obvious();
  explained.payer_reach = 0.76;  // one payer, more or less, on few addresses: explained by a fifth
  explained.addresses = 0.1;
  CHECK(judge(explained, {.ban_score = 0.0}).benign.front().probability > 0.1);
  CHECK(judge(explained, {.ban_score = 0.0}).tier != Tier::ban);
  CHECK(judge(explained, {.ban_score = 0.0, .ban_benign = 0.5}).tier == Tier::ban);
  CHECK(judge(obvious(), {.ban_score = 1.0}).tier == Tier::review);
  CHECK(judge(obvious(), {.ban_score = 1.0, .review_score = 1.0}).tier == Tier::watch);
}

TEST_CASE("judge: the score is that of the findings, less what an honest explanation takes") {
  Traits traits = obvious();
  for (const double reach : {0.3, 0.75, 0.8, 0.9, 1.0}) {
    traits.payer_reach = reach;
    traits.addresses = 0.1;
    const Judgement judgement = judge(traits, {});
    double nats = 0;
    for (const Finding& finding : judgement.findings) nats += finding.nats;
    const double ring = 1 / (1 + std::exp(-nats));
    const double honest = judgement.benign.front().probability;
    CHECK(judgement.score == doctest::Approx(ring * (1 - 0.9 * honest)));
    CHECK(honest == doctest::Approx(std::clamp((reach - 0.7) / 0.25, 0.0, 1.0)));
    CHECK(std::ranges::is_sorted(judgement.findings, std::ranges::greater{},
                                 [](const Finding& finding) { return std::abs(finding.nats); }));
    CHECK(std::ranges::is_sorted(judgement.benign, std::ranges::greater{}, &BenignHypothesis::probability));
  }
}

TEST_CASE("judge: a smooth sum speaks for a ring; even turns alone bring it to review, never to a ban") {
  const auto nats = [](const Traits& traits) {
    double sum = 0;
    for (const Finding& finding : judge(traits, {}).findings) sum += finding.nats;
    return sum;
  };
  Traits smooth = obvious();
  smooth.traffic_ratio = 0.3;
  smooth.traffic_p = 1e-9;
  CHECK(nats(smooth) == doctest::Approx(nats(obvious()) + weight_of("smooth_traffic")));
  smooth.traffic_p = 0.01;  // may be chance
  CHECK(nats(smooth) == doctest::Approx(nats(obvious())));
  Traits even = obvious();
  even.turns_z = -50;  // so are jobs by the clock
  CHECK(nats(even) == doctest::Approx(nats(obvious())));
  // What dispatch.h finds: nothing shared, people's hours and wishes.
  Traits dispatched;
  dispatched.size = 5000;
  dispatched.likeness = {"traffic"};
  dispatched.has_activity = true;
  dispatched.daily_requests = 5.6;
  dispatched.active_hours = 20;
  dispatched.weekend_share = 0.28;
  dispatched.capability_excess = 0.05;
  dispatched.synchrony = 1;
  dispatched.active_days = 30;
  dispatched.member_days = 30;
  dispatched.turns_z = -200;
  CHECK(judge(dispatched, {.ban_score = 0}).tier == Tier::review);
  dispatched.turns_z = 0;
  CHECK(judge(dispatched, {}).tier == Tier::watch);
}

TEST_CASE("judge: what speaks against a ring lowers its score") {
  const double score = judge(obvious(), {}).score;
  const auto scored = [](auto change) {
    Traits traits = obvious();
    change(traits);
    return judge(traits, {}).score;
  };
  CHECK(scored([](Traits& t) { t.kinds = {0}; }) < score);
  CHECK(scored([](Traits& t) { t.cohesion = 0.2; }) < score);
  CHECK(scored([](Traits& t) { t.exclusivity = 0.1; }) < score);
  CHECK(scored([](Traits& t) { t.template_overlap = 0; }) < score);
  CHECK(scored([](Traits& t) { t.active_hours = 10; }) < score);
  CHECK(scored([](Traits& t) { t.weekend_share = 0.02; }) < score);
  CHECK(scored([](Traits& t) { t.daily_requests = 2; }) < score);
  CHECK(scored([](Traits& t) { t.capability_excess = 0; }) < score);
  CHECK(scored([](Traits& t) { t.synchrony = 0.1; }) < score);
  CHECK(scored([](Traits& t) { t.banned = 0.5; }) > score);
}

}  // namespace
}  // namespace ringscope
