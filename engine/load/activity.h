// Activity and facts as detection reads them: without what layers of weight 0 would have said.
#pragma once

#include <functional>
#include <span>

#include "engine/load/layer_weights.h"
#include "storage/store.h"

namespace ringscope {

// What is passed over, as if the input did not have the field.
struct Unread {
  bool templates = false;
  bool capabilities = false;
  bool signups = false;
};

Unread unread_by(const LayerWeights& weights);

// As Store's functions of these names; a day is only copied when something in it is passed over.
void scan_activity(const Store& store, const DayWindow& window, const Unread& unread, std::size_t part,
                   std::size_t parts, const std::function<void(KeyHash, std::span<const ActivityDay>)>& visit);
void visit_activity(const Store& store, const DayWindow& window, const Unread& unread,
                    std::span<const KeyHash> accounts,
                    const std::function<void(KeyHash, std::span<const ActivityDay>)>& visit);
// Of what was stated up to the window's last day, or without a time: what came to be known later is not known yet.
void visit_facts(const Store& store, const DayWindow& window, const Unread& unread, std::span<const KeyHash> accounts,
                 const std::function<void(KeyHash, const AccountFacts&)>& visit);
void scan_facts(const Store& store, const DayWindow& window, const Unread& unread,
                const std::function<void(KeyHash, const AccountFacts&)>& visit);

}  // namespace ringscope
