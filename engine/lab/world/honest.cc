// Who makes up the honest part of a world: one line a kind.
#include <algorithm>
#include <array>

#include "engine/lab/world/crowds.h"

namespace ringscope::world {
namespace {

struct HonestKind {
  SimulatedKind about;
  double share;  // of the honest accounts
  void (*plan)(Planner& planner, std::uint64_t count);
  bool asked_for = false;  // planted only where it is named
};

constexpr std::array<HonestKind, 17> kKinds = {{
    {{"family", false, "2-6 people: home address, sometimes a card, sometimes a device", "more share card and device"},
     0.14,
     plan_families},
    {{"office", false,
      "5 to 10,000 colleagues: NAT addresses, company card, laptop image, in-house templates; office hours; home "
      "besides",
      "fewer addresses; more on the card, the image and the templates"},
     0.15,
     plan_offices},
    {{"campus", false, "students behind few addresses, no payment, unrelated behaviour",
      "fewer addresses; lab machines"},
     0.06,
     plan_campuses},
    {{"classroom", false,
      "14-40 accounts signed up within the hour, one exercise, one day, then silence or private use",
      "shorter sign-up; one machine image; same template"},
     0.025,
     plan_classrooms},
    {{"hackathon", false, "30-160 accounts, a classroom that is louder", "as classroom"}, 0.015, plan_hackathons},
    {{"pipeline", false, "one customer's keys: one card, fixed addresses, same client and templates round the clock",
      "asks for what rings ask for"},
     0.008,
     plan_pipelines},
    {{"nat", false, "strangers behind a carrier's few addresses, changing every other day", "more people an address"},
     0.10,
     plan_carriers},
    {{"vpn", false, "strangers behind VPN exits", "stay longer on an exit"}, 0.04, plan_vpns},
    {{"publicproxy", false, "strangers behind open proxies, where rings hide too", "-"}, 0.01, plan_proxies},
    {{"reseller", false, "a third-party app's users: one client fingerprint, one payer, unrelated people",
      "gateway address; preset templates"},
     0.05,
     plan_resellers},
    {{"evaluation", false,
      "one customer's keys that run a benchmark: few templates, loud for a day, again when a model comes out",
      "one capability instead of all; answers as long as a ring's"},
     0.005,
     plan_evaluations},
    {{"chain", false, "8-67 shops: own line, own card of one bank, one mail domain, the same prompts and hours",
      "hardly any other prompts; the same till"},
     0.008,
     plan_chains},
    {{"application", false, "strangers with one client and its preset prompts, each with a card of his own",
      "hardly any prompts but the presets"},
     0.012,
     plan_applications},
    {{"course", false, "15-154 people who do the same exercises at home, week by week", "hardly any other prompts"},
     0.01,
     plan_courses},
    {{"agency", false,
      "6-40 accounts of as many clients on one agency's line, machines and house prompts; office hours",
      "fewer machines; hardly any other prompts"},
     0.02,
     plan_agencies,
     true},
    {{"cafe", false, "20-150 strangers on the line and the machines of a cafe, library or shelter; most pay nothing",
      "fewer machines; more of them signed up there and have nothing else"},
     0.02,
     plan_cafes,
     true},
    {{"term", false, "20-120 students on their department's card, signed up in one lesson, the same exercises",
      "hardly any other prompts"},
     0.02,
     plan_terms,
     true},
}};

constexpr SimulatedKind kIndividual = {
    "individual", false, "plain people: own card, device and home address, some leased and handed on to strangers",
    "leases change hands more often; more popular devices"};
constexpr SimulatedKind kBuyer = {"buyer", false, "honest customers of a mixed pool: its addresses, all else their own",
                                  "as mixed"};

}  // namespace

std::vector<SimulatedKind> honest_kinds() {
  std::vector<SimulatedKind> kinds;
  kinds.reserve(kKinds.size() + 2);
  for (const HonestKind& kind : kKinds) kinds.push_back(kind.about);
  kinds.push_back(kBuyer);
  kinds.push_back(kIndividual);
  return kinds;
}

std::vector<std::string_view> crowds_to_ask_for() {
  std::vector<std::string_view> names;
  for (const HonestKind& kind : kKinds) {
    if (kind.asked_for) names.push_back(kind.about.name);
  }
  return names;
}

void plan_honest(Planner& planner, std::uint64_t count) {
  const std::uint64_t before = planner.world().accounts.size();
  const std::vector<std::string>& wanted = planner.world().options.crowds;
  for (const HonestKind& kind : kKinds) {
    if (kind.asked_for && std::ranges::find(wanted, kind.about.name) == wanted.end()) continue;
    const std::uint64_t left = count - (planner.world().accounts.size() - before);
    kind.plan(planner, std::min(left, static_cast<std::uint64_t>(static_cast<double>(count) * kind.share)));
  }
  planner.open_individuals();
  while (planner.world().accounts.size() - before < count) planner.add(planner.person());
}

}  // namespace ringscope::world
