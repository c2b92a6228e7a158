// Which layers of things and of habits speak for the likeness of accounts, and which of them tell one story.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "algorithms/likeness.h"
#include "engine/load/habits.h"
#include "engine/load/snapshot.h"

namespace ringscope {

inline constexpr const char* kPrompts = "template";     // the kind of what is asked
inline constexpr const char* kAddresses = "ip";         // … of where
inline constexpr const char* kDevices = "fingerprint";  // … and of the machine and client that ask
inline constexpr std::size_t kThingView = 0;            // of the plan
inline constexpr std::size_t kHabitView = 1;            // …

// Layers of one kind tell one story: an address and its network, a card and its issuer.
struct LikenessKind {
  std::string name;
  bool habit = false;     // what many honest people do alike: adds bits, but is no evidence by itself
  bool tangible = false;  // something that somebody had to get hold of
};

struct LikenessPlan {
  std::vector<LikenessKind> kinds;
  std::vector<LikenessView> views;  // the things, then facets, prompts and habits; their families are `kinds`

  // The number of a kind, which is added when it is new.
  std::size_t kind(const std::string& name, bool habit, bool tangible);
};

// Facets and prompts that can speak for an account by themselves: of no weak layer, and no habit of many. Right
// vertices of the view of habits, ascending.
std::vector<Vertex> telling_habits(const LikenessPlan& plan);

// Both must outlive the plan.
LikenessPlan likeness_plan(const Snapshot& snapshot, const Habits& habits);

}  // namespace ringscope
