#include "engine/ask/run_links.h"

#include <algorithm>
#include <array>
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

// Where keys are among others (ascending). They are hashes, so few have the same bits behind those that all have the
// same (the first `common`): O(1) expected.
class KeyPlaces {
 public:
  explicit KeyPlaces(std::span<const KeyHash> keys, int common = 0)
      : keys_(keys), common_(common), shift_(64 - static_cast<int>(std::bit_width(keys.size() | 1))) {
    first_.resize((~KeyHash{0} >> shift_) + 2, 0);
    for (const KeyHash key : keys) ++first_[leading(key) + 1];
    std::partial_sum(first_.begin(), first_.end(), first_.begin());
  }
  // Nothing: it is not among them.
  std::optional<Vertex> find(KeyHash key) const {
    const std::size_t end = first_[leading(key) + 1];
    for (std::size_t i = first_[leading(key)]; i < end; ++i) {
      if (keys_[i] == key) return static_cast<Vertex>(i);
    }
    return std::nullopt;
  }

 private:
  std::size_t leading(KeyHash key) const { return (key << common_) >> shift_; }

  std::span<const KeyHash> keys_;
  int common_, shift_;
  std::vector<std::size_t> first_;  // place of the first key with these leading bits or more
};

// A graph is read in pieces of the accounts by the first bits of their keys, and each piece's arcs are put in order by
// the first bits of the account at the other end. Whoever then fills the rows of so few accounts, from all pieces,
// finds accounts and rows in the processor's cache: looking up each of 48 million arcs among all accounts took 6 of 10
// s.
constexpr int kPieceBits = 6, kBucketBits = 8;
constexpr std::size_t kPieces = std::size_t{1} << kPieceBits, kBuckets = std::size_t{1} << kBucketBits;

std::size_t bucket_of(KeyHash key) { return key >> (64 - kBucketBits); }

struct Arc {
  KeyHash other = 0;
  std::uint32_t row = 0;  // in its piece
  float bits = 0;
};

struct Piece {
  std::vector<KeyHash> accounts;  // of the rows, ascending
  std::vector<std::size_t> degrees;
  std::vector<Arc> arcs;  // by bucket of `other`, then by row
  std::array<std::size_t, kBuckets + 1> begins{};
};

void order_by_bucket(std::span<const Arc> arcs, Piece& piece) {
  for (const Arc& arc : arcs) ++piece.begins[bucket_of(arc.other) + 1];
  std::partial_sum(piece.begins.begin(), piece.begins.end(), piece.begins.begin());
  std::array<std::size_t, kBuckets + 1> next = piece.begins;
  piece.arcs.resize(arcs.size());
  for (const Arc& arc : arcs) piece.arcs[next[bucket_of(arc.other)]++] = arc;
}

Piece read_piece(const Store& store, std::uint64_t run, std::size_t number) {
  constexpr KeyHash kSpan = ~KeyHash{0} >> kPieceBits;
  const KeyHash first = static_cast<KeyHash>(number) << (64 - kPieceBits);
  Piece piece;
  std::vector<Arc> arcs;
  store.scan_links(run, first, first + kSpan, [&](KeyHash account, std::span<const StoredLink> links) {
    if (links.empty()) return;
    const auto row = static_cast<std::uint32_t>(piece.accounts.size());
    piece.accounts.push_back(account);
    piece.degrees.push_back(links.size());
    for (const StoredLink& link : links) arcs.push_back({link.other, row, link.bits});
  });
  order_by_bucket(arcs, piece);
  return piece;
}

std::vector<Piece> read_pieces(const Store& store, std::uint64_t run) {
  std::vector<Piece> pieces(kPieces);
  parallel_for(
      kPieces, 0, [&](std::size_t p) { pieces[p] = read_piece(store, run, p); }, 1);
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

// The rows of the accounts of a bucket, from the arcs that lead to them: each pair is at both of its ends, so these are
// as many, and they come in the order of the vertices that they start from. Returns the sum of their hashes.
std::uint64_t fill_bucket(std::span<const Piece> pieces, std::span<const Vertex> before, std::size_t bucket,
                          RunLinks& graph) {
  const auto begin = std::ranges::lower_bound(graph.accounts, bucket, {}, bucket_of);
  const auto end = std::ranges::upper_bound(begin, graph.accounts.end(), bucket, {}, bucket_of);
  const KeyPlaces places({begin, end}, kBucketBits);
  const auto first = static_cast<Vertex>(begin - graph.accounts.begin());
  CsrArrays& arrays = graph.arrays;
  std::vector<ArcIndex> next(arrays.offsets.begin() + first, arrays.offsets.begin() + (end - graph.accounts.begin()));
  std::uint64_t sum = 0;
  for (std::size_t p = 0; p < pieces.size(); ++p) {
    for (std::size_t i = pieces[p].begins[bucket]; i < pieces[p].begins[bucket + 1]; ++i) {
      const Arc& arc = pieces[p].arcs[i];
      const Vertex from = before[p] + arc.row;
      const auto place = places.find(arc.other);
      if (!place) fail_at_pairs();
      const Vertex to = first + *place;
      const ArcIndex at = next[*place]++;
      const bool twice = at > arrays.offsets[to] && arrays.targets[at - 1] >= from;
      if (at == arrays.offsets[to + 1] || from == to || twice) fail_at_pairs();
      arrays.targets[at] = from;
      arrays.weights[at] = arc.bits;
      sum += signed_hash(from, to, arc.bits);
    }
  }
  return sum;
}

// The targets and weights of all rows, whose accounts and offsets are there.
void fill_rows(std::span<const Piece> pieces, RunLinks& graph) {
  graph.arrays.targets.resize(graph.arrays.offsets.back());
  graph.arrays.weights.resize(graph.arrays.offsets.back());
  std::vector<Vertex> before = {0};  // rows of earlier pieces
  for (const Piece& piece : pieces) before.push_back(before.back() + static_cast<Vertex>(piece.accounts.size()));
  std::vector<std::uint64_t> sums(kBuckets);
  parallel_for(
      kBuckets, 0, [&](std::size_t b) { sums[b] = fill_bucket(pieces, before, b, graph); }, 1);
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
  const std::vector<Piece> pieces = read_pieces(store, run);
  RunLinks result{run, {}, {}};
  result.arrays.offsets.push_back(0);
  for (const Piece& piece : pieces) {
    result.accounts.insert(result.accounts.end(), piece.accounts.begin(), piece.accounts.end());
    for (const std::size_t degree : piece.degrees)
      result.arrays.offsets.push_back(result.arrays.offsets.back() + degree);
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
