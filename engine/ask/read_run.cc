#include "engine/ask/read_run.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/parallel.h"
#include "engine/ask/ring_lines.h"
#include "engine/detect/ring/overrule.h"
#include "engine/detect/ring/ring_id.h"
#include "engine/detect/ring/ring_json.h"
#include "engine/detect/ring/stored_rings.h"
#include "engine/ledger/ring_event_json.h"
#include "engine/ledger/ruled_rings.h"

namespace ringscope {
namespace {

// A verdict after the latest run makes a new version of each ring that it changes.
void stamp_version(const Store& store, const Decisions& decisions, Ring& ring) {
  if (ring.run != store.counts().runs || !is_touched(decisions, ring)) return;
  if (const auto stored = store.find_standing(ring.id))
    ring.version = std::max(ring.version, standing_head_from_json(stored->payload).version);
}

// The members of a piece of rings (a ring is never cut) that are read ahead, or printed, and the pieces that wait.
constexpr std::size_t kReadMembers = 4'000, kPrintedMembers = 1'000, kPiecesAhead = 8;

// All rings of a run, one by one on any thread.
class RingReader {
 public:
  RingReader(const Store& store, std::uint64_t run)
      : store_(store),
        decisions_(read_verdicts(store)),
        rings_(store, decisions_, run),
        order_(read_ring_lines(store, run).lines) {}

  // Where pieces of about so many members begin in the order of lists, and its end.
  std::vector<std::size_t> cut_pieces(std::size_t most) const {
    std::vector<std::size_t> begins = {0};
    std::size_t members = 0;
    for (std::size_t i = 0; i < order_.size(); ++i) {
      if (members > 0 && members + order_[i].size > most) {
        begins.push_back(i);
        members = 0;
      }
      members += order_[i].size;
    }
    if (!order_.empty()) begins.push_back(order_.size());
    return begins;
  }

  // The memory of the members that `ring` had is used again, but for that of the largest: to make and to free the texts
  // of a million members took a quarter of an export.
  void read(std::size_t i, Ring& ring) const {
    if (ring.members.capacity() > kReadMembers) ring.members = {};
    ring = rings_.ring(order_[i].ring, std::move(ring.members)).value();
    stamp_version(store_, decisions_, ring);
  }

 private:
  const Store& store_;
  const Decisions decisions_;
  const RuledRings rings_;
  const std::vector<RingLine> order_;
};

// One that only a verdict later than the run makes.
Ring carried_ring(const Store& store, std::uint64_t run, const std::string& id) {
  for (Ring& ring : read_rings(store, run, RingParts::heads)) {
    if (ring.id == id) return std::move(ring);
  }
  throw Error(ErrorCode::corrupt, "a ring that is listed cannot be found; run 'ringscope doctor'", id);
}

}  // namespace

RunSummary latest_run(const Store& store) {
  const auto run = store.latest_run();
  if (!run) throw Error(ErrorCode::not_found, "no detection yet: run 'ringscope detect'", store.path().string());
  return run_from_json(run->payload);
}

std::uint64_t latest_run_number(const Store& store) {
  const auto run = store.latest_run();
  if (!run) throw Error(ErrorCode::not_found, "no detection yet: run 'ringscope detect'", store.path().string());
  return run->run;
}

RunSummary find_run(const Store& store, std::uint64_t run) {
  if (const auto info = store.find_run(run)) return run_from_json(info->payload);
  throw Error(ErrorCode::not_found, fmt::format("there is no run {}; the latest is {}", run, latest_run(store).run));
}

std::vector<Ring> read_rings(const Store& store, std::uint64_t run, RingParts parts) {
  std::vector<Ring> rings = stored_rings(store, run);
  std::sort(rings.begin(), rings.end(), ranks_before);
  if (parts == RingParts::members)
    for (Ring& ring : rings) fill_members(store, ring);
  const Decisions decisions(read_verdicts(store));
  overrule(store, decisions, run, rings);
  for (Ring& ring : rings) stamp_version(store, decisions, ring);
  return rings;
}

void visit_rings(const Store& store, std::uint64_t run, const std::function<void(const Ring&)>& visit) {
  const RingReader reader(store, run);
  const std::vector<std::size_t> begins = reader.cut_pieces(kReadMembers);
  std::vector<std::vector<Ring>> pieces(kPiecesAhead);  // each with rings of earlier ones, if they were more
  parallel_in_order(
      begins.size() - 1, kPiecesAhead, 0,
      [&](std::size_t p) {
        std::vector<Ring>& piece = pieces[p % kPiecesAhead];
        const std::size_t count = begins[p + 1] - begins[p];
        if (piece.size() < count) piece.resize(count);
        for (std::size_t i = 0; i < count; ++i) reader.read(begins[p] + i, piece[i]);
      },
      [&](std::size_t p) {
        const std::vector<Ring>& piece = pieces[p % kPiecesAhead];
        for (std::size_t i = 0; i < begins[p + 1] - begins[p]; ++i) visit(piece[i]);
      });
}

void print_rings(const Store& store, std::uint64_t run, const RingPrinter& print,
                 const std::function<void(std::string_view)>& take) {
  struct Piece {
    Ring ring;
    std::string text;
  };
  const RingReader reader(store, run);
  const std::vector<std::size_t> begins = reader.cut_pieces(kPrintedMembers);
  std::vector<Piece> pieces(kPiecesAhead);
  parallel_in_order(
      begins.size() - 1, kPiecesAhead, 0,
      [&](std::size_t p) {
        Piece& piece = pieces[p % kPiecesAhead];
        piece.text.clear();
        for (std::size_t i = begins[p]; i < begins[p + 1]; ++i) {
          reader.read(i, piece.ring);
          print(piece.ring, piece.text);
        }
      },
      [&](std::size_t p) { take(pieces[p % kPiecesAhead].text); });
}

bool has_ring(const Store& store, std::uint64_t run, std::string_view id) {
  if (store.find_ring(run, id)) return true;
  bool found = false;
  visit_ring_lines(store, run, [&](const RingLine& line) { found = found || is_ring_id(line.ring, id); });
  return found;
}

Ring find_ring(const Store& store, std::uint64_t run, std::string_view id) {
  auto ring = stored_ring(store, run, id);
  if (!ring) {
    const std::string full = full_ring_id(store, run, id);
    ring = stored_ring(store, run, full);
    if (!ring) return carried_ring(store, run, full);
  }
  fill_members(store, *ring);
  const Decisions decisions(read_verdicts(store));
  overrule(decisions, *ring);
  stamp_version(store, decisions, *ring);
  return std::move(*ring);
}

}  // namespace ringscope
