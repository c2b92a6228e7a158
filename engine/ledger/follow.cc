#include "engine/ledger/follow.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>

#include "base/error.h"
#include "engine/ledger/chronicle.h"
#include "engine/ledger/feed_json.h"
#include "engine/ledger/ring_event_json.h"
#include "engine/ledger/ruled_rings.h"

namespace ringscope {
namespace {

std::set<std::string> touched_rings(const Store& store, std::uint64_t run, const Decisions& before,
                                    const Decisions& after) {
  std::set<std::string> ids;
  for (std::string& id : after.rings_unlike(before)) ids.insert(std::move(id));
  for (const KeyHash account : after.accounts_unlike(before)) {
    if (auto place = store.find_place(run, account)) ids.insert(std::move(*place));
  }
  return ids;
}

// Both ascend by account.
void compare(std::span<const LedgerMember> before, std::span<const LedgerMember> now, RingEvent& event) {
  std::size_t b = 0, n = 0;
  while (b < before.size() || n < now.size()) {
    if (n == now.size() || (b < before.size() && before[b].account < now[n].account)) {
      event.went.push_back({before[b].account, before[b].tier, {}});
      ++b;
    } else if (b == before.size() || now[n].account < before[b].account) {
      event.came.push_back({now[n].account, now[n].tier, {}});
      ++n;
    } else {
      if (before[b].tier != now[n].tier) event.regraded.push_back({now[n].account, before[b].tier, now[n].tier});
      ++b, ++n;
    }
  }
}

RingChange change_of(const std::optional<Standing>& before, const RingEvent& event) {
  if (!before) return RingChange::born;
  if (!event.tier) return RingChange::retired;
  if (!before->live) return RingChange::returned;
  if (event.came.size() > event.went.size()) return RingChange::grown;
  if (event.came.size() < event.went.size()) return RingChange::shrunk;
  return event.came.empty() ? RingChange::regraded : RingChange::moved;
}

// The day that the ledger's last run looked at last.
Day last_day(const Store& store) {
  Day day = kNoDay;
  const std::uint64_t last = store.last_event();
  for (std::uint64_t seq = last; seq > 0 && day == kNoDay && last - seq < 1000; --seq) {
    const auto stored = store.find_event(seq);
    if (stored && is_ring_event(*stored)) return event_from_json(*stored).day;
  }
  return day;
}

std::optional<Standing> standing_of(const Store& store, const std::string& ring) {
  const auto stored = store.find_standing(ring);
  return stored ? std::optional(standing_from_json(stored->payload)) : std::nullopt;
}

struct Step {
  std::uint64_t run = 0, verdict = 0;
  Day day = kNoDay;
};

void add_change(const std::optional<Standing>& before, const std::optional<NewRing>& now, const std::string& id,
                const Step& step, Aftermath& result) {
  const bool lives = before && before->live;
  if (!lives && !now) return;
  RingEvent event;
  event.run = step.run;
  event.day = step.day;
  event.verdict = step.verdict;
  event.ring = id;
  event.version = before ? before->version + 1 : 1;
  if (lives) event.tier_before = before->tier;
  if (now) event.tier = now->tier;
  const std::vector<LedgerMember> none;
  const std::vector<LedgerMember>& members = now ? now->members : none;
  compare(lives ? before->members : none, members, event);
  event.size = members.size();
  if (lives && now && event.tier == event.tier_before && event.came.empty() && event.went.empty() &&
      event.regraded.empty())
    return;
  event.change = change_of(before, event);
  Standing standing = before.value_or(Standing{.ring = id, .born = step.run});
  standing.version = event.version;
  standing.live = now.has_value();
  standing.run = step.run;
  standing.day = step.day;
  if (now) {
    standing.since = since_of(before ? &*before : nullptr, now->members, step.day);
    standing.tier = now->tier;
    standing.members = now->members;
  }
  result.events.push_back(std::move(event));
  result.standings.push_back(std::move(standing));
}

bool clears(const Verdict* verdict) {
  return verdict != nullptr && verdict->word != VerdictWord::confirm && verdict->word != VerdictWord::note;
}

// Accounts that may have left tier ban.
std::set<KeyHash> perhaps_cleared(const Decisions& before, const Decisions& after, const Aftermath& aftermath) {
  std::set<KeyHash> accounts;
  for (const RingEvent& event : aftermath.events) {
    for (const MovedAccount& one : event.went) accounts.insert(one.account);
    for (const RegradedAccount& one : event.regraded) accounts.insert(one.account);
  }
  for (const KeyHash account : after.accounts_unlike(before)) {
    if (clears(after.of_account(account))) accounts.insert(account);
  }
  return accounts;
}

void take_back_actions(const Store& store, const Decisions& before, const Decisions& after, const Aftermath& aftermath,
                       const Verdict& last, DecisionWriter& writer) {
  for (const KeyHash account : perhaps_cleared(before, after, aftermath)) {
    const auto tier = aftermath.tiers.find(account);
    if (tier != aftermath.tiers.end() && tier->second == Tier::ban) continue;
    const auto stored = store.find_action(account);
    if (!stored) continue;
    ActionEvent event = action_from_json(*stored);
    if (event.type != ActionType::ban) continue;
    const Verdict* own = after.of_account(account);
    const Verdict& cause = clears(own) ? *own : last;
    event.cancels = event_id(event);
    event.type = ActionType::unban;
    ++event.version;
    event.run = cause.run;
    event.at = cause.given;
    event.verdict = cause.number;
    event.release = 0;
    event.reasons = {cause.retraction ? "retracted" : "human_decision"};
    event.sentences.clear();
    event.seq = writer.add_event(stored_event_to_json(event));
    writer.set_action(account, action_to_json(event));
  }
}

void write(const Aftermath& aftermath, DecisionWriter& writer) {
  for (std::size_t i = 0; i < aftermath.events.size(); ++i) {
    Standing standing = aftermath.standings[i];
    standing.events.push_back(writer.add_event(stored_event_to_json(aftermath.events[i])));
    writer.set_standing({standing.ring, standing_to_json(standing)});
  }
}

// The last verdict from this number on that decides something; of notes alone, the last.
const Verdict* last_decision(const std::vector<Verdict>& log, std::uint64_t first) {
  for (std::size_t i = log.size(); i >= first; --i) {
    if (log[i - 1].word != VerdictWord::note) return &log[i - 1];
  }
  return &log.back();
}

}  // namespace

Aftermath follow(const Store& store, const Decisions& before, const Decisions& after, std::uint64_t verdict) {
  Aftermath result;
  const auto latest = store.latest_run();
  if (!latest) return result;
  const RuledRings was(store, before, latest->run), is(store, after, latest->run);
  std::set<std::string> ids = touched_rings(store, latest->run, before, after);
  for (const RuledRings* side : {&was, &is}) {
    for (std::string& id : side->carried()) ids.insert(std::move(id));
  }
  const Step step{latest->run, verdict, last_day(store)};
  for (const std::string& id : ids) {
    const std::optional<Ring> ring = is.ring(id);
    const auto now = ring ? std::optional(new_ring_of(*ring)) : std::nullopt;
    add_change(standing_of(store, id), now, id, step, result);
    if (!now) continue;
    for (const LedgerMember& member : now->members) result.tiers.emplace(member.account, member.tier);
  }
  return result;
}

std::vector<std::uint64_t> record_verdicts(Store& store, std::span<const Verdict> verdicts) {
  if (verdicts.empty()) return {};
  std::vector<Verdict> log = read_verdicts(store);
  const Decisions before(log);
  std::vector<std::uint64_t> numbers;
  for (const Verdict& verdict : verdicts) {
    log.push_back(verdict);
    log.back().number = log.size();
    numbers.push_back(log.size());
  }
  const Decisions after(std::move(log));
  const Verdict& cause = *last_decision(after.verdicts(), numbers.front());
  const Aftermath aftermath = follow(store, before, after, cause.number);
  const auto writer = store.decision_writer();
  for (const std::uint64_t number : numbers) {
    const Verdict& verdict = after.verdicts()[number - 1];
    writer->add_verdict(verdict_to_json(verdict));
    writer->add_event(
        stored_event_to_json(VerdictNotice{0, verdict, verdict.accounts.size(), after.state(number - 1)}));
  }
  write(aftermath, *writer);
  take_back_actions(store, before, after, aftermath, cause, *writer);
  writer->commit();
  return numbers;
}

void follow_late_verdicts(Store& store, const Decisions& known) {
  const Decisions now(read_verdicts(store));
  if (now.verdicts().size() == known.verdicts().size()) return;
  const Aftermath aftermath = follow(store, known, now, now.verdicts().size());
  const auto writer = store.decision_writer();
  write(aftermath, *writer);
  writer->commit();
}

}  // namespace ringscope
