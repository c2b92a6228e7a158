#include "engine/detect/succession/controls.h"

#include <algorithm>
#include <cmath>

namespace ringscope {
namespace {

constexpr std::size_t kStepsEach = 20;  // neighbours that are looked at for each account wanted
constexpr int kMostApart = 10;          // in loudness: then nobody is like it at all
constexpr Seconds kRecent = kSecondsPerDay;

}  // namespace

Controls::Controls(const Lives& lives, const RingPlaces& rings) : lives_(lives), rings_(rings) {
  for (const Vertex v : lives.by_arrival) {
    if (lives.banned[v] == kNoTime) by_class_[class_of(v)].push_back(v);
  }
}

Controls::Class Controls::class_of(Vertex v) const { return {rings_.suspect[v] != 0, std::ilogb(1 + lives_.pace(v))}; }

void Controls::take(const Class& from, Vertex banned, Seconds at, std::size_t wanted,
                    std::vector<Vertex>& result) const {
  const auto same = by_class_.find(from);
  if (same == by_class_.end()) return;
  const std::vector<Vertex>& all = same->second;
  const auto take_one = [&](Vertex v) {
    const std::size_t ring = rings_.ring_of[v];
    if (result.size() >= wanted || (ring != kNoRing && ring == rings_.ring_of[banned])) return;
    if (lives_.arrival[v] < at && lives_.last[v] >= at - kRecent) result.push_back(v);
  };
  auto after = std::lower_bound(all.begin(), all.end(), lives_.arrival[banned],
                                [&](Vertex v, Seconds t) { return lives_.arrival[v] < t; });
  auto before = after;
  for (std::size_t steps = 0; steps < kStepsEach * wanted && result.size() < wanted; ++steps) {
    if (after != all.end()) take_one(*after++);
    if (before != all.begin()) take_one(*--before);
  }
}

std::vector<Vertex> Controls::of(Vertex banned, Seconds at, std::size_t wanted) const {
  std::vector<Vertex> result;
  const auto [suspect, loudness] = class_of(banned);
  for (int apart = 0; apart <= kMostApart && result.size() < wanted; ++apart) {
    for (const bool like : {suspect, !suspect}) {
      take({like, loudness - apart}, banned, at, wanted, result);
      if (apart > 0) take({like, loudness + apart}, banned, at, wanted, result);
    }
  }
  return result;
}

}  // namespace ringscope
