#include "engine/detect/ring/overrule.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/detect/ring/ring_id.h"
#include "engine/detect/ring/succession_text.h"

namespace ringscope {
namespace {

bool clears(const Verdict* verdict) {
  return verdict != nullptr && (verdict->word == VerdictWord::reject || verdict->word == VerdictWord::benign);
}

// Sets tier and score; what the engine said is kept while it differs.
template <class Subject>
void put(Subject& subject, EngineWord word, EngineWord engine) {
  subject.tier = word.tier;
  subject.score = word.score;
  const bool same = word.tier == engine.tier && word.score == engine.score;
  subject.engine = same ? std::nullopt : std::optional(engine);
}

template <class Subject>
EngineWord engine_word(const Subject& subject) {
  return subject.engine.value_or(EngineWord{subject.tier, subject.score});
}

std::size_t count_cleared(const Decisions& decisions, const Ring& ring) {
  return static_cast<std::size_t>(
      std::ranges::count_if(ring.members, [&](const Member& member) { return decisions.is_cleared(member.account); }));
}

bool has_confirmed(const Decisions& decisions, const Ring& ring) {
  return std::ranges::any_of(ring.members,
                             [&](const Member& member) { return decisions.is_confirmed(member.account); });
}

// `of_ring` stands for the ring, null: nothing does.
void overrule_members(const Decisions& decisions, const Verdict* of_ring, bool cleared_ring, Ring& ring) {
  const bool confirmed = has_confirmed(decisions, ring);
  const bool unsure = of_ring != nullptr && of_ring->word == VerdictWord::needs_more;
  for (Member& member : ring.members) {
    const EngineWord engine = engine_word(member);
    const Verdict* verdict = decisions.of_account(member.account);
    member.verdict = verdict != nullptr ? std::optional(given(*verdict)) : std::nullopt;
    // What it touched is confirmed no more.
    EngineWord word = member.seeded && !confirmed ? EngineWord{} : engine;
    if (verdict != nullptr || unsure) word = decided(verdict != nullptr ? *verdict : *of_ring, word);
    // Most of the ring is honest, so its being a ring proves nothing about the rest.
    if (cleared_ring && !decisions.is_confirmed(member.account)) word = {Tier::watch, 0};
    put(member, word, engine);
  }
}

// Confirmed accounts that no ring has, by the id of the ring they get.
std::map<std::string, std::vector<std::pair<KeyHash, const Verdict*>>> missing(const Decisions& decisions,
                                                                               const RingLookup& rings) {
  std::map<std::string, std::vector<std::pair<KeyHash, const Verdict*>>> found;
  for (const auto& [account, verdict] : decisions.confirmed()) {
    if (rings.has_member(account)) continue;
    std::string id = verdict->ring.empty() ? content_ring_id(account) : verdict->ring;
    while (rings.has_ring(id)) id += "-c";  // the ring itself is still found, without this account
    found[id].emplace_back(account, verdict);
  }
  return found;
}

Ring carried_ring(const Store& store, const std::string& id, std::uint64_t run,
                  const std::vector<std::pair<KeyHash, const Verdict*>>& accounts) {
  std::vector<VertexKey> keys;
  keys.reserve(accounts.size());
  for (const auto& [account, verdict] : accounts) keys.push_back({kAccountKind, account});
  const auto names = store.names_of(keys);
  Ring ring;
  ring.id = id;
  ring.run = run;
  ring.carried = true;
  ring.summary = fmt::format("{} account{} confirmed by people. Nothing in the window ties {} to a ring.",
                             accounts.size(), accounts.size() == 1 ? "" : "s", accounts.size() == 1 ? "it" : "them");
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    Member& member = ring.members.emplace_back();
    member.account = accounts[i].first;
    member.name = names[i].value_or(fmt::format("#{:016x}", member.account));
  }
  std::ranges::sort(ring.members, {}, &Member::name);
  return ring;
}

}  // namespace

GivenVerdict given(const Verdict& verdict) {
  return {verdict.number, verdict.word, verdict.by, verdict.reason, verdict.given};
}

EngineWord decided(const Verdict& verdict, EngineWord engine) {
  switch (verdict.word) {
    case VerdictWord::confirm:
      return {Tier::ban, 1};
    case VerdictWord::reject:
    case VerdictWord::benign:
      return {Tier::watch, 0};
    case VerdictWord::needs_more:
    case VerdictWord::note:  // stands for nothing, so is never asked
      break;
  }
  return {std::min(engine.tier, Tier::review), engine.score};
}

bool is_touched(const Decisions& decisions, const Ring& ring) {
  if (ring.engine || ring.verdict || ring.carried || decisions.of_ring(ring.id) != nullptr) return true;
  return std::ranges::any_of(ring.members, [&](const Member& member) {
    return member.seeded || member.verdict.has_value() || decisions.of_account(member.account) != nullptr;
  });
}

void overrule(const Decisions& decisions, Ring& ring) {
  if (!is_touched(decisions, ring)) return;
  const Verdict* verdict = decisions.of_ring(ring.id);
  const bool cleared = 2 * count_cleared(decisions, ring) >= ring.members.size();
  overrule_members(decisions, verdict, cleared, ring);
  ring.verdict = verdict != nullptr ? std::optional(given(*verdict)) : std::nullopt;
  const EngineWord engine = engine_word(ring);
  EngineWord word = engine;
  if (cleared) {
    word = {Tier::watch, 0};
  } else if (verdict != nullptr && !clears(verdict)) {
    word = decided(*verdict, engine);
  }
  if (has_confirmed(decisions, ring)) word = {Tier::ban, std::max(word.score, cleared ? 0.0 : 1.0)};
  put(ring, word, engine);
}

std::vector<Ring> carried_rings(const Store& store, const Decisions& decisions, std::uint64_t run,
                                const RingLookup& others) {
  std::vector<Ring> rings;
  for (const auto& [id, accounts] : missing(decisions, others)) rings.push_back(carried_ring(store, id, run, accounts));
  return rings;
}

void overrule(const Store& store, const Decisions& decisions, std::uint64_t run, std::vector<Ring>& rings) {
  for (Ring& ring : rings) {
    if (ring.carried) std::erase_if(ring.members, [&](const Member& m) { return !decisions.is_confirmed(m.account); });
  }
  std::erase_if(rings, [](const Ring& ring) { return ring.carried && ring.members.empty(); });
  const bool confirmed = !decisions.confirmed().empty();
  std::set<KeyHash> there;
  std::set<std::string> ids;
  for (const Ring& ring : rings) {
    if (!confirmed) break;  // nobody will ask
    ids.insert(ring.id);
    for (const Member& member : ring.members) there.insert(member.account);
  }
  for (Ring& ring : carried_rings(store, decisions, run,
                                  {[&](KeyHash account) { return there.contains(account); },
                                   [&](const std::string& id) { return ids.contains(id); }}))
    rings.push_back(std::move(ring));
  for (Ring& ring : rings) overrule(decisions, ring);
  std::ranges::stable_sort(rings, ranks_before);
}

std::string decision_text(const GivenVerdict& verdict) {
  const auto said = [&] {
    switch (verdict.word) {
      case VerdictWord::confirm:
        return "confirmed";
      case VerdictWord::reject:
        return "rejected";
      case VerdictWord::benign:
        return "called benign";
      case VerdictWord::needs_more:
        return "left open";
      case VerdictWord::note:
        break;
    }
    return "noted";
  }();
  return fmt::format("{} by {} on {}: {} (verdict {})", said, verdict.by, format_day(day_of(verdict.given)),
                     verdict.reason, verdict.number);
}

void append_reasons(std::string& text, const Member& member) {
  const std::size_t begin = text.size();
  const auto add = [&](std::string_view reason) {
    if (text.size() > begin) text += "; ";
    text += reason;
  };
  if (member.verdict) add(decision_text(*member.verdict));
  for (const std::string& reason : member.reasons) add(reason);
  if (member.replaces) add(replacement_text(*member.replaces));
}

std::string reasons_text(const Member& member) {
  std::string text;
  append_reasons(text, member);
  return text;
}

}  // namespace ringscope
