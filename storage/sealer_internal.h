// Writing to the vault. For the sources of this folder.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "storage/store_internal.h"
#include "storage/vault.h"

namespace ringscope {

// Makes rows under the keys of a file, and new keys where days have none.
class Sealer {
 public:
  explicit Sealer(DayKeys keys) : keys_(std::move(keys)) {}

  // A row for the value behind a name, under the key of the day.
  std::string seal(const SealedName& whose, Day day, std::string_view value);
  Revealed open(const SealedName& whose, std::string_view row) const { return open_value(keys_, whose, row); }
  // Whether a row is to stand in the place of another: it is of a later day, or nobody can open the other.
  bool replaces(std::string_view row, std::string_view other) const;
  // Makes the new keys durable: before the rows are. Throws as DayKeys::save().
  void save() { keys_.save(); }

 private:
  DayKeys keys_;
};

}  // namespace ringscope
