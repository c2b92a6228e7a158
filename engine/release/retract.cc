#include "engine/release/retract.h"

#include <algorithm>
#include <set>

#include "engine/ask/read_run.h"
#include "engine/detect/ring/json_parts.h"
#include "engine/ingest/normalize.h"
#include "engine/ledger/account_names.h"
#include "engine/ledger/chronicle.h"
#include "engine/ledger/feed_json.h"
#include "engine/ledger/follow.h"
#include "engine/ledger/ring_event_json.h"

namespace ringscope {
namespace {

// Every account that was in the ring last or was told to be banned for it.
std::vector<KeyHash> accounts_of(const Store& store, const std::string& ring) {
  std::set<KeyHash> accounts;
  if (const auto stored = store.find_standing(ring)) {
    for (const LedgerMember& member : standing_from_json(stored->payload).members) accounts.insert(member.account);
  }
  store.scan_actions([&](KeyHash account, std::string_view payload) {
    const ActionEvent action = action_from_json(payload);
    if (action.type == ActionType::ban && action.ring == ring) accounts.insert(account);
  });
  return {accounts.begin(), accounts.end()};
}

void put_target(const Store& store, const RetractRequest& request, Verdict& verdict) {
  if (!request.account && request.target.starts_with("R-")) {
    verdict.target = verdict.ring = find_standing(store, request.target).ring;
    verdict.accounts = accounts_of(store, verdict.ring);
    return;
  }
  const KeyHash account = hash_value(request.target);
  if (store.name_of({kAccountKind, account}) != request.target)
    throw Error(ErrorCode::not_found, "the store has never seen this account", request.target);
  verdict.target = request.target;
  verdict.accounts = {account};
}

std::uint64_t count_banned(const Store& store, const std::vector<KeyHash>& accounts) {
  std::uint64_t banned = 0;
  for (const KeyHash account : accounts) {
    const auto stored = store.find_action(account);
    if (stored && action_from_json(*stored).type == ActionType::ban) ++banned;
  }
  return banned;
}

}  // namespace

Retraction retract(Store& store, const RetractRequest& request) {
  if (trim(request.by).empty()) throw Error(ErrorCode::usage, "who takes it back? Name somebody", "--by");
  if (trim(request.reason).empty())
    throw Error(ErrorCode::usage, "a retraction needs a reason that others can check", "--reason");
  Retraction result;
  Verdict& verdict = result.verdict;
  verdict.word = VerdictWord::reject;
  verdict.by = request.by;
  verdict.reason = request.reason;
  verdict.given = request.now;
  verdict.run = store.counts().runs;
  verdict.retraction = true;
  put_target(store, request, verdict);
  const std::uint64_t banned = count_banned(store, verdict.accounts);
  result.first_seq = store.last_event() + 1;
  verdict.number = record_verdicts(store, {&verdict, 1}).front();
  result.last_seq = store.last_event();
  result.kept = count_banned(store, verdict.accounts);
  result.unbanned = banned - result.kept;
  return result;
}

std::string retraction_to_json(const Retraction& retraction) {
  const Verdict& verdict = retraction.verdict;
  return dump({{"schema", "ringscope.retraction/1"},
               {"verdict", verdict.number},
               {"target", verdict.target},
               {"ring", verdict.ring.empty() ? Json(nullptr) : Json(verdict.ring)},
               {"by", verdict.by},
               {"reason", verdict.reason},
               {"accounts", verdict.accounts.size()},
               {"unbanned", retraction.unbanned},
               {"kept", retraction.kept},
               {"first_seq", retraction.first_seq},
               {"last_seq", retraction.last_seq}});
}

std::vector<OverturnedBan> overturned_bans(const Store& store) {
  std::vector<OverturnedBan> bans;
  const std::vector<Verdict> verdicts = read_verdicts(store);
  const std::uint64_t run = store.counts().runs;
  store.scan_actions([&](KeyHash account, std::string_view payload) {
    const ActionEvent action = action_from_json(payload);
    if (action.type != ActionType::unban || action.verdict == 0 || action.verdict > verdicts.size()) return;
    const Verdict& verdict = verdicts[action.verdict - 1];
    OverturnedBan ban{account_names(store, std::vector{action}).front(),
                      action.ring,
                      action.run,
                      action.verdict,
                      verdict.by,
                      verdict.reason,
                      {}};
    if (const auto place = run == 0 ? std::nullopt : store.find_place(run, account)) {
      const Ring ring = find_ring(store, run, *place);
      const auto found = std::ranges::find(ring.members, account, &Member::account);
      if (found != ring.members.end()) {
        const EngineWord word = found->engine.value_or(EngineWord{found->tier, found->score});
        ban.engine_tier = to_string(word.tier);
        ban.engine_score = word.score;
        ban.banned_again = word.tier == Tier::ban;
      }
    }
    bans.push_back(std::move(ban));
  });
  std::ranges::sort(bans, {}, &OverturnedBan::account);
  return bans;
}

std::string overturned_to_json(const OverturnedBan& ban) {
  return dump({{"schema", "ringscope.overturned/1"},
               {"account", ban.account},
               {"label", 0},
               {"ring", ban.ring},
               {"run", ban.run},
               {"verdict", ban.verdict},
               {"by", ban.by},
               {"reason", ban.reason},
               {"engine_tier", ban.engine_tier.empty() ? Json(nullptr) : Json(ban.engine_tier)},
               {"engine_score", ban.engine_score},
               {"banned_again", ban.banned_again}});
}

}  // namespace ringscope
