#include "engine/detect/index/held_things.h"

#include <algorithm>
#include <string>
#include <unordered_set>

#include "storage/codec.h"

namespace ringscope {
namespace {

constexpr std::string_view kHeldKey = "held/";

std::string held_key(std::string_view ring) { return std::string(kHeldKey).append(ring); }

// Counts on the things of one ring after the other.
class Counter {
 public:
  explicit Counter(const Snapshot& snapshot)
      : snapshot_(snapshot), graph_(snapshot.graph()), members_(graph_.right_count(), 0) {}

  std::vector<HeldThing> count(const Ring& ring) {
    for (const Member& member : ring.members) {
      const auto account = snapshot_.vertex_of(member.account);
      if (account) add(*account);
    }
    std::vector<HeldThing> held;
    for (const Vertex thing : touched_) {
      if (members_[thing] > 1) held.push_back({snapshot_.entities[thing], members_[thing]});
      members_[thing] = 0;
    }
    touched_.clear();
    std::ranges::sort(held, {}, &HeldThing::thing);
    return held;
  }

 private:
  void add(Vertex account) {
    for (const Vertex thing : graph_.rights_of(account)) {
      if (graph_.right_degree(thing) < 2) continue;
      if (members_[thing]++ == 0) touched_.push_back(thing);
    }
  }

  const Snapshot& snapshot_;
  BipartiteGraph graph_;
  std::vector<std::uint32_t> members_;  // by thing; all 0 between two rings
  std::vector<Vertex> touched_;
};

}  // namespace

void add_held(const Snapshot& snapshot, std::span<const Ring> rings, std::span<const Vertex> touched,
              std::vector<IndexEntry>& index) {
  std::unordered_set<KeyHash> changed;
  std::vector<bool> may_be(std::size_t{1} << 16, false);  // by the end of the key: false for most of those who are not
  const auto end_of = [&](KeyHash account) { return static_cast<std::size_t>(account) % may_be.size(); };
  for (const Vertex account : touched) {
    changed.insert(snapshot.accounts[account]);
    may_be[end_of(snapshot.accounts[account])] = true;
  }
  const auto is_changed = [&](const Member& member) {
    return may_be[end_of(member.account)] && changed.contains(member.account);
  };
  Counter counter(snapshot);
  for (const Ring& ring : rings) {
    if (!ring.kept || std::ranges::any_of(ring.members, is_changed))
      index.push_back(encode_held(ring.id, counter.count(ring)));
  }
}

bool is_held_key(std::string_view key) { return key.starts_with(kHeldKey); }

// One kind after the other: its number, how many things, and of each its hash as the difference to the one before, and
// its members.
IndexEntry encode_held(std::string_view ring, std::span<const HeldThing> held) {
  IndexEntry entry{held_key(ring), {}};
  Encoder out(entry.value);
  out.number(held.size());
  for (std::size_t begin = 0, end = 0; begin < held.size(); begin = end) {
    while (end < held.size() && held[end].thing.kind == held[begin].thing.kind) ++end;
    out.byte(static_cast<std::uint8_t>(held[begin].thing.kind));
    out.number(end - begin);
    KeyHash before = 0;
    for (std::size_t i = begin; i < end; ++i) {
      out.number(held[i].thing.hash - before);
      out.number(held[i].members);
      before = held[i].thing.hash;
    }
  }
  return entry;
}

std::optional<std::vector<HeldThing>> held_things(const Store& store, std::uint64_t run, std::string_view ring) {
  const std::optional<std::string> row = store.find_index(run, held_key(ring));
  if (!row) return std::nullopt;
  Decoder in(*row, "things that a ring shares");
  std::vector<HeldThing> held;
  held.reserve(in.count());
  while (!in.done()) {
    const auto kind = static_cast<KindId>(in.byte());
    KeyHash hash = 0;
    for (std::size_t left = in.count(); left > 0; --left) {
      hash += in.number();
      held.push_back({{kind, hash}, static_cast<std::uint32_t>(in.number())});
    }
  }
  return held;
}

}  // namespace ringscope
