#include "engine/load/activity.h"

#include <optional>
#include <vector>

namespace ringscope {
namespace {

void pass_over(const Unread& unread, std::optional<KindId> capability, ActivityDay& day) {
  if (unread.templates) {
    day.templates.clear();
    day.templated = 0;
  }
  if (unread.capabilities && capability)
    std::erase_if(day.tags, [&](const TagCount& tag) { return tag.tag.kind == *capability; });
}

using DaysVisitor = std::function<void(KeyHash, std::span<const ActivityDay>)>;

DaysVisitor without(const Store& store, const Unread& unread, const DaysVisitor& visit) {
  return [unread, &visit, capability = store.find_kind("capability"), read = std::vector<ActivityDay>{}](
             KeyHash account, std::span<const ActivityDay> days) mutable {
    read.assign(days.begin(), days.end());
    for (ActivityDay& day : read) pass_over(unread, capability, day);
    visit(account, read);
  };
}

AccountFacts known_by(Day last, const Unread& unread, AccountFacts facts) {
  if (unread.signups || day_of(facts.created) > last) facts.created = kNoTime;
  for (StatedFact* const fact : {&facts.plan, &facts.status}) {
    if (day_of(fact->last_stated()) > last) *fact = fact->known_by(last);
  }
  return facts;
}

}  // namespace

Unread unread_by(const LayerWeights& weights) {
  return {.templates = weight_of(weights, "template") == 0,
          .capabilities = weight_of(weights, "capability") == 0,
          .signups = weight_of(weights, "signup") == 0};
}

void scan_activity(const Store& store, const DayWindow& window, const Unread& unread, std::size_t part,
                   std::size_t parts, const std::function<void(KeyHash, std::span<const ActivityDay>)>& visit) {
  if (!unread.templates && !unread.capabilities) return store.scan_activity(window, part, parts, visit);
  store.scan_activity(window, part, parts, without(store, unread, visit));
}

void visit_activity(const Store& store, const DayWindow& window, const Unread& unread,
                    std::span<const KeyHash> accounts,
                    const std::function<void(KeyHash, std::span<const ActivityDay>)>& visit) {
  if (!unread.templates && !unread.capabilities) return store.visit_activity(accounts, window, visit);
  store.visit_activity(accounts, window, without(store, unread, visit));
}

void visit_facts(const Store& store, const DayWindow& window, const Unread& unread, std::span<const KeyHash> accounts,
                 const std::function<void(KeyHash, const AccountFacts&)>& visit) {
  store.visit_facts(accounts, [&](KeyHash account, const AccountFacts& facts) {
    visit(account, known_by(window.last, unread, facts));
  });
}

void scan_facts(const Store& store, const DayWindow& window, const Unread& unread,
                const std::function<void(KeyHash, const AccountFacts&)>& visit) {
  store.scan_facts(
      [&](KeyHash account, const AccountFacts& facts) { visit(account, known_by(window.last, unread, facts)); });
}

}  // namespace ringscope
