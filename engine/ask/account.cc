#include "engine/ask/account.h"

#include <algorithm>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include "base/error.h"
#include "engine/ask/read_run.h"
#include "engine/detect/judge/extraction.h"
#include "engine/detect/ring/overrule.h"
#include "engine/detect/ring/ring_json.h"
#include "engine/detect/ring/stored_rings.h"
#include "engine/load/prompts.h"

namespace ringscope {
namespace {

// Whether `name` differs from the name of an account only in the spaces around it or in the case of its letters.
std::optional<std::string> near_name(const Store& store, std::string_view name) {
  const auto known = [&](const std::string& other) {
    return store.name_of({kAccountKind, hash_value(other)}) == other;
  };
  std::string trimmed(name);
  while (!trimmed.empty() && trimmed.back() == ' ') trimmed.pop_back();
  trimmed.erase(0, trimmed.find_first_not_of(' '));
  std::string lower = trimmed;
  std::string upper = trimmed;
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  for (const std::string& other : {trimmed, lower, upper}) {
    if (known(other)) return other;
  }
  return std::nullopt;
}

// Cells ascend by (entity, day), so those of one entity stand together.
std::vector<AccountEntity> fold_cells(const std::vector<Cell>& cells) {
  std::vector<AccountEntity> entities;
  for (const Cell& cell : cells) {
    if (entities.empty() || entities.back().entity != cell.entity) entities.emplace_back().entity = cell.entity;
    AccountEntity& entity = entities.back();
    entity.count += cell.count;
    if (cell.day == kNoDay) continue;
    ++entity.days;
    entity.first = entity.first == kNoTime ? cell.first : std::min(entity.first, cell.first);
    entity.last = std::max(entity.last, cell.last);
  }
  return entities;
}

void add_tags(const std::vector<TagCount>& tags, std::map<VertexKey, std::uint64_t>& totals) {
  for (const TagCount& tag : tags) totals[tag.tag] += tag.count;
}

std::vector<std::pair<std::string, double>> shares(const Store& store, const std::map<VertexKey, std::uint64_t>& totals,
                                                   std::string_view kind, std::uint64_t requests) {
  std::vector<std::pair<std::string, double>> list;
  for (const auto& [tag, count] : totals) {
    if (store.kind_name(tag.kind) != kind || requests == 0) continue;
    list.emplace_back(store.name_of(tag).value_or("?"), static_cast<double>(count) / static_cast<double>(requests));
  }
  std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) {
    return std::tuple(-a.second, std::string_view(a.first)) < std::tuple(-b.second, std::string_view(b.first));
  });
  return list;
}

ActivitySummary summarize(const Store& store, KeyHash account) {
  ActivitySummary summary;
  std::map<VertexKey, std::uint64_t> tags;
  for (const ActivityDay& day : store.activity_of(account, {})) {
    summary.requests += day.requests;
    summary.tokens_in += day.tokens_in;
    summary.tokens_out += day.tokens_out;
    summary.templated += day.templated;
    add_tags(day.tags, tags);
    if (day.day == kNoDay) continue;
    ++summary.active_days;
    if (summary.first_day == kNoTime) summary.first_day = start_of_day(day.day);
    summary.last_day = start_of_day(day.day);
    for (std::size_t hour = 0; hour < 24; ++hour) summary.hours[hour] += day.hours[hour];
  }
  summary.capabilities = shares(store, tags, "capability", summary.requests);
  summary.models = shares(store, tags, "model", summary.requests);
  return summary;
}

// Of one whom people confirmed and no run has in a ring.
std::optional<RingMembership> carried_membership(const Store& store, const Decisions& decisions, KeyHash account,
                                                 std::uint64_t run) {
  if (!decisions.is_confirmed(account)) return std::nullopt;
  for (Ring& ring : read_rings(store, run, RingParts::heads)) {
    const auto member = std::ranges::find(ring.members, account, &Member::account);
    if (ring.carried && member != ring.members.end())
      return RingMembership{ring.id, ring.tier, ring.members.size(), std::move(*member)};
  }
  return std::nullopt;
}

// Of a member of `ring`, which has its members' keys only.
RingMembership membership_in(const Ring& ring, const StoredMember& stored, const Decisions& decisions) {
  RingMembership found{ring.id, ring.tier, ring.members.size(), member_from_json(stored.payload)};
  found.member.account = stored.account;
  const bool touched = found.member.seeded || found.member.verdict || is_touched(decisions, ring);
  if (!touched) return found;
  Ring decided = ring;
  const auto own = std::ranges::find(decided.members, stored.account, &Member::account);
  *own = std::move(found.member);
  overrule(decisions, decided);
  found.ring_tier = decided.tier;
  found.member = std::move(*own);
  return found;
}

// Of the run, null for an account in none.
std::shared_ptr<const Ring> ring_of_member(const Store& store, const RunView* view, std::uint64_t run,
                                           const std::optional<StoredMember>& member) {
  if (!member) return nullptr;
  if (view != nullptr) return view->ring(member->ring);
  auto ring = stored_ring(store, run, member->ring);
  if (!ring) throw Error(ErrorCode::corrupt, "the ring of an account is missing; run 'ringscope doctor'", member->ring);
  return std::make_shared<const Ring>(std::move(*ring));
}

// What the run knew of the entities, which ascend as cells do.
void add_knowledge(const Store& store, KeyHash account, const RunSummary& run, std::vector<AccountEntity>& entities) {
  const std::vector<AccountEntity> in_window = fold_cells(store.cells_of(account, run.window));
  auto seen = in_window.begin();
  const auto is_layer = [&](const std::string& kind) {
    return std::ranges::find(run.model.layers, kind, &LayerModel::kind) != run.model.layers.end();
  };
  for (AccountEntity& entity : entities) {
    while (seen != in_window.end() && seen->entity < entity.entity) ++seen;
    const bool inside = seen != in_window.end() && seen->entity == entity.entity;
    if (run.tests.known()) {
      entity.verdict = !inside                 ? ThingVerdict::outside_window
                       : is_layer(entity.kind) ? ThingVerdict::unshared
                                               : ThingVerdict::left_out;
    }
    const auto known = store.find_entity(run.run, entity.entity);
    if (!known) continue;
    entity.accounts = known->accounts;
    entity.bits = static_cast<double>(known->bits);
    entity.cleared = known->cleared;
    if (!inside || !run.tests.known()) continue;
    entity.verdict = verdict_of(*known, run.tests);
    entity.trust = static_cast<double>(known->trust);
  }
}

// What its traffic is for, held against what was usual when the latest run looked.
std::optional<Extraction> extraction_by(const Store& store, KeyHash account, const RunSummary& run) {
  if (run.baseline.accounts == 0) return std::nullopt;  // of an earlier program, or nothing was asked
  UsageBaseline baseline = run.baseline;
  find_kinds(store, baseline);
  Profile profile = profile_of(store.activity_of(account, run.window), baseline.new_models);
  load_prompts_among(store, profile.templates).merge(profile.templates);  // its fillings of one template are one
  const Profile* const one = &profile;
  return extraction_of({&one, 1}, baseline);
}

}  // namespace

KeyHash require_account(const Store& store, std::string_view account) {
  const KeyHash key = hash_value(account);
  const auto name = store.name_of({kAccountKind, key});
  if (name == account) return key;
  const auto near = near_name(store, account);
  throw Error(ErrorCode::not_found,
              near ? fmt::format("no account \"{}\"; did you mean \"{}\"?", account, *near)
                   : fmt::format("no account \"{}\" has been ingested; names are compared letter by letter", account),
              store.path().string());
}

std::vector<AccountEntity> entities_of(const Store& store, KeyHash account, const RunSummary& run) {
  std::vector<AccountEntity> entities = fold_cells(store.cells_of(account, {}));
  std::vector<VertexKey> keys;
  keys.reserve(entities.size());
  for (const AccountEntity& entity : entities) keys.push_back(entity.entity);
  const auto names = store.names_of(keys);
  for (std::size_t i = 0; i < entities.size(); ++i) {
    entities[i].kind = store.kind_name(entities[i].entity.kind);
    entities[i].value = names[i].value_or("?");
  }
  if (run.run != 0) add_knowledge(store, account, run, entities);
  std::sort(entities.begin(), entities.end(), [](const AccountEntity& a, const AccountEntity& b) {
    return std::tuple(-a.bits, b.count, std::string_view(a.kind), std::string_view(a.value)) <
           std::tuple(-b.bits, a.count, std::string_view(b.kind), std::string_view(b.value));
  });
  return entities;
}

AccountPage account_page(const Store& store, std::string_view account) {
  const RunSummary run = asked_run(store);
  return account_page(store, account, run, view_of(store, run).get());
}

AccountPage account_page(const Store& store, std::string_view account, const RunSummary& run, const RunView* view,
                         const Checkpoint& check) {
  AccountPage page;
  page.account = account;
  page.key = require_account(store, account);
  page.run = run.run;
  page.facts = store.facts_of(page.key);
  page.activity = summarize(store, page.key);
  page.entities = entities_of(store, page.key, run);
  const Decisions decisions = view != nullptr ? Decisions() : Decisions(read_verdicts(store));
  const Decisions& decided = view != nullptr ? view->decisions() : decisions;
  page.decisions = decisions_on_account(decided, page.key);
  if (run.run == 0) return page;
  const std::optional<StoredMember> member = store.find_member(run.run, page.key);
  const std::shared_ptr<const Ring> ring = ring_of_member(store, view, run.run, member);
  page.ring = ring ? membership_in(*ring, *member, decided) : carried_membership(store, decided, page.key, run.run);
  page.extraction = extraction_by(store, page.key, run);
  std::vector<std::pair<std::string, std::string>> things;
  for (const AccountEntity& entity : page.entities) things.emplace_back(entity.kind, entity.value);
  page.overlap = account_overlap(store, run.run, page.key, ring.get(), things);
  pass(check);
  if (view != nullptr) {
    page.why_not = why_not_account(*view, page.key, check);
    page.expulsion = expulsion_of(*view, page.key, {.check = check});
  }
  return page;
}

}  // namespace ringscope
