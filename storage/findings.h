// What does not hold in a store, gathered while it is looked for.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"

namespace ringscope {

// One thing that must hold; `advice` is for whoever keeps the store.
struct Invariant {
  const char* name;    // for machines; stable
  const char* says;    // as a sentence that is true of a sound store
  const char* advice;  // what to do when it is not
};

struct Damage {
  std::string invariant;              // its name
  std::uint64_t count = 0;            // of things for which it does not hold
  std::vector<std::string> examples;  // the first few, in words; keys, never values
};

// Damage as it is found, by invariant.
class Findings {
 public:
  void add(const char* invariant, std::string example, std::uint64_t count = 1);
  // Does it; an Error that it throws is damage as well.
  template <class Action>
  void attempt(const char* invariant, const Action& action) {
    try {
      action();
    } catch (const Error& error) {
      add(invariant, error.what());
    }
  }
  // In the order of the invariants given; others after them.
  std::vector<Damage> in_order(std::span<const Invariant> invariants) const;

 private:
  std::map<std::string, Damage, std::less<>> found_;
};

}  // namespace ringscope
