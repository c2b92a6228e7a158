// What must hold in every store, and where it does not.
//
// Store::verify() looks at each value by itself; here it is what the parts say of each other. docs/reliability.md.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "storage/store.h"

namespace ringscope {

// One thing that must hold; `advice` is for whoever keeps the store.
struct Invariant {
  const char* name;    // for machines; stable
  const char* says;    // as a sentence that is true of a sound store
  const char* advice;  // what to do when it is not
};

// Of the files and column families, in the order in which they are looked at.
std::span<const Invariant> store_invariants();

struct Damage {
  std::string invariant;              // its name
  std::uint64_t count = 0;            // of things for which it does not hold
  std::vector<std::string> examples;  // the first few, in words; keys, never values
};

// Damage as it is found, by invariant.
class Findings {
 public:
  void add(const char* invariant, std::string example, std::uint64_t count = 1);
  // In the order of the invariants given; others after them.
  std::vector<Damage> in_order(std::span<const Invariant> invariants) const;

 private:
  std::map<std::string, Damage, std::less<>> found_;
};

// Opens the store for reading, reads everything and compares; empty when all holds. O(store); memory for 16 bytes a
// name, and for the runs' rings. Throws as Store::open does.
std::vector<Damage> find_damage(const std::filesystem::path& store, const StoreOptions& options);

}  // namespace ringscope
