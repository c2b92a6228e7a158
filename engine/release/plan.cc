#include "engine/release/plan.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/random.h"
#include "engine/ask/read_run.h"
#include "engine/detect/ring/json_parts.h"
#include "engine/ledger/account_names.h"
#include "engine/ledger/feed_json.h"
#include "engine/release/reasons.h"
#include "engine/release/spared.h"

namespace ringscope {
namespace {

constexpr std::size_t kShares = 20;
constexpr std::size_t kRunsOfMedian = 30;
constexpr std::uint64_t kRolloutSeed = 0x7269'6e67'7363'6f70;

using Tally = std::map<std::string, std::uint64_t>;

std::vector<ReleaseShare> most_first(const Tally& tally) {
  std::vector<ReleaseShare> shares;
  for (const auto& [name, accounts] : tally) shares.push_back({name, accounts});
  std::ranges::stable_sort(shares, std::ranges::greater{}, &ReleaseShare::accounts);
  if (shares.size() > kShares) shares.resize(kShares);
  return shares;
}

std::string age_text(Seconds created, Seconds now) {
  if (created == kNoTime) return "unknown";
  const Seconds days = (now - created) / kSecondsPerDay;
  if (days < 7) return "under 7 days";
  if (days < 30) return "7 to 29 days";
  if (days < 365) return "30 to 364 days";
  return "365 days or more";
}

std::string honest_text(const Ring& ring) {
  double likeliest = 0;
  for (const BenignHypothesis& one : ring.benign) likeliest = std::max(likeliest, one.probability);
  if (likeliest < 0.01) return "under 1%";
  if (likeliest < 0.05) return "1% to 5%";
  if (likeliest < 0.2) return "5% to 20%";
  return "20% or more";
}

class Planner {
 public:
  Planner(const Store& store, const Config& config, const Journal& journal, Seconds now)
      : store_(store),
        config_(config),
        journal_(journal),
        now_(now),
        spared_(store, journal.allowed(now), config.detect.asn_table) {
    store.scan_actions(
        [&](KeyHash account, std::string_view payload) { actions_.emplace(account, action_from_json(payload)); });
  }

  ReleasePlan plan() {
    const RunSummary run = latest_run(store_);
    plan_.run = run.run;
    plan_.active = run.population_accounts;
    plan_.shadow = config_.guards.mode == "shadow";
    plan_.rollout = config_.guards.rollout;
    for (const auto& [account, action] : actions_) plan_.banned += action.type == ActionType::ban ? 1 : 0;
    visit_rings(store_, run.run, [&](const Ring& ring) {
      for (const Member& member : ring.members) {
        if (member.tier == Tier::ban) look_at(ring, member);
      }
    });
    take_back_others();
    const auto by_account = [](const ActionEvent& a, const ActionEvent& b) { return a.account < b.account; };
    std::ranges::sort(plan_.bans, by_account);
    plan_.digest = digest();
    plan_.rings = most_first(rings_);
    plan_.plans = most_first(plans_);
    plan_.ages = most_first(ages_);
    plan_.systems = most_first(systems_);
    plan_.countries = most_first(countries_);
    plan_.honest = most_first(honest_);
    for (const JournalEntry* entry : journal_.lapsed(now_)) plan_.lapsed.push_back(entry->number);
    guard();
    return std::move(plan_);
  }

 private:
  ActionEvent next_of(KeyHash account) const {
    const auto action = actions_.find(account);
    ActionEvent event;
    event.account = account;
    event.version = action == actions_.end() ? 1 : action->second.version + 1;
    event.run = plan_.run;
    return event;
  }

  void look_at(const Ring& ring, const Member& member) {
    if (const JournalEntry* entry = spared_.spares(member.account)) {
      plan_.blocked.push_back({member.account, member.name, ring.id, entry->number, spared_text(*entry)});
      blocked_.insert(member.account);
      return;
    }
    at_ban_.insert(member.account);
    const auto action = actions_.find(member.account);
    if (action != actions_.end() && action->second.type == ActionType::ban) return;
    if (!is_rolled_out(member.account, plan_.rollout)) {
      ++plan_.held_back;
      return;
    }
    ActionEvent event = next_of(member.account);
    event.ring = ring.id;
    event.score = member.score;
    event.reasons = codes_of(ring, member);
    event.sentences = sentences_of(event.reasons);
    count(ring, member);
    plan_.bans.push_back(std::move(event));
  }

  void count(const Ring& ring, const Member& member) {
    const AccountFacts facts = store_.facts_of(member.account);
    ++rings_[ring.id];
    ++plans_[facts.plan.value().empty() ? "unknown" : facts.plan.value()];
    ++ages_[age_text(facts.created, now_)];
    ++honest_[honest_text(ring)];
    const std::vector<std::uint32_t> systems = spared_.systems_of(member.account);
    for (const std::uint32_t system : systems) ++systems_[fmt::format("AS{}", system)];
    if (systems.empty()) ++systems_["unknown"];
    const std::vector<std::string> countries = spared_.countries_of(member.account);
    for (const std::string& country : countries) ++countries_[country];
    if (countries.empty()) ++countries_["unknown"];
  }

  void take_back_others() {
    for (const auto& [account, action] : actions_) {
      if (action.type != ActionType::ban || at_ban_.contains(account)) continue;
      ActionEvent event = next_of(account);
      event.type = ActionType::unban;
      event.ring = action.ring;
      event.score = action.score;
      event.reasons = {blocked_.contains(account) ? "allow_listed" : "not_found_any_more"};
      event.cancels = event_id(action);
      plan_.unbans.push_back(std::move(event));
    }
  }

  std::string digest() const {
    std::string told = fmt::format("run {} shadow {}\n", plan_.run, plan_.shadow);
    for (const std::vector<ActionEvent>* list : {&plan_.bans, &plan_.unbans}) {
      for (const ActionEvent& event : *list)
        told += fmt::format("{} {:016x} {} {}\n", to_string(event.type), event.account, event.version, event.ring);
    }
    return fmt::format("{:016x}", hash_value(told));
  }

  void refuse(const char* guard, std::string message, bool may_override = true) {
    plan_.refusals.push_back({guard, std::move(message), may_override});
  }

  void guard() {
    const GuardConfig& guards = config_.guards;
    const auto bans = static_cast<double>(plan_.bans.size());
    if (const JournalEntry* halt = journal_.halt())
      refuse("kill_switch",
             fmt::format("the kill switch is on since {} by {}: {}; 'ringscope guard resume' takes it off",
                         format_time(halt->at), halt->by, halt->reason),
             false);
    if (plan_.bans.size() > guards.most_accounts)
      refuse("most_accounts", fmt::format("{} accounts would be banned, and guards.most_accounts is {}",
                                          plan_.bans.size(), guards.most_accounts));
    if (bans > guards.most_share * static_cast<double>(plan_.active))
      refuse("most_share", fmt::format("{} of {} accounts ({:.2f}%) would be banned, and guards.most_share is {:.2f}%",
                                       plan_.bans.size(), plan_.active,
                                       plan_.active == 0 ? 100 : 100 * bans / static_cast<double>(plan_.active),
                                       100 * guards.most_share));
    const auto usual = journal_.usual_bans(kRunsOfMedian, guards.least_releases);
    if (guards.most_multiple > 0 && usual && bans > guards.most_multiple * *usual)
      refuse("most_multiple",
             fmt::format("{} accounts would be banned, {:.1f} times the {} of the median of the last releases, and "
                         "guards.most_multiple is {}",
                         plan_.bans.size(), bans / *usual, *usual, guards.most_multiple));
    guard_day();
  }

  // What passes in slices: a release alone is held against the caps above, several within a day against these as well.
  void guard_day() {
    const GuardConfig& guards = config_.guards;
    const std::uint64_t before = journal_.bans_since(now_ - kSecondsPerDay);
    if (guards.daily_multiple == 0 || before == 0 || plan_.bans.empty()) return;
    const std::uint64_t sum = before + plan_.bans.size();
    const auto of_active = [&](double accounts) {
      return plan_.active == 0 ? 100 : 100 * accounts / static_cast<double>(plan_.active);
    };
    if (sum > std::uint64_t{guards.daily_multiple} * guards.most_accounts)
      refuse("daily_accounts", fmt::format("{} accounts would be banned, {} with those of the 24 hours before, and "
                                           "guards.daily_multiple allows {} times guards.most_accounts, {}",
                                           plan_.bans.size(), sum, guards.daily_multiple, guards.most_accounts));
    if (of_active(static_cast<double>(sum)) > 100 * guards.daily_multiple * guards.most_share)
      refuse("daily_share",
             fmt::format("{} accounts would be banned, with those of the 24 hours before {} of {} "
                         "({:.2f}%), and guards.daily_multiple allows {} times guards.most_share, {:.2f}%",
                         plan_.bans.size(), sum, plan_.active, of_active(static_cast<double>(sum)),
                         guards.daily_multiple, 100 * guards.most_share));
  }

  const Store& store_;
  const Config& config_;
  const Journal& journal_;
  Seconds now_;
  Spared spared_;
  std::map<KeyHash, ActionEvent> actions_;
  std::set<KeyHash> at_ban_, blocked_;
  Tally rings_, plans_, ages_, systems_, countries_, honest_;
  ReleasePlan plan_;
};

Json shares_json(const std::vector<ReleaseShare>& shares, std::size_t of) {
  Json list = Json::array();
  for (const ReleaseShare& one : shares)
    list.push_back({{"name", one.name},
                    {"accounts", one.accounts},
                    {"share", of == 0 ? 0.0 : static_cast<double>(one.accounts) / static_cast<double>(of)}});
  return list;
}

Json actions_json(const std::vector<ActionEvent>& events, const Store& store, std::size_t listed) {
  const std::vector<ActionEvent> some(events.begin(),
                                      events.begin() + static_cast<std::ptrdiff_t>(std::min(listed, events.size())));
  const std::vector<std::string> names = account_names(store, some);
  Json list = Json::array();
  for (std::size_t i = 0; i < some.size(); ++i)
    list.push_back(
        {{"account", names[i]}, {"ring", some[i].ring}, {"score", some[i].score}, {"reasons", some[i].reasons}});
  return list;
}

}  // namespace

bool is_rolled_out(KeyHash account, double share) {
  return share >= 1 || static_cast<double>(mix64(account ^ kRolloutSeed) >> 11) * 0x1.0p-53 < share;
}

ReleasePlan plan_release(const Store& store, const Config& config, const Journal& journal, Seconds now) {
  return Planner(store, config, journal, now).plan();
}

std::string plan_to_json(const ReleasePlan& plan, const Store& store, std::size_t listed) {
  Json blocked = Json::array(), refusals = Json::array();
  for (const BlockedAccount& one : plan.blocked) {
    if (blocked.size() == listed) break;
    blocked.push_back({{"account", one.name}, {"ring", one.ring}, {"entry", one.entry}, {"why", one.why}});
  }
  for (const GuardRefusal& one : plan.refusals)
    refusals.push_back({{"guard", one.guard}, {"message", one.message}, {"may_override", one.may_override}});
  const std::size_t bans = plan.bans.size();
  return dump({{"schema", "ringscope.release-plan/1"},
               {"run", plan.run},
               {"digest", plan.digest},
               {"mode", plan.shadow ? "shadow" : "live"},
               {"rollout", plan.rollout},
               {"active", plan.active},
               {"banned", plan.banned},
               {"bans", bans},
               {"share", plan.active == 0 ? 0.0 : static_cast<double>(bans) / static_cast<double>(plan.active)},
               {"unbans", plan.unbans.size()},
               {"blocked", plan.blocked.size()},
               {"held_back", plan.held_back},
               {"by_ring", shares_json(plan.rings, bans)},
               {"by_plan", shares_json(plan.plans, bans)},
               {"by_age", shares_json(plan.ages, bans)},
               {"by_system", shares_json(plan.systems, bans)},
               {"by_country", shares_json(plan.countries, bans)},
               {"by_honest_probability", shares_json(plan.honest, bans)},
               {"lapsed", plan.lapsed},
               {"refusals", std::move(refusals)},
               {"first_bans", actions_json(plan.bans, store, listed)},
               {"first_unbans", actions_json(plan.unbans, store, listed)},
               {"first_blocked", std::move(blocked)}});
}

}  // namespace ringscope
