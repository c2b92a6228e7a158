#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/error.h"
#include "engine/ask/read_run.h"
#include "engine/ask/verdicts.h"
#include "engine/detect/publish.h"
#include "engine/detect/ring/overrule.h"
#include "engine/ledger/account_names.h"
#include "engine/ledger/feed_json.h"
#include "engine/ledger/replay.h"
#include "engine/release/release.h"
#include "engine/release/retract.h"
#include "tests/engine/release/histories.h"

namespace ringscope {
namespace {

std::string name_of(std::uint64_t i) { return fmt::format("a{}", i); }

Tier random_tier(Random& random) {
  const std::uint64_t dice = random.below(10);
  return dice < 6 ? Tier::ban : dice < 8 ? Tier::review : Tier::watch;
}

// Accounts drawn into rings, so that from run to run rings grow, shrink, split, merge, retire and come back.
std::vector<Ring> random_rings(Random& random) {
  std::vector<Ring> rings(random.below(5));
  const std::uint64_t style = random.below(3);
  for (std::uint64_t i = 0; i < kHistoryAccounts && !rings.empty(); ++i) {
    if (random.below(4) == 0) continue;
    const std::uint64_t at = style == 0 ? i * rings.size() / kHistoryAccounts : random.below(rings.size());
    Member& member = rings[at].members.emplace_back();
    member.name = name_of(i);
    member.account = hash_value(member.name);
    member.membership = 1;
  }
  std::erase_if(rings, [](const Ring& ring) { return ring.members.size() < 2; });
  for (Ring& ring : rings) {
    KeyHash least = ring.members.front().account;
    ring.tier = random_tier(random);
    ring.score = 0.25 * static_cast<double>(random.below(4));
    ring.kinds = {"payment", "ip"};
    for (Member& member : ring.members) {
      least = std::min(least, member.account);
      member.tier = std::min(ring.tier, random.below(5) == 0 ? Tier::review : Tier::ban);
      member.score = ring.score;
    }
    ring.id = fmt::format("R-{:08x}", mix64(least) >> 32);
    std::ranges::sort(ring.members, {}, &Member::name);
  }
  return rings;
}

void run_step(Store& store, Random& random) {
  std::vector<Ring> rings = random_rings(random);
  const Decisions decisions(read_verdicts(store));
  overrule(store, decisions, 0, rings);
  const LedgerEntries entries = reconcile_ruled(store, 20454, decisions, rings);
  RunSummary summary;
  summary.digest = "d";
  summary.population_accounts = 1000;
  publish(store, rings, summary, {}, entries);
}

std::string random_target(const Store& store, Random& random) {
  std::vector<std::string> rings;
  store.scan_standings([&](const StoredRing& ring) { rings.push_back(ring.id); });
  if (rings.empty() || random.below(2) == 0) return name_of(random.below(kHistoryAccounts));
  return rings[random.below(rings.size())];
}

void verdict_step(Store& store, Random& random, Seconds now) {
  constexpr std::array kWords = {VerdictWord::confirm, VerdictWord::reject, VerdictWord::benign,
                                 VerdictWord::needs_more, VerdictWord::note};
  VerdictRequest request;
  request.target = random_target(store, random);
  request.word = kWords[random.below(kWords.size())];
  request.by = random.below(2) == 0 ? "ann" : "bob";
  request.reason = "drawn";
  request.now = now;
  request.two_persons_above = 12;
  give_verdict(store, request);
}

void release_step(Store& store, Random& random, Seconds now) {
  Config config = lenient();
  config.guards.rollout = random.below(3) == 0 ? 0.5 : 1;
  config.guards.persons = random.below(2) == 0 ? 2 : 1;
  release(store, config, {.by = random.below(2) == 0 ? "ann" : "bob", .reason = "", .digest = "", .now = now});
}

void allow_step(Store& store, Random& random, Seconds now) {
  allow(store, {"ann", "drawn", now}, name_of(random.below(kHistoryAccounts)), "ann", now + 1000);
}

void any_step(Store& store, Random& random, Seconds now) {
  const std::uint64_t dice = random.below(20);
  if (dice < 6) return run_step(store, random);
  if (dice < 11) return verdict_step(store, random, now);
  if (dice < 13) {
    const std::size_t log = read_verdicts(store).size();
    if (log > 0) undo_verdict(store, 1 + random.below(log), "cy", "drawn", now);
    return;
  }
  if (dice < 15) {
    retract(store, {random_target(store, random), false, "cy", "drawn", now});
    return;
  }
  if (dice < 18) return release_step(store, random, now);
  if (dice == 18) return allow_step(store, random, now);
  if (read_journal(store).halt() != nullptr) {
    resume(store, {"dan", "drawn", now});
  } else {
    halt(store, {"dan", "drawn", now});
  }
}

std::string ring_text(const std::string& id, Tier tier, const std::map<KeyHash, Tier>& members) {
  std::string text = fmt::format("{} {}", id, to_string(tier));
  for (const auto& [account, its] : members) text += fmt::format(" {:016x}={}", account, to_string(its));
  return text;
}

}  // namespace

Config lenient() {
  Config config;
  config.guards.most_share = 1;
  config.guards.daily_multiple = 0;
  config.guards.most_multiple = 0;
  config.guards.persons = 1;
  return config;
}

void begin_history(Store& store) {
  const auto writer = store.live_writer();
  for (std::uint64_t i = 0; i < kHistoryAccounts; ++i) {
    AccountRow row;
    row.account = hash_value(name_of(i));
    writer->add_name({{kAccountKind, row.account}, name_of(i)});
    row.facts.created = 1000;
    writer->add_row(row);
  }
  writer->commit();
}

void take_step(Store& store, Random& random, Seconds now) {
  try {
    any_step(store, random, now);
  } catch (const Error& error) {
    const ErrorCode code = error.code();
    if (code != ErrorCode::usage && code != ErrorCode::not_found && code != ErrorCode::refused) throw;
  }
}

std::vector<std::string> told_by_reading(const Store& store) {
  std::vector<std::string> told;
  if (!store.latest_run()) return told;
  for (const Ring& ring : read_rings(store, store.latest_run()->run, RingParts::members)) {
    std::map<KeyHash, Tier> members;
    for (const Member& member : ring.members) members.emplace(member.account, member.tier);
    told.push_back(ring_text(ring.id, ring.tier, members));
  }
  std::ranges::sort(told);
  return told;
}

std::vector<std::string> told_by_replay(const Store& store) {
  std::map<std::string, RingVersion> rings;
  store.scan_events(1, UINT64_MAX, [&](const StoredEvent& stored) {
    const FeedEvent event = feed_event_from_json(stored);
    if (const auto* one = std::get_if<RingEvent>(&event)) apply(*one, rings[one->ring]);
  });
  std::vector<std::string> told;
  for (const auto& [id, ring] : rings) {
    std::map<KeyHash, Tier> members;
    for (const LedgerMember& member : ring.members) members.emplace(member.account, member.tier);
    if (!members.empty()) told.push_back(ring_text(id, ring.tier, members));
  }
  return told;
}

std::vector<std::string> banned_as_stored(const Store& store) {
  std::vector<std::string> banned;
  store.scan_actions([&](KeyHash account, std::string_view payload) {
    const ActionEvent action = action_from_json(payload);
    banned.push_back(fmt::format("{:016x} {} {} {}", account, to_string(action.type), action.version, action.seq));
  });
  return banned;
}

std::vector<std::string> banned_by_replay(const Store& store) {
  std::map<KeyHash, ActionEvent> actions;
  std::vector<std::string> wrong;
  store.scan_events(1, UINT64_MAX, [&](const StoredEvent& stored) {
    const FeedEvent event = feed_event_from_json(stored);
    const auto* one = std::get_if<ActionEvent>(&event);
    if (one == nullptr) return;
    const auto before = actions.find(one->account);
    const bool banned = before != actions.end() && before->second.type == ActionType::ban;
    if (banned == (one->type == ActionType::ban)) wrong.push_back(fmt::format("event {} says it twice", stored.seq));
    if (one->type == ActionType::unban && banned && one->cancels != event_id(before->second))
      wrong.push_back(fmt::format("event {} cancels another", stored.seq));
    actions[one->account] = *one;
  });
  for (const auto& [account, action] : actions)
    wrong.push_back(fmt::format("{:016x} {} {} {}", account, to_string(action.type), action.version, action.seq));
  return wrong;
}

}  // namespace ringscope
