// Names gathered in any order, seen again in key order with their repeats: sorted in memory, spilled as sorted runs,
// merged.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "storage/store.h"

namespace ringscope {

class NameRuns {
 public:
  // Spill files go into `directory`, which must exist; more than `most_bytes` of names spill.
  NameRuns(std::filesystem::path directory, std::size_t most_bytes)
      : directory_(std::move(directory)), most_bytes_(most_bytes) {}

  void add(const Name& name);
  bool empty() const { return names_.empty() && spills_.empty(); }
  // Calls visit(name) in ascending order of (key, value), equal names once. Throws what visit throws, and Error io.
  void merge(const std::function<void(const Name&)>& visit);

 private:
  void spill();

  std::filesystem::path directory_;
  std::size_t most_bytes_;
  std::vector<Name> names_;
  std::size_t bytes_ = 0;
  std::vector<std::filesystem::path> spills_;
};

}  // namespace ringscope
