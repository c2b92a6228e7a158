#include "engine/import/moved_run.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "base/error.h"
#include "engine/detect/index/held_things.h"
#include "engine/detect/index/ring_shape.h"
#include "engine/detect/index/score_index_codec.h"
#include "engine/detect/index/shared_rings.h"
#include "engine/detect/index/taught_index.h"
#include "engine/detect/publish.h"
#include "engine/detect/ring/overrule.h"
#include "engine/detect/ring/ring_id.h"
#include "engine/detect/ring/ring_json.h"
#include "engine/detect/ring/stored_rings.h"
#include "engine/ledger/ring_line_keys.h"

namespace ringscope {
namespace {

using Renames = std::map<std::string, std::string, std::less<>>;  // of rings

// The last day that the run looked at and that one of the stores has.
Day last_day(const Store& one, const Store& other, const DayWindow& window) {
  Day last = kNoDay;
  for (const Store* store : {&one, &other}) {
    if (const auto range = store->day_range()) last = last == kNoDay ? range->last : std::max(last, range->last);
  }
  return last == kNoDay ? kNoDay : std::min(last, window.last);
}

// As content names it: seeds joined later.
std::string content_id(const Ring& ring) {
  std::optional<KeyHash> smallest;
  for (const Member& member : ring.members) {
    if (!member.seeded) smallest = std::min(smallest.value_or(member.account), member.account);
  }
  return smallest ? content_ring_id(*smallest) : ring.id;
}

void rename(const Renames& names, std::string& ring) {
  if (const auto found = names.find(ring); found != names.end()) ring = found->second;
}

// Ids in prose: each is looked at once, since names may change places.
void rename_in(const Renames& names, std::string& text) {
  std::string renamed;
  std::size_t done = 0;
  for (std::size_t at = 0; (at = text.find("R-", at)) != std::string::npos;) {
    const std::size_t end = std::min(text.find_first_not_of("0123456789abcdefR-", at), text.size());
    const auto found = names.find(std::string_view(text).substr(at, end - at));
    if (found != names.end()) {
      renamed.append(text, done, at - done).append(found->second);
      done = end;
    }
    at = end;
  }
  text = renamed.append(text, done);
}

// What was said of successions names rings as the other store called them.
void rename_successions(const Renames& names, Ring& ring) {
  for (Handover& handover : ring.succeeds) {
    rename(names, handover.ring);
    for (std::string& reason : handover.reasons) rename_in(names, reason);
  }
  for (Member& member : ring.members) {
    if (member.replaces) rename(names, member.replaces->ring);
  }
}

}  // namespace

MovedRun::MovedRun(const Store& to, const Store& from, const RunInfo& latest)
    : to_(to),
      from_(from),
      run_(latest.run),
      rows_(from.path(), latest.run),
      decisions_(read_verdicts(to)),
      summary_(run_from_json(latest.payload)) {
  read_rings();
  name_rings();
}

// As find_rings() leaves them: named by content, overruled, in their order.
void MovedRun::read_rings() {
  rings_ = stored_rings(from_, run_);
  for (Ring& ring : rings_) fill_members(from_, ring);
}

void MovedRun::name_rings() {
  std::unordered_map<KeyHash, std::string> called;  // in the other store, by a member
  for (Ring& ring : rings_) {
    called.emplace(ring.members.front().account, ring.id);
    if (!ring.carried) ring.id = content_id(ring);
  }
  std::ranges::sort(rings_, ranks_before);
  overrule(to_, decisions_, 0, rings_);
  sum_up(rings_, summary_);
  entries_ = reconcile_ruled(to_, last_day(to_, from_, summary_.window), decisions_, rings_);
  for (const Ring& ring : rings_) {
    for (const Member& member : ring.members) {
      if (const auto at = called.find(member.account); at != called.end()) names_.emplace(at->second, ring.id);
    }
  }
  for (Ring& ring : rings_) rename_successions(names_, ring);
}

void MovedRun::publish(RunWriter& writer, const KindMap& kinds) {
  check_basis(to_, entries_);
  copy_graph(writer, kinds);
  copy_index(writer);
  copy_held(writer, kinds);
  copy_shapes(writer, kinds);
  ringscope::publish(writer, rings_, summary_, {}, entries_);
}

void MovedRun::copy_graph(RunWriter& writer, const KindMap& kinds) const {
  rows_.scan_links([&](KeyHash account, std::span<const StoredLink> links) { writer.add_links(account, links); },
                   [&](KeyHash account, const StoredLink& nearest) { writer.add_nearest(account, nearest); });
  rows_.scan_entities([&](StoredEntity entity) {
    entity.entity = kinds(entity.entity);
    writer.add_entity(entity);
  });
}

// Lines of rings are written with the rings, what they hold by copy_held(), and how they hang together by
// copy_shapes().
void MovedRun::copy_index(RunWriter& writer) const {
  const bool taught = keeps_taught();
  rows_.scan_index([&](std::string_view key, std::string_view value) {
    const bool of_ring = is_line_key(key) || is_held_key(key) || is_shape_key(key) || is_shared_key(key);
    if (of_ring || (is_taught_key(key) && !taught)) return;
    writer.add_index(key, key == index_head_key() ? judged_head(value) : std::string(value));
  });
}

// Rows of rings by their names, of things by their kinds.
void MovedRun::copy_held(RunWriter& writer, const KindMap& kinds) const {
  for (const auto& [there, here] : names_) {
    auto held = held_things(from_, run_, there);
    if (!held) continue;
    for (HeldThing& one : *held) one.thing = kinds(one.thing);
    std::ranges::sort(*held, {}, &HeldThing::thing);
    const IndexEntry entry = encode_held(here, *held);
    writer.add_index(entry.key, entry.value);
  }
}

// Rows of rings by their names, of things by their kinds.
void MovedRun::copy_shapes(RunWriter& writer, const KindMap& kinds) const {
  std::unordered_map<std::string_view, std::size_t> members;
  for (const Ring& ring : rings_) members.emplace(ring.id, ring.members.size());
  const auto add = [&](const IndexEntry& entry) { writer.add_index(entry.key, entry.value); };
  for (const auto& [there, here] : names_) {
    const auto size = members.find(here);
    if (size == members.end()) continue;
    if (auto shape = stored_shape(from_, run_, there, size->second)) {
      for (std::vector<PartThing>& things : shape->things_of) {
        for (PartThing& thing : things) thing.entity = kinds(thing.entity);
      }
      for (ShapeBridge& bridge : shape->bridges) {
        if (!bridge.member) bridge.entity = kinds(bridge.entity);
      }
      add(encode_shape(here, *shape));
    }
    if (auto shared = stored_shared(from_, run_, there, size->second)) {
      for (SharedRing& one : *shared) rename(names_, one.ring);
      std::ranges::sort(*shared, {}, [](const SharedRing& one) { return std::tuple(-one.accounts, one.ring); });
      add(encode_shared(here, *shared));
    }
  }
}

// What verdicts taught holds where they were given, too: the log there begins with the run's.
bool MovedRun::keeps_taught() const {
  const std::vector<Verdict> theirs = read_verdicts(from_);
  const std::vector<Verdict>& ours = decisions_.verdicts();
  if (theirs.size() > ours.size()) return false;
  return std::ranges::equal(
      theirs.begin(), theirs.end(), ours.begin(), ours.begin() + static_cast<std::ptrdiff_t>(theirs.size()),
      [](const Verdict& a, const Verdict& b) { return verdict_to_json(a) == verdict_to_json(b); });
}

// The index knows a ring by a member, and bears tier and score as people decided.
std::string MovedRun::judged_head(std::string_view bytes) const {
  IndexHead head = decode_index_head(bytes);
  std::unordered_map<KeyHash, IndexRing*> by_member;
  for (IndexRing& ring : head.rings) {
    if (ring.size > 0) by_member.emplace(ring.member, &ring);
  }
  for (const Ring& ring : rings_) {
    for (const Member& member : ring.members) {
      const auto found = by_member.find(member.account);
      if (found == by_member.end()) continue;
      found->second->tier = ring.tier;
      found->second->score = static_cast<float>(ring.score);
    }
  }
  return encode_index_head(head);
}

}  // namespace ringscope
