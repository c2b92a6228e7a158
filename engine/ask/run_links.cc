#include "engine/ask/run_links.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/parallel.h"
#include "base/random.h"
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

// Rows of the graph as the store has them.
struct Rows {
  std::vector<KeyHash> accounts;          // ascending
  std::vector<std::size_t> starts = {0};  // in links; one more than the accounts
  std::vector<StoredLink> links;
};

constexpr int kPieceBits = 6;  // 64 pieces of the keys, which are hashes: about equal

std::vector<Rows> read_rows(const Store& store, std::uint64_t run) {
  std::vector<Rows> pieces(std::size_t{1} << kPieceBits);
  parallel_for(
      pieces.size(), 0,
      [&](std::size_t p) {
        constexpr KeyHash kSpan = ~KeyHash{0} >> kPieceBits;
        const KeyHash first = static_cast<KeyHash>(p) << (64 - kPieceBits);
        Rows& rows = pieces[p];
        store.scan_links(run, first, first + kSpan, [&](KeyHash account, std::span<const StoredLink> links) {
          if (links.empty()) return;
          rows.accounts.push_back(account);
          rows.links.insert(rows.links.end(), links.begin(), links.end());
          rows.starts.push_back(rows.links.size());
        });
      },
      1);
  return pieces;
}

[[noreturn]] void fail_at_pairs() {
  throw Error(ErrorCode::corrupt, "the pairs of the run do not agree with each other; run 'ringscope doctor'");
}

// Each pair is kept at both of its ends. Of all arcs together the sum is 0 when each has its twin.
std::uint64_t signed_hash(Vertex from, Vertex to, float bits) {
  const auto [low, high] = std::minmax(from, to);
  const std::uint64_t hash = mix64(mix64((std::uint64_t{low} << 32) | high) ^ std::bit_cast<std::uint32_t>(bits));
  return from < to ? hash : 0 - hash;
}

// Writes the row of a vertex, its links in any order, and returns the sum of its arcs.
std::uint64_t fill_row(std::span<StoredLink> links, Vertex vertex, const KeyPlaces& places, CsrArrays& graph) {
  std::ranges::sort(links, {}, &StoredLink::other);  // as the vertices
  std::uint64_t sum = 0;
  ArcIndex arc = graph.offsets[vertex];
  for (std::size_t i = 0; i < links.size(); ++i, ++arc) {
    const auto other = places.find(links[i].other);
    if (!other || *other == vertex || (i > 0 && links[i].other == links[i - 1].other)) fail_at_pairs();
    graph.targets[arc] = *other;
    graph.weights[arc] = links[i].bits;
    sum += signed_hash(vertex, *other, links[i].bits);
  }
  return sum;
}

// The targets and weights of the rows, whose accounts and offsets are there. Leaves the links of the pieces sorted.
void fill_rows(std::span<Rows> pieces, RunLinks& graph) {
  const KeyPlaces places(graph.accounts);
  graph.arrays.targets.resize(graph.arrays.offsets.back());
  graph.arrays.weights.resize(graph.arrays.offsets.back());
  std::vector<std::size_t> before(pieces.size() + 1, 0);  // rows
  for (std::size_t p = 0; p < pieces.size(); ++p) before[p + 1] = before[p] + pieces[p].accounts.size();
  std::vector<std::uint64_t> sums(pieces.size(), 0);
  parallel_for(
      pieces.size(), 0,
      [&](std::size_t p) {
        Rows& rows = pieces[p];
        for (std::size_t r = 0; r < rows.accounts.size(); ++r) {
          const auto links = std::span(rows.links).subspan(rows.starts[r], rows.starts[r + 1] - rows.starts[r]);
          sums[p] += fill_row(links, static_cast<Vertex>(before[p] + r), places, graph.arrays);
        }
      },
      1);
  if (std::accumulate(sums.begin(), sums.end(), std::uint64_t{0}) != 0) fail_at_pairs();
}

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
  std::vector<Rows> pieces = read_rows(store, run);
  RunLinks result{run, {}, {}};
  result.arrays.offsets.push_back(0);
  for (const Rows& piece : pieces) {
    for (std::size_t r = 0; r < piece.accounts.size(); ++r) {
      result.accounts.push_back(piece.accounts[r]);
      result.arrays.offsets.push_back(result.arrays.offsets.back() + piece.starts[r + 1] - piece.starts[r]);
    }
  }
  if (summary.links > 0 && result.accounts.empty())
    throw Error(ErrorCode::not_found, "the links of the run were dropped: the latest two runs keep theirs",
                "run " + std::to_string(run));
  fill_rows(pieces, result);
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
