#include "engine/ask/ring_lines.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <unordered_set>

#include <fmt/format.h>

#include "engine/ask/read_run.h"
#include "engine/detect/ring/overrule.h"
#include "engine/detect/ring/ring_id.h"
#include "engine/detect/ring/ring_json.h"
#include "engine/detect/ring/stored_rings.h"
#include "engine/ledger/chronicle.h"

namespace ringscope {
namespace {

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
  return lines;
}

// The rings that a verdict is on, or that have a member it is on.
class TouchedRings {
 public:
  TouchedRings(const Store& store, std::uint64_t run, const Decisions& decisions) : store_(store), run_(run) {
    for (const Verdict& verdict : decisions.verdicts()) {
      if (verdict.undoes == 0) accounts_.insert(verdict.accounts.begin(), verdict.accounts.end());
    }
    for (const Verdict& verdict : decisions.verdicts()) {
      if (!verdict.ring.empty()) take(verdict.ring);
    }
    while (!accounts_.empty()) {
      const auto place = store.find_place(run, *accounts_.begin());
      accounts_.erase(accounts_.begin());
      if (place) take(*place);
    }
  }

  // Its members need not be looked up any more.
  void take(const std::string& id) {
    if (contain(id)) return;
    const auto stored = store_.find_ring(run_, id);
    if (!stored) return;
    ids_.insert(id);
    Ring& ring = rings_.emplace_back(ring_head_from_json(stored->payload));
    for (const Member& member : ring.members) accounts_.erase(member.account);
  }
  bool contain(const std::string& id) const { return ids_.contains(id); }
  std::vector<Ring> rings() && { return std::move(rings_); }

 private:
  const Store& store_;
  std::uint64_t run_;
  std::unordered_set<KeyHash> accounts_;  // whose ring is not known yet
  std::set<std::string> ids_;
  std::vector<Ring> rings_;
};

}  // namespace

void visit_ring_lines(const Store& store, std::uint64_t run, const std::function<void(const RingLine& line)>& visit) {
  const Decisions decisions(read_verdicts(store));
  TouchedRings touched(store, run, decisions);
  std::map<std::string, RingLine> published;  // of touched rings
  const auto pass = [&](const RingLine& line) {
    if (line.verdict || line.engine || line.carried) touched.take(line.ring);
    if (touched.contain(line.ring)) {
      published.emplace(line.ring, line);
    } else {
      visit(line);
    }
  };
  if (!visit_indexed_lines(store, run, pass)) std::ranges::for_each(lines_from_rings(store, run), pass);
  std::vector<Ring> rings = std::move(touched).rings();
  if (rings.empty() && decisions.empty()) return;
  overrule(store, decisions, run, rings);
  for (const Ring& ring : rings) {
    RingLine line = line_of(ring);
    const auto before = published.find(ring.id);
    line.born = before == published.end() ? run : before->second.born;
    line.changed = before == published.end() ? run : before->second.changed;
    if (before != published.end()) line.change = before->second.change;
    visit(line);
  }
}

RingLines read_ring_lines(const Store& store, std::uint64_t run) {
  RingLines result{run, {}};
  visit_ring_lines(store, run, [&](const RingLine& line) { result.lines.push_back(line); });
  const auto place = [](const RingLine& line) { return place_in_list(line.tier, line.score, line.size, line.ring); };
  if (!std::ranges::is_sorted(result.lines, {}, place)) std::ranges::sort(result.lines, {}, place);
  return result;
}

std::string full_ring_id(const Store& store, std::uint64_t run, std::string_view id) {
  std::vector<std::string> ids;
  visit_ring_lines(store, run, [&](const RingLine& line) {
    if (is_ring_id(line.ring, id)) ids.push_back(line.ring);
  });
  std::ranges::sort(ids);
  return complete_ring_id(ids, id, fmt::format("run {}", run));
}

}  // namespace ringscope
