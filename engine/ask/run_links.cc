#include "engine/ask/run_links.h"

#include <bit>
#include <numeric>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/parallel.h"
#include "engine/ask/read_run.h"

namespace ringscope {
namespace {

// Where keys are among others (ascending). They are hashes, so few have the same leading bits: O(1) expected.
class KeyPlaces {
 public:
  explicit KeyPlaces(std::span<const KeyHash> keys)
      : keys_(keys), shift_(64 - static_cast<int>(std::bit_width(keys.size() | 1))) {
    first_.resize((~KeyHash{0} >> shift_) + 2, 0);
    for (const KeyHash key : keys) ++first_[(key >> shift_) + 1];
    std::partial_sum(first_.begin(), first_.end(), first_.begin());
  }
  // Nothing: it is not among them.
  std::optional<Vertex> find(KeyHash key) const {
    const std::size_t end = first_[(key >> shift_) + 1];
    for (std::size_t i = first_[key >> shift_]; i < end; ++i) {
      if (keys_[i] == key) return static_cast<Vertex>(i);
    }
    return std::nullopt;
  }

 private:
  std::span<const KeyHash> keys_;
  int shift_;
  std::vector<std::size_t> first_;  // place of the first key with these leading bits or more
};

using Halves = std::vector<std::vector<StoredLink>>;

Halves read_halves(const Store& store, std::uint64_t run, std::span<const KeyHash> accounts) {
  Halves halves(accounts.size());
  parallel_for(
      accounts.size(), 0, [&](std::size_t i) { halves[i] = store.links_of(run, accounts[i]); }, 256);
  return halves;
}

}  // namespace

RunLinks links_of_run(const Store& store, std::uint64_t run) {
  const RunSummary summary = find_run(store, run);
  std::vector<KeyHash> all;
  store.scan_names(kAccountKind, [&](KeyHash hash, std::string_view) { all.push_back(hash); });
  const Halves halves = read_halves(store, run, all);
  RunLinks result{run, {}, {}};
  std::vector<Vertex> vertex(all.size(), 0);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (halves[i].empty()) continue;
    vertex[i] = static_cast<Vertex>(result.accounts.size());
    result.accounts.push_back(all[i]);
  }
  if (summary.links > 0 && result.accounts.empty())
    throw Error(ErrorCode::not_found, "the links of the run were dropped: the latest two runs keep theirs",
                "run " + std::to_string(run));
  const KeyPlaces places(all);
  std::vector<WeightedEdge> edges;
  edges.reserve(summary.links);
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (const StoredLink& link : halves[i]) {  // each pair is at both of its ends
      if (all[i] >= link.other) continue;
      const auto other = places.find(link.other);
      if (!other)
        throw Error(ErrorCode::corrupt,
                    "a pair of the run has an account that the store does not know; run 'ringscope doctor'");
      edges.push_back({vertex[i], vertex[*other], link.bits});
    }
  }
  result.arrays = build_csr(static_cast<Vertex>(result.accounts.size()), edges);
  return result;
}

RunLinks links_among(const Store& store, std::uint64_t run, std::span<const KeyHash> accounts) {
  (void)find_run(store, run);
  const Halves halves = read_halves(store, run, accounts);
  const KeyPlaces places(accounts);
  std::vector<WeightedEdge> edges;
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    for (const StoredLink& link : halves[i]) {
      if (accounts[i] >= link.other) continue;
      if (const auto other = places.find(link.other)) edges.push_back({static_cast<Vertex>(i), *other, link.bits});
    }
  }
  return {run, build_csr(static_cast<Vertex>(accounts.size()), edges), {accounts.begin(), accounts.end()}};
}

PairFacts pair_facts(const Snapshot& snapshot, const RunLinks& links, unsigned threads) {
  std::vector<std::optional<Vertex>> left(links.accounts.size());
  for (std::size_t v = 0; v < left.size(); ++v) left[v] = snapshot.vertex_of(links.accounts[v]);
  return pair_facts(snapshot, links.view(), left, threads);
}

}  // namespace ringscope
