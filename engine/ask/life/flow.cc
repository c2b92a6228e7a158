#include "engine/ask/life/flow.h"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "algorithms/disjoint_sets.h"
#include "engine/ask/life/successions.h"

namespace ringscope {
namespace {

struct KindWords {
  const char* name;
  const char* words;
};
constexpr std::array<KindWords, 4> kKinds{
    {{"split", "out of"}, {"merged", "took in"}, {"part", "took a part of"}, {"heir", "took over from"}}};

std::uint64_t accounts_from(const RingEvent& event, const std::string& ring) {
  return static_cast<std::uint64_t>(std::ranges::count(event.came, ring, &MovedAccount::other));
}

// Everything of the ledger, rings in the order of their births.
struct Lives {
  std::map<std::string, std::size_t> place;
  std::vector<FlowLane> lanes;
  std::vector<FlowLink> links;
};

void add_links(const RingEvent& event, const std::vector<FlowLane>& lanes, std::size_t to, Lives& lives) {
  const bool born = event.change == RingChange::born || event.change == RingChange::returned;
  for (const std::string& parent : event.parents) {
    const std::size_t from = lives.place.at(parent);
    // A run's retired rings come before its others, so whether the parent went on is known.
    const FlowLane::Mark& last = lanes[from].marks.back();
    const bool retired = last.change == RingChange::retired && last.run == event.run;
    const FlowKind kind = retired ? FlowKind::merged : born ? FlowKind::split : FlowKind::part;
    lives.links.push_back({from, to, event.run, kind, accounts_from(event, parent)});
  }
}

Lives read_lives(const Store& store) {
  Lives lives;
  scan_ring_events(store, [&](const RingEvent& event) {
    const auto [at, is_new] = lives.place.emplace(event.ring, lives.lanes.size());
    if (is_new) lives.lanes.push_back({event.ring, true, {}});
    FlowLane& lane = lives.lanes[at->second];
    lane.live = event.change != RingChange::retired;
    lane.marks.push_back(
        {event.run, event.change, event.size, event.tier.value_or(event.tier_before.value_or(Tier::watch))});
    add_links(event, lives.lanes, at->second, lives);
  });
  return lives;
}

void add_heirs(const Store& store, Lives& lives) {
  if (!store.latest_run()) return;
  for (const Succession& one : successions(store)) {
    const auto from = lives.place.find(one.ring), to = lives.place.find(one.successor);
    if (!one.handover || from == to || from == lives.place.end() || to == lives.place.end()) continue;
    const std::uint64_t born = lives.lanes[to->second].marks.front().run;
    lives.links.push_back({from->second, to->second, born, FlowKind::heir, one.handover->accounts});
  }
  std::ranges::stable_sort(lives.links, {}, &FlowLink::run);
}

}  // namespace

const char* to_string(FlowKind kind) { return kKinds[static_cast<std::size_t>(kind)].name; }
const char* words_of(FlowKind kind) { return kKinds[static_cast<std::size_t>(kind)].words; }

Flow build_flow(const Store& store) {
  Lives lives = read_lives(store);
  add_heirs(store, lives);
  Flow flow;
  flow.last_run = std::max<std::uint64_t>(store.counts().runs, 1);
  flow.first_run = lives.lanes.empty() ? flow.last_run : lives.lanes.front().marks.front().run;
  DisjointSets families(static_cast<Vertex>(lives.lanes.size()));
  std::vector<char> linked(lives.lanes.size(), 0);
  for (const FlowLink& link : lives.links) {
    families.join(static_cast<Vertex>(link.from), static_cast<Vertex>(link.to));
    linked[link.from] = linked[link.to] = 1;
  }
  std::vector<std::pair<Vertex, std::size_t>> order;  // a family's first ring is the smallest number in it
  for (std::size_t l = 0; l < lives.lanes.size(); ++l) {
    if (linked[l] != 0) order.emplace_back(families.find(static_cast<Vertex>(l)), l);
  }
  flow.alone = lives.lanes.size() - order.size();
  std::ranges::sort(order);
  std::vector<std::size_t> place(lives.lanes.size(), 0);
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i == 0 || order[i].first != order[i - 1].first) flow.heads.push_back(i);
    place[order[i].second] = i;
    flow.lanes.push_back(std::move(lives.lanes[order[i].second]));
  }
  for (FlowLink link : lives.links)
    flow.links.push_back({place[link.from], place[link.to], link.run, link.kind, link.accounts});
  return flow;
}

}  // namespace ringscope
