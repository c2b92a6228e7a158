#include "engine/detect/index/cut_tree.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <string>

#include "storage/codec.h"

namespace ringscope {
namespace {

constexpr std::uint8_t kVersion = 2, kWithoutComponents = 1;
constexpr std::size_t kNodesABlock = 8192, kAccountsABlock = 8192, kAccountsABucket = 256;
constexpr unsigned kMostBucketBits = 32;
constexpr float kMostBits = 4096;  // more is taken for so much

std::uint32_t step_of(float bits) {
  return static_cast<std::uint32_t>(std::clamp(bits, 0.0F, kMostBits) * kCutsPerBit);
}
float bits_of(std::uint64_t step) { return static_cast<float>(step) / kCutsPerBit; }

std::string head_key() { return "cut/head"; }
std::string node_key(std::size_t block) { return "cut/n" + std::to_string(block); }
std::string account_key(std::size_t block) { return "cut/a" + std::to_string(block); }
std::string component_key(std::uint64_t bucket) { return "cut/c" + std::to_string(bucket); }

// Accounts with the same first bits of their keys, which are hashes, are kept together.
std::uint64_t bucket_of(KeyHash account, unsigned bits) { return bits == 0 ? 0 : account >> (64 - bits); }

unsigned bucket_bits(std::size_t accounts) {
  unsigned bits = 0;
  while (bits < kMostBucketBits && accounts >> bits > kAccountsABucket) ++bits;
  return bits;
}

// The edges by step, descending, by counting.
std::vector<WeightedEdge> by_step(std::span<const std::span<const WeightedEdge>> links,
                                  std::span<const Vertex> place_of) {
  std::vector<std::size_t> begin(static_cast<std::size_t>(kMostBits * kCutsPerBit) + 2, 0);
  for (const auto edges : links) {
    for (const WeightedEdge& edge : edges) ++begin[step_of(edge.weight)];
  }
  std::size_t count = 0;
  for (std::size_t step = begin.size(); step-- > 0;) {
    const std::size_t here = begin[step];
    begin[step] = count;
    count += here;
  }
  std::vector<WeightedEdge> sorted(count);
  for (const auto edges : links) {
    for (const WeightedEdge& edge : edges) {
      const std::uint32_t step = step_of(edge.weight);
      sorted[begin[step]++] = {place_of[edge.u], place_of[edge.v], bits_of(step)};
    }
  }
  return sorted;
}

void encode_node(Encoder& out, const MergeNode& node, std::size_t number) {
  out.number(step_of(node.strength));
  out.number(step_of(node.bridge));
  out.number(node.parent == MergeNode::kNone ? 0 : node.parent - number);
  out.number(node.begin);
  out.number(node.size);
  out.number(node.pieces);
  out.number(node.edges);
}

MergeNode decode_node(Decoder& in, std::size_t number) {
  MergeNode node;
  node.strength = bits_of(in.number());
  node.bridge = bits_of(in.number());
  const std::uint64_t above = in.number();
  if (above != 0) node.parent = static_cast<std::uint32_t>(number + above);
  node.begin = static_cast<Vertex>(in.number());
  node.size = static_cast<Vertex>(in.number());
  node.pieces = static_cast<Vertex>(in.number());
  node.edges = in.number();
  return node;
}

// By vertex, the number of the component of all links.
std::vector<std::uint32_t> components_of(const MergeTree& tree) {
  std::vector<std::uint32_t> component(tree.order.size(), 0);
  std::uint32_t number = 0;
  for (const MergeNode& node : tree.nodes) {
    if (node.parent != MergeNode::kNone) continue;
    for (const Vertex v : tree.members(node)) component[v] = number;
    ++number;
  }
  return component;
}

// Every bucket has a row, an empty one too: of a run over a base none of the base's is to show.
void encode_components(const CutTree& cuts, unsigned bits, std::vector<IndexEntry>& entries) {
  const std::vector<std::uint32_t> component = components_of(cuts.tree);
  std::size_t at = 0;
  for (std::uint64_t bucket = 0; bucket < std::uint64_t{1} << bits; ++bucket) {
    std::size_t end = at;
    while (end < cuts.accounts.size() && bucket_of(cuts.accounts[end], bits) == bucket) ++end;
    IndexEntry& row = entries.emplace_back(IndexEntry{component_key(bucket), {}});
    Encoder to(row.value);
    to.number(end - at);
    KeyHash before = 0;
    for (; at < end; ++at) {
      to.number(cuts.accounts[at] - before);
      to.number(component[at]);
      before = cuts.accounts[at];
    }
  }
}

std::string must_find(const Store& store, std::uint64_t run, const std::string& key) {
  std::optional<std::string> bytes = store.find_index(run, key);
  if (!bytes) Decoder({}, "cuts of a run").fail();
  return *std::move(bytes);
}

}  // namespace

float step_of_cut(double cut) {
  return static_cast<float>(std::ceil(std::clamp(cut, 0.0, double{kMostBits}) * double{kCutsPerBit})) / kCutsPerBit;
}

CutTree cut_tree(std::span<const KeyHash> accounts, std::span<const std::span<const WeightedEdge>> links) {
  std::vector<Vertex> place_of(accounts.size(), 0);
  for (const auto edges : links) {
    for (const WeightedEdge& edge : edges) place_of[edge.u] = place_of[edge.v] = 1;
  }
  CutTree cuts;
  for (std::size_t a = 0; a < accounts.size(); ++a) {
    if (place_of[a] == 0) continue;
    place_of[a] = static_cast<Vertex>(cuts.accounts.size());
    cuts.accounts.push_back(accounts[a]);
  }
  cuts.tree = build_merge_tree(static_cast<Vertex>(cuts.accounts.size()), by_step(links, place_of));
  return cuts;
}

std::vector<IndexEntry> encode_cuts(const CutTree& cuts) {
  const std::vector<MergeNode>& nodes = cuts.tree.nodes;
  std::vector<IndexEntry> entries;
  IndexEntry& head = entries.emplace_back(IndexEntry{head_key(), {}});
  Encoder out(head.value);
  out.byte(kVersion);
  out.number(nodes.size());
  out.number(cuts.tree.order.size());
  const unsigned bits = bucket_bits(cuts.accounts.size());
  out.number(bits);
  for (std::size_t begin = 0; begin < nodes.size(); begin += kNodesABlock) {
    IndexEntry& block = entries.emplace_back(IndexEntry{node_key(begin / kNodesABlock), {}});
    Encoder to(block.value);
    for (std::size_t i = begin; i < std::min(begin + kNodesABlock, nodes.size()); ++i) encode_node(to, nodes[i], i);
  }
  const std::vector<Vertex>& order = cuts.tree.order;
  for (std::size_t begin = 0; begin < order.size(); begin += kAccountsABlock) {
    IndexEntry& block = entries.emplace_back(IndexEntry{account_key(begin / kAccountsABlock), {}});
    Encoder to(block.value);
    for (std::size_t i = begin; i < std::min(begin + kAccountsABlock, order.size()); ++i)
      to.fixed64(cuts.accounts[order[i]]);
  }
  encode_components(cuts, bits, entries);
  return entries;
}

void add_cuts(std::span<const KeyHash> accounts, const Similarity& similarity, std::vector<IndexEntry>& index) {
  const std::array<std::span<const WeightedEdge>, 2> links = {similarity.core, similarity.attach};
  std::vector<IndexEntry> entries = encode_cuts(cut_tree(accounts, links));
  std::ranges::move(entries, std::back_inserter(index));
}

std::optional<StoredCuts> StoredCuts::open(const Store& store, std::uint64_t run) {
  const std::optional<std::string> head = store.find_index(run, head_key());
  if (!head) return std::nullopt;
  Decoder in(*head, "cuts of a run");
  const std::uint8_t version = in.byte();
  if (version != kVersion && version != kWithoutComponents) return std::nullopt;
  StoredCuts cuts(store, run);
  cuts.nodes_ = in.number();
  cuts.accounts_ = in.number();
  if (version == kWithoutComponents) return cuts;
  const std::uint64_t bits = in.number();
  if (bits > kMostBucketBits) in.fail();
  cuts.bucket_bits_ = static_cast<unsigned>(bits);
  return cuts;
}

std::optional<std::uint64_t> StoredCuts::component_of(KeyHash account) const {
  const std::string bytes = must_find(*store_, run_, component_key(bucket_of(account, *bucket_bits_)));
  Decoder in(bytes, "cuts of a run");
  KeyHash at = 0;
  for (std::size_t left = in.count(); left > 0; --left) {
    at += in.number();
    const std::uint64_t component = in.number();
    if (at == account) return component;
  }
  return std::nullopt;
}

std::optional<bool> StoredCuts::are_apart(KeyHash a, KeyHash b) const {
  if (!bucket_bits_) return std::nullopt;
  const std::optional<std::uint64_t> of_a = component_of(a), of_b = component_of(b);
  return !of_a || of_a != of_b;
}

std::vector<MergeNode> StoredCuts::nodes(float cut) const {
  std::vector<MergeNode> nodes;
  while (nodes.size() < nodes_ && (nodes.empty() || nodes.back().strength >= cut)) {
    const std::string bytes = must_find(*store_, run_, node_key(nodes.size() / kNodesABlock));
    Decoder in(bytes, "cuts of a run");
    const std::size_t here = std::min<std::uint64_t>(kNodesABlock, nodes_ - nodes.size());
    for (std::size_t i = 0; i < here; ++i) {
      nodes.push_back(decode_node(in, nodes.size()));
      const MergeNode& node = nodes.back();
      if (std::uint64_t{node.begin} + node.size > accounts_ || node.size < 2) in.fail();
    }
    in.expect_end();
  }
  return nodes;
}

std::vector<KeyHash> StoredCuts::accounts(Vertex begin, Vertex size) const {
  std::vector<KeyHash> found;
  found.reserve(size);
  const std::size_t end = std::size_t{begin} + size;
  for (std::size_t at = begin; at < end;) {
    const std::size_t block = at / kAccountsABlock, first = block * kAccountsABlock;
    const std::string bytes = must_find(*store_, run_, account_key(block));
    const std::size_t last = std::min(end, first + kAccountsABlock);
    if (bytes.size() < (last - first) * 8) Decoder({}, "cuts of a run").fail();
    Decoder in(std::string_view(bytes).substr((at - first) * 8), "cuts of a run");
    for (; at < last; ++at) found.push_back(in.fixed64());
  }
  return found;
}

}  // namespace ringscope
