// Reading past damage.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "storage/store_internal.h"

namespace ringscope {

// Reads a family in parts: where a block cannot be read, the next key from which on it can be is sought.
class Salvage {
 public:
  Salvage(const Store::Impl& store, schema::Family family) : store_(store), family_(family) {}

  // Calls visit(key, value) for what can be read and decoded; returns at how many
  // places there was damage; how much was lost there, nobody knows.
  std::uint64_t run(const std::function<void(std::string_view, std::string_view)>& visit);

 private:
  std::unique_ptr<rocksdb::Iterator> open(const std::string& from) const;
  bool take(const rocksdb::Iterator& it, const std::function<void(std::string_view, std::string_view)>& visit) const;
  bool readable(const std::string& from) const { return open(from)->status().ok(); }
  // The least key, as far as its first 48 bytes say, from which on the family can be read again.
  std::optional<std::string> readable_after(const std::string& from) const;

  const Store::Impl& store_;
  schema::Family family_;
};

}  // namespace ringscope
