#include "engine/ingest/event.h"

#include <algorithm>

namespace ringscope {

std::optional<std::size_t> find_field(std::string_view name) {
  const auto plain = std::ranges::find(kPlainFields, name);
  if (plain != kPlainFields.end()) return static_cast<std::size_t>(plain - kPlainFields.begin());
  const auto entity = std::ranges::find(kEntityFields, name, &EntityField::name);
  if (entity == kEntityFields.end()) return std::nullopt;
  return kPlainFields.size() + static_cast<std::size_t>(entity - kEntityFields.begin());
}

std::string_view field_name(std::size_t field) {
  return field < kPlainFields.size() ? kPlainFields[field] : kEntityFields[field - kPlainFields.size()].name;
}

}  // namespace ringscope
