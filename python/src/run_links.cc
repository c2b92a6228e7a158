#include "run_links.h"

#include <bit>
#include <numeric>
#include <span>
#include <string>

#include "base/error.h"
#include "base/parallel.h"
#include "engine/ask/read_run.h"

namespace ringscope::python {
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
  // Throws Error corrupt: it is not among them.
  std::size_t find(KeyHash key) const {
    const std::size_t end = first_[(key >> shift_) + 1];
    for (std::size_t i = first_[key >> shift_]; i < end; ++i) {
      if (keys_[i] == key) return i;
    }
    throw Error(ErrorCode::corrupt,
                "a pair of the run has an account that the store does not know; run 'ringscope doctor'");
  }

 private:
  std::span<const KeyHash> keys_;
  int shift_;
  std::vector<std::size_t> first_;  // place of the first key with these leading bits or more
};

}  // namespace

Links links_of_run(const Store& store, std::uint64_t run) {
  const RunSummary summary = find_run(store, run);
  std::vector<KeyHash> all;
  store.scan_names(kAccountKind, [&](KeyHash hash, std::string_view) { all.push_back(hash); });
  std::vector<std::vector<StoredLink>> links(all.size());
  parallel_for(
      all.size(), 0, [&](std::size_t i) { links[i] = store.links_of(run, all[i]); }, 256);
  Links result;
  std::vector<Vertex> vertex(all.size(), 0);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (links[i].empty()) continue;
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
    for (const StoredLink& link : links[i]) {  // each pair is at both of its ends
      if (all[i] < link.other) edges.push_back({vertex[i], vertex[places.find(link.other)], link.bits});
    }
  }
  result.arrays = build_csr(static_cast<Vertex>(result.accounts.size()), edges);
  return result;
}

}  // namespace ringscope::python
