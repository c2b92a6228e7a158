#include "engine/ask/snapshot_diff.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/ask/run_view.h"
#include "engine/detect/ring/json_parts.h"
#include "engine/detect/ring/ring_json.h"
#include "engine/load/snapshot.h"

namespace ringscope {
namespace {

void count(ChangeCounts& counts, Change change) {
  ++(change == Change::came ? counts.came : change == Change::went ? counts.went : counts.changed);
}

// Walks through two cursors at once; calls visit(left, right) in ascending order of `key`, null where one has nothing.
template <class Item, class Cursor, class Key, class Visit>
void walk(Cursor& left, Cursor& right, const Key& key, const Visit& visit) {
  Item a, b;
  bool has_a = left.next(a), has_b = right.next(b);
  while (has_a || has_b) {
    const bool take_a = has_a && (!has_b || !(key(b) < key(a)));
    const bool take_b = has_b && (!has_a || !(key(a) < key(b)));
    visit(take_a ? &a : nullptr, take_b ? &b : nullptr);
    if (take_a) has_a = left.next(a);
    if (take_b) has_b = right.next(b);
  }
}

class Comparison {
 public:
  Comparison(const Store& before, const Store& after, std::size_t limit, const Checkpoint& check)
      : before_(before), after_(after), limit_(limit), check_(check) {}

  SnapshotDiff run() {
    compare_rows();
    compare_names();
    compare_rings();
    return std::move(diff_);
  }

 private:
  void compare_rows() {
    const auto left = before_.row_cursor(), right = after_.row_cursor();
    walk<AccountRow>(
        *left, *right, [](const AccountRow& row) { return row.account; },
        [&](const AccountRow* a, const AccountRow* b) {
          pass(check_);
          if (a != nullptr && b != nullptr && a->cells == b->cells && a->activity == b->activity &&
              a->facts == b->facts)
            return;
          add_account(a == nullptr   ? Change::came
                      : b == nullptr ? Change::went
                                     : Change::changed,
                      a == nullptr ? *b : *a);
          static const std::vector<Cell> kNone;
          compare_edges(a == nullptr ? kNone : a->cells, b == nullptr ? kNone : b->cells);
        });
  }

  void add_account(Change change, const AccountRow& row) {
    count(diff_.accounts, change);
    if (diff_.account_list.size() >= limit_) return;
    const Store& knows = change == Change::went ? before_ : after_;
    const auto name = knows.name_of({kAccountKind, row.account});
    diff_.account_list.push_back({change, name.value_or(fmt::format("{:016x}", row.account))});
  }

  // Cells ascend by (entity, day), so those of one entity stand together.
  void compare_edges(const std::vector<Cell>& a, const std::vector<Cell>& b) {
    const auto run_of = [](const std::vector<Cell>& cells, std::size_t begin) {
      std::size_t end = begin;
      while (end < cells.size() && cells[end].entity == cells[begin].entity) ++end;
      return end;
    };
    std::size_t i = 0, j = 0;
    while (i < a.size() || j < b.size()) {
      const bool take_a = i < a.size() && (j == b.size() || !(b[j].entity < a[i].entity));
      const bool take_b = j < b.size() && (i == a.size() || !(a[i].entity < b[j].entity));
      const std::size_t end_a = take_a ? run_of(a, i) : i;
      const std::size_t end_b = take_b ? run_of(b, j) : j;
      const bool equal =
          std::equal(a.begin() + static_cast<std::ptrdiff_t>(i), a.begin() + static_cast<std::ptrdiff_t>(end_a),
                     b.begin() + static_cast<std::ptrdiff_t>(j), b.begin() + static_cast<std::ptrdiff_t>(end_b));
      if (!equal) {
        const std::string kind = take_b ? after_.kind_name(b[j].entity.kind) : before_.kind_name(a[i].entity.kind);
        count(diff_.edges[kind], !take_a ? Change::came : !take_b ? Change::went : Change::changed);
      }
      i = end_a;
      j = end_b;
    }
  }

  void compare_names() {
    const auto left = before_.name_cursor(), right = after_.name_cursor();
    walk<Name>(
        *left, *right, [](const Name& name) { return name.key; },
        [&](const Name* a, const Name* b) {
          pass(check_);
          if (a != nullptr && b != nullptr) return;
          const VertexKey key = a == nullptr ? b->key : a->key;
          if (key.kind == kAccountKind) return;
          const std::string kind = (a == nullptr ? after_ : before_).kind_name(key.kind);
          if (is_layer_kind(kind)) count(diff_.entities[kind], a == nullptr ? Change::came : Change::went);
        });
  }

  // Rings are asked for by id, one at a time.
  void compare_rings() {
    const std::uint64_t old_run = asked_run(before_).run, new_run = asked_run(after_).run;
    before_.scan_rings(old_run, [&](const StoredRing& ring) {
      pass(check_);
      if (after_.find_ring(new_run, ring.id)) return;
      const Ring head = ring_head_from_json(ring.payload);
      add_ring({Change::went, ring.id, state_of(head), {}, 0, head.members.size()});
    });
    after_.scan_rings(new_run, [&](const StoredRing& ring) {
      pass(check_);
      const Ring now = ring_head_from_json(ring.payload);
      const auto stored = before_.find_ring(old_run, ring.id);
      if (!stored) return add_ring({Change::came, ring.id, {}, state_of(now), now.members.size(), 0});
      add_if_changed(ring_head_from_json(stored->payload), now);
    });
    std::sort(diff_.ring_list.begin(), diff_.ring_list.end(),
              [](const RingDifference& a, const RingDifference& b) { return a.ring < b.ring; });
    if (diff_.ring_list.size() > limit_) diff_.ring_list.resize(limit_);
  }

  void add_if_changed(const Ring& then, const Ring& now) {
    const auto keys_of = [](const Ring& ring) {
      std::vector<KeyHash> keys;
      for (const Member& member : ring.members) keys.push_back(member.account);
      std::sort(keys.begin(), keys.end());
      return keys;
    };
    const std::vector<KeyHash> old_keys = keys_of(then), new_keys = keys_of(now);
    std::vector<KeyHash> both;
    std::set_intersection(old_keys.begin(), old_keys.end(), new_keys.begin(), new_keys.end(), std::back_inserter(both));
    const std::uint64_t joined = new_keys.size() - both.size(), left = old_keys.size() - both.size();
    if (joined > 0 || left > 0 || then.tier != now.tier || then.score != now.score)
      add_ring({Change::changed, now.id, state_of(then), state_of(now), joined, left});
  }

  // The list may hold those that went and the others, `limit` of each, until both are put in order.
  void add_ring(RingDifference change) {
    count(diff_.rings, change.change);
    std::size_t& kept = change.change == Change::went ? kept_gone_ : kept_;
    if (kept++ < limit_) diff_.ring_list.push_back(std::move(change));
  }

  static RingState state_of(const Ring& ring) { return {ring.tier, ring.score, ring.members.size()}; }

  const Store& before_;
  const Store& after_;
  std::size_t limit_;
  const Checkpoint& check_;
  std::size_t kept_ = 0, kept_gone_ = 0;
  SnapshotDiff diff_;
};

Json counts_json(const ChangeCounts& counts) {
  return {{"came", counts.came}, {"went", counts.went}, {"changed", counts.changed}};
}

Json kinds_json(const std::map<std::string, ChangeCounts>& kinds) {
  Json json = Json::object();
  for (const auto& [kind, counts] : kinds) json[kind] = counts_json(counts);
  return json;
}

Json state_json(const RingState& state) {
  if (state.size == 0) return nullptr;
  return {{"tier", to_string(state.tier)}, {"score", state.score}, {"size", state.size}};
}

}  // namespace

const char* to_string(Change change) {
  return change == Change::came ? "came" : change == Change::went ? "went" : "changed";
}

SnapshotDiff compare_stores(const Store& before, const Store& after, std::size_t limit, const Checkpoint& check) {
  return Comparison(before, after, limit, check).run();
}

std::string diff_to_json(std::string_view before, std::string_view after, const SnapshotDiff& diff) {
  Json accounts = Json::array();
  for (const AccountChange& one : diff.account_list)
    accounts.push_back({{"change", to_string(one.change)}, {"account", one.account}});
  Json rings = Json::array();
  for (const RingDifference& one : diff.ring_list) {
    rings.push_back({{"change", to_string(one.change)},
                     {"ring", one.ring},
                     {"before", state_json(one.before)},
                     {"after", state_json(one.after)},
                     {"joined", one.joined},
                     {"left", one.left}});
  }
  return dump({{"schema", "ringscope.snapshot-diff/1"},
               {"before", before},
               {"after", after},
               {"accounts", counts_json(diff.accounts)},
               {"entities", kinds_json(diff.entities)},
               {"edges", kinds_json(diff.edges)},
               {"rings", counts_json(diff.rings)},
               {"account_list", std::move(accounts)},
               {"ring_list", std::move(rings)}});
}

}  // namespace ringscope
