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

}  // namespace

Unread unread_by(const LayerWeights& weights) {
  return {.templates = weight_of(weights, "template") == 0,
          .capabilities = weight_of(weights, "capability") == 0,
          .signups = weight_of(weights, "signup") == 0};
}

void scan_activity(const Store& store, const DayWindow& window, const Unread& unread, std::size_t part,
                   std::size_t parts, const std::function<void(KeyHash, std::span<const ActivityDay>)>& visit) {
  if (!unread.templates && !unread.capabilities) return store.scan_activity(window, part, parts, visit);
  const std::optional<KindId> capability = store.find_kind("capability");
  std::vector<ActivityDay> read;
  store.scan_activity(window, part, parts, [&](KeyHash account, std::span<const ActivityDay> days) {
    read.assign(days.begin(), days.end());
    for (ActivityDay& day : read) pass_over(unread, capability, day);
    visit(account, read);
  });
}

void scan_facts(const Store& store, const DayWindow& window, const Unread& unread,
                const std::function<void(KeyHash, const AccountFacts&)>& visit) {
  store.scan_facts([&](KeyHash account, const AccountFacts& facts) {
    AccountFacts read = facts;
    if (unread.signups || day_of(read.created) > window.last) read.created = kNoTime;
    for (DatedFact* const fact : {&read.plan, &read.status}) {
      if (day_of(fact->stated) > window.last) *fact = {};
    }
    visit(account, read);
  });
}

}  // namespace ringscope
