#include "engine/ask/ring_lines.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <unordered_set>

#include <fmt/format.h>

#include "engine/ask/read_run.h"
#include "engine/detect/overrule.h"
#include "engine/detect/ring_id.h"
#include "engine/detect/ring_json.h"
#include "engine/detect/stored_rings.h"
#include "engine/ledger/chronicle.h"

namespace ringscope {
namespace {

bool line_ranks_before(const RingLine& a, const RingLine& b) {
  return std::tuple(-static_cast<int>(a.tier), -a.score, b.size, std::string_view(a.ring)) <
         std::tuple(-static_cast<int>(b.tier), -b.score, a.size, std::string_view(b.ring));
}

// Of a run that kept no list: all rings are read.
std::vector<RingLine> lines_from_rings(const Store& store, std::uint64_t run) {
  std::map<std::string, Standing> standings;
  for (Standing& one : read_standings(store)) {
    std::string id = one.ring;
    standings.emplace(std::move(id), std::move(one));
  }
  std::vector<RingLine> lines;
  for (const Ring& ring : stored_rings(store, run)) {
    RingLine& line = lines.emplace_back(line_of(ring));
    line.born = line.changed = run;
    const auto standing = standings.find(ring.id);
    if (standing == standings.end()) continue;
    line.born = standing->second.born;
    for (const RingEvent& event : events_of(store, standing->second, run)) {
      line.changed = event.run;
      line.change = event.run == run ? std::optional(event.change) : std::nullopt;
    }
  }
  std::ranges::sort(lines, line_ranks_before);
  return lines;
}

// The rings that a verdict is on, or that have a member it is on.
class TouchedRings {
 public:
  TouchedRings(const Store& store, std::uint64_t run, const Decisions& decisions, const std::vector<RingLine>& lines)
      : store_(store), run_(run) {
    std::set<std::string_view> named;
    for (const Verdict& verdict : decisions.verdicts()) {
      if (!verdict.ring.empty()) named.insert(verdict.ring);
      if (verdict.undoes == 0) accounts_.insert(verdict.accounts.begin(), verdict.accounts.end());
    }
    for (const RingLine& line : lines) {
      if (line.verdict || line.engine || line.carried || named.contains(line.ring)) take(line.ring);
    }
    while (!accounts_.empty()) {
      const auto place = store.find_place(run, *accounts_.begin());
      accounts_.erase(accounts_.begin());
      if (place) take(*place);
    }
  }
  std::vector<Ring> rings() && { return std::move(rings_); }

 private:
  // Its members need not be looked up any more.
  void take(const std::string& id) {
    if (!ids_.insert(id).second) return;
    const auto stored = store_.find_ring(run_, id);
    if (!stored) return;
    Ring& ring = rings_.emplace_back(ring_head_from_json(stored->payload));
    for (const Member& member : ring.members) accounts_.erase(member.account);
  }

  const Store& store_;
  std::uint64_t run_;
  std::unordered_set<KeyHash> accounts_;  // whose ring is not known yet
  std::set<std::string> ids_;
  std::vector<Ring> rings_;
};

// Puts what verdicts make of rings in the place of what was published.
void overrule_lines(const Store& store, std::uint64_t run, std::vector<RingLine>& lines) {
  const Decisions decisions(read_verdicts(store));
  std::vector<Ring> rings = TouchedRings(store, run, decisions, lines).rings();
  if (rings.empty() && decisions.empty()) return;
  std::set<std::string> read;
  for (const Ring& ring : rings) read.insert(ring.id);
  overrule(store, decisions, run, rings);
  std::map<std::string_view, const RingLine*> published;
  for (const RingLine& line : lines) published.emplace(line.ring, &line);
  std::vector<RingLine> now;
  for (const Ring& ring : rings) {
    RingLine& line = now.emplace_back(line_of(ring));
    const auto before = published.find(ring.id);
    line.born = before == published.end() ? run : before->second->born;
    line.changed = before == published.end() ? run : before->second->changed;
    if (before != published.end()) line.change = before->second->change;
  }
  std::erase_if(lines, [&](const RingLine& line) { return read.contains(line.ring); });
  lines.insert(lines.end(), std::make_move_iterator(now.begin()), std::make_move_iterator(now.end()));
  std::ranges::sort(lines, line_ranks_before);
}

}  // namespace

RingLines read_ring_lines(const Store& store, std::uint64_t run) {
  auto indexed = indexed_lines(store, run);
  RingLines result{run, indexed ? std::move(*indexed) : lines_from_rings(store, run)};
  overrule_lines(store, run, result.lines);
  return result;
}

std::size_t find_line(const RingLines& lines, std::string_view id) {
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < lines.lines.size(); ++i) {
    if (lines.lines[i].ring == id) return i;
    if (is_ring_id(lines.lines[i].ring, id)) ids.push_back(lines.lines[i].ring);
  }
  const std::string full = complete_ring_id(ids, id, fmt::format("run {}", lines.run));
  return static_cast<std::size_t>(std::ranges::find(lines.lines, full, &RingLine::ring) - lines.lines.begin());
}

}  // namespace ringscope
