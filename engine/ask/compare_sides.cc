#include "engine/ask/compare_sides.h"

#include <algorithm>
#include <span>
#include <utility>

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include "base/error.h"
#include "base/parallel.h"

namespace ringscope {
namespace {

constexpr std::size_t kPiece = 64;  // members that one thread reads at a time

struct KeyHasher {
  std::size_t operator()(const VertexKey& key) const { return key.hash ^ (static_cast<std::size_t>(key.kind) << 56U); }
};

// Accounts that can be asked for by the million: nearly all that are none of them are told by one bit.
class Among {
 public:
  explicit Among(std::span<const KeyHash> ascending) : accounts_(ascending), seen_(kBits, false) {
    for (const KeyHash account : accounts_) seen_[account % kBits] = true;
  }
  bool has(KeyHash account) const { return seen_[account % kBits] && std::ranges::binary_search(accounts_, account); }

 private:
  static constexpr std::size_t kBits = std::size_t{1} << 16;
  std::span<const KeyHash> accounts_;
  std::vector<bool> seen_;
};

// Some members of one ring.
struct Piece {
  std::vector<VertexKey> things;  // of one member after the other, each of its own once
  std::vector<KeyHash> prompts;
  std::map<VertexKey, std::uint64_t> capabilities;
  std::array<std::uint64_t, 24> hours{};
  std::vector<StoredLink> links;  // to members of the other ring
  std::uint64_t linked = 0;
};

class PieceReader {
 public:
  PieceReader(const Store& store, const RunSummary& run, const ComparedRings& rings, const CompareOptions& options)
      : store_(store),
        run_(run),
        a_(rings.a.accounts),
        b_(rings.b.accounts),
        others_(b_),
        check_(one_at_a_time(options.check)) {}

  std::size_t count_of_a() const { return pieces_of(a_); }
  std::size_t count() const { return pieces_of(a_) + pieces_of(b_); }

  Piece read(std::size_t number) const {
    const bool of_a = number < count_of_a();
    const std::span<const KeyHash> all = of_a ? a_ : b_;
    const std::size_t begin = (of_a ? number : number - count_of_a()) * kPiece;
    const auto accounts = all.subspan(begin, std::min(kPiece, all.size() - begin));
    Piece piece;
    read_things(accounts, piece);
    read_habits(accounts, piece);
    if (of_a) read_links(accounts, piece);
    return piece;
  }

 private:
  static std::size_t pieces_of(std::span<const KeyHash> accounts) { return (accounts.size() + kPiece - 1) / kPiece; }

  void read_things(std::span<const KeyHash> accounts, Piece& piece) const {
    store_.visit_cells(accounts, run_.window, [&](KeyHash, std::span<const Cell> cells) {
      pass(check_);
      for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i == 0 || cells[i].entity != cells[i - 1].entity) piece.things.push_back(cells[i].entity);
      }
    });
  }

  void read_habits(std::span<const KeyHash> accounts, Piece& piece) const {
    store_.visit_activity(accounts, run_.window, [&](KeyHash, std::span<const ActivityDay> days) {
      pass(check_);
      for (const ActivityDay& day : days) {
        for (std::size_t hour = 0; hour < day.hours.size(); ++hour) piece.hours[hour] += day.hours[hour];
        for (const TagCount& tag : day.tags) piece.capabilities[tag.tag] += tag.count;
        for (const TemplateCount& one : day.templates) piece.prompts.push_back(one.template_hash);
      }
    });
  }

  void read_links(std::span<const KeyHash> accounts, Piece& piece) const {
    for (const KeyHash account : accounts) {
      pass(check_);
      const std::size_t before = piece.links.size();
      for (const StoredLink& link : store_.links_of(run_.run, account)) {
        if (others_.has(link.other)) piece.links.push_back(link);
      }
      piece.linked += piece.links.size() > before ? 1 : 0;
    }
  }

  const Store& store_;
  const RunSummary& run_;
  std::span<const KeyHash> a_, b_;
  Among others_;
  Checkpoint check_;
};

ComparedRing read_head(const Store& store, const RunSummary& run, std::string_view id, const CompareOptions& options) {
  ComparedRing one{.head = find_ring_head(store, run.run, id), .accounts = {}, .capabilities = {}};
  for (const Member& member : one.ring().members) {
    if (one.accounts.size() < options.most_members) one.accounts.push_back(member.account);
  }
  std::ranges::sort(one.accounts);
  return one;
}

void add_habits(const Piece& piece, ComparedRing& ring) {
  for (std::size_t hour = 0; hour < piece.hours.size(); ++hour) ring.hours[hour] += piece.hours[hour];
  for (const auto& [tag, count] : piece.capabilities) ring.capabilities[tag] += count;
}

std::vector<MetThing> meet(std::span<const Piece> of_a, std::span<const Piece> of_b) {
  absl::flat_hash_map<VertexKey, std::pair<std::uint32_t, std::uint32_t>, KeyHasher> members;
  std::size_t most = 0;
  for (const Piece& piece : of_a) most += piece.things.size();
  members.reserve(most);
  for (const Piece& piece : of_a) {
    for (const VertexKey& thing : piece.things) ++members[thing].first;
  }
  for (const Piece& piece : of_b) {
    for (const VertexKey& thing : piece.things) {
      if (const auto at = members.find(thing); at != members.end()) ++at->second.second;
    }
  }
  std::vector<MetThing> things;
  for (const auto& [entity, count] : members) {
    if (count.second > 0) things.push_back({entity, count.first, count.second});
  }
  return things;
}

void count_prompts(std::span<const Piece> of_a, std::span<const Piece> of_b, ComparedRings& rings) {
  absl::flat_hash_set<KeyHash> asked_a, asked_b;
  for (const Piece& piece : of_a) asked_a.insert(piece.prompts.begin(), piece.prompts.end());
  for (const Piece& piece : of_b) {
    for (const KeyHash prompt : piece.prompts) {
      if (asked_b.insert(prompt).second && asked_a.contains(prompt)) ++rings.prompts;
    }
  }
  rings.a.prompts = asked_a.size();
  rings.b.prompts = asked_b.size();
}

void count_links(std::span<const Piece> of_a, ComparedRings& rings) {
  absl::flat_hash_set<KeyHash> ends;
  for (const Piece& piece : of_a) {
    rings.links += piece.links.size();
    rings.linked_a += piece.linked;
    for (const StoredLink& link : piece.links) {
      ends.insert(link.other);
      rings.strongest_link = std::max(rings.strongest_link, static_cast<double>(link.bits));
    }
  }
  rings.linked_b = ends.size();
}

}  // namespace

ComparedRings read_compared(const Store& store, const RunSummary& run, std::string_view a, std::string_view b,
                            const CompareOptions& options) {
  ComparedRings rings;
  parallel_for(
      2, 0, [&](std::size_t i) { (i == 0 ? rings.a : rings.b) = read_head(store, run, i == 0 ? a : b, options); }, 1);
  if (rings.a.ring().id == rings.b.ring().id)
    throw Error(ErrorCode::usage, "the ring was named twice; name two rings", rings.a.ring().id);
  const PieceReader reader(store, run, rings, options);
  std::vector<Piece> pieces(reader.count());
  parallel_for(
      pieces.size(), 0, [&](std::size_t p) { pieces[p] = reader.read(p); }, 1);
  const std::span<const Piece> of_a(pieces.data(), reader.count_of_a());
  const std::span<const Piece> of_b = std::span<const Piece>(pieces).subspan(of_a.size());
  for (const Piece& piece : of_a) add_habits(piece, rings.a);
  for (const Piece& piece : of_b) add_habits(piece, rings.b);
  parallel_for(
      2, 0,
      [&](std::size_t i) {
        if (i == 0) {
          rings.things = meet(of_a, of_b);
        } else {
          count_prompts(of_a, of_b, rings);
        }
      },
      1);
  count_links(of_a, rings);
  return rings;
}

}  // namespace ringscope
