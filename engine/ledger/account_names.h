// Names of the accounts in a list of the ledger's.
#pragma once

#include <string>
#include <vector>

#include <fmt/format.h>

#include "storage/store.h"

namespace ringscope {

// Of things that have an `account`, in their order; an account without a name is "#" and its key.
template <class Item>
std::vector<std::string> account_names(const Store& store, const std::vector<Item>& items) {
  std::vector<VertexKey> keys;
  keys.reserve(items.size());
  for (const Item& item : items) keys.push_back({kAccountKind, item.account});
  const auto found = store.names_of(keys);
  std::vector<std::string> names;
  names.reserve(items.size());
  for (std::size_t i = 0; i < items.size(); ++i)
    names.push_back(found[i] ? *found[i] : fmt::format("#{:016x}", items[i].account));
  return names;
}

}  // namespace ringscope
