#include "engine/detect/index/taught_index.h"

#include <algorithm>
#include <map>

#include "engine/detect/judge/seed_odds.h"
#include "storage/codec.h"

namespace ringscope {
namespace {

constexpr const char* kWhat = "what verdicts teach scoring";
// First bytes of keys; score_index_codec.cc has the others.
constexpr char kHeadKey = '\xfd';
constexpr char kValueKey = '\xfc';

std::string encode(const TaughtHead& head) {
  std::string bytes;
  Encoder out(bytes);
  out.number(head.base);
  out.number(head.verdicts);
  out.byte(head.clearing ? 1 : 0);
  out.real(head.seed_odds);
  out.number(head.mean_things.size());
  for (const float things : head.mean_things) out.real(things);
  out.number(head.rings.size());
  for (const TaughtRing& ring : head.rings) {
    out.number(ring.number);
    out.number(ring.confirmed);
  }
  return bytes;
}

std::string encode(const TaughtValue& value) {
  std::string bytes;
  Encoder out(bytes);
  out.number(value.cleared);
  for (const TaughtSeed& seed : value.seeds) {
    out.number(seed.ring);
    out.number(seed.confirmed);
    out.number(seed.members);
  }
  return bytes;
}

// The members of a ring but those who joined for what they share; nobody's of one that is carried.
std::vector<Vertex> group_of(const Snapshot& snapshot, const Ring& ring) {
  std::vector<Vertex> members;
  for (const Member& member : ring.members) {
    if (ring.carried || member.seeded) continue;
    if (const auto v = snapshot.vertex_of(member.account)) members.push_back(*v);
  }
  std::ranges::sort(members);
  return members;
}

// By ring, its number in the index; kNotIndexed.
std::vector<std::uint32_t> numbers_in(std::span<const IndexEntry> index, const std::vector<Ring>& rings) {
  std::vector<std::uint32_t> numbers(rings.size(), kNotIndexed);
  const auto head = std::ranges::find(index, index_head_key(), &IndexEntry::key);
  if (head == index.end()) return numbers;
  std::map<KeyHash, std::uint32_t> by_member;
  const std::vector<IndexRing> listed = decode_index_head(head->value).rings;
  for (std::size_t i = 0; i < listed.size(); ++i) {
    if (listed[i].size > 0) by_member.emplace(listed[i].member, static_cast<std::uint32_t>(i));
  }
  for (std::size_t g = 0; g < rings.size(); ++g) {
    for (const Member& member : rings[g].members) {
      if (const auto at = by_member.find(member.account); at != by_member.end()) numbers[g] = at->second;
    }
  }
  return numbers;
}

class Teacher {
 public:
  Teacher(const TaughtInput& input, std::uint64_t base) : in_(input) {
    head_.base = base;
    head_.verdicts = input.decisions.verdicts().size();
    head_.clearing = input.verdicts.clearing != "off";
    head_.seed_odds = static_cast<float>(input.verdicts.seed_odds);
  }

  std::vector<IndexEntry> teach(const std::vector<Ring>& rings, std::span<const IndexEntry> index) {
    for (Vertex r = 0; r < in_.clearing.things.size(); ++r) {
      if (in_.clearing.things[r] > 0) values_[r].cleared = in_.clearing.things[r];
    }
    if (in_.verdicts.seed_odds > 0 && !in_.decisions.confirmed().empty()) add_seeds(rings, numbers_in(index, rings));
    std::vector<IndexEntry> entries;
    const BipartiteGraph graph = in_.snapshot.graph();
    std::size_t layer = 0;
    for (const auto& [r, value] : values_) {
      while (r >= graph.layer_end(layer)) ++layer;
      entries.push_back({taught_value_key(head_.base, layer, in_.snapshot.entities[r].hash), encode(value)});
    }
    entries.push_back({taught_head_key(), encode(head_)});
    return entries;
  }

 private:
  void add_seeds(const std::vector<Ring>& rings, const std::vector<std::uint32_t>& numbers) {
    std::vector<std::vector<Vertex>> groups;
    groups.reserve(rings.size());
    for (const Ring& ring : rings) groups.push_back(group_of(in_.snapshot, ring));
    const std::vector<SeedThings> things =
        seed_things(in_.snapshot, in_.habits, in_.weights, in_.decisions, {groups.begin(), groups.end()});
    std::map<std::uint32_t, std::size_t> by_number;
    for (std::size_t g = 0; g < rings.size(); ++g) {
      if (numbers[g] != kNotIndexed && !things[g].things.empty()) by_number.emplace(numbers[g], g);
    }
    for (const auto& [number, g] : by_number) {
      const auto ring = static_cast<std::uint32_t>(head_.rings.size());
      head_.rings.push_back({number, things[g].confirmed});
      for (const SeedThing& one : things[g].things)
        values_[one.thing].seeds.push_back({ring, one.confirmed, one.members});
    }
    if (head_.rings.empty()) return;
    for (const double mean : mean_things(in_.snapshot.graph())) head_.mean_things.push_back(static_cast<float>(mean));
  }

  const TaughtInput& in_;
  TaughtHead head_;
  std::map<Vertex, TaughtValue> values_;
};

}  // namespace

std::vector<IndexEntry> index_of_verdicts(const TaughtInput& input, const std::vector<Ring>& rings,
                                          std::span<const IndexEntry> index, std::uint64_t base) {
  const bool as_usual = input.verdicts.clearing != "off";  // for what is said after the run
  if (as_usual && input.decisions.empty()) return {};
  return Teacher(input, base).teach(rings, index);
}

std::string taught_head_key() { return {kHeadKey}; }

bool is_taught_key(std::string_view key) {
  return !key.empty() && (key.front() == kHeadKey || key.front() == kValueKey);
}

std::string taught_value_key(std::uint64_t base, std::size_t layer, std::uint64_t value) {
  std::string key(1, kValueKey);
  Encoder(key).number(base);
  return key + index_value_key(layer, value);
}

TaughtHead decode_taught_head(std::string_view bytes) {
  Decoder in(bytes, kWhat);
  TaughtHead head;
  head.base = in.number();
  head.verdicts = in.number();
  head.clearing = in.byte() != 0;
  head.seed_odds = in.real();
  head.mean_things.resize(in.count());
  for (float& things : head.mean_things) things = in.real();
  head.rings.resize(in.count());
  for (TaughtRing& ring : head.rings) {
    ring.number = static_cast<std::uint32_t>(in.number());
    ring.confirmed = static_cast<std::uint32_t>(in.number());
  }
  in.expect_end();
  return head;
}

TaughtValue decode_taught_value(std::string_view bytes) {
  Decoder in(bytes, kWhat);
  TaughtValue value;
  value.cleared = static_cast<std::uint32_t>(in.number());
  while (!in.done()) {
    TaughtSeed& seed = value.seeds.emplace_back();
    seed.ring = static_cast<std::uint32_t>(in.number());
    seed.confirmed = static_cast<std::uint32_t>(in.number());
    seed.members = static_cast<std::uint32_t>(in.number());
  }
  return value;
}

}  // namespace ringscope
