// The JSON Schemas of docs/schema, as they were when the program was built.
#pragma once

#include <span>
#include <string_view>

namespace ringscope::server {

struct Schema {
  std::string_view name;  // "ring" of ring.schema.json
  std::string_view text;
};
std::span<const Schema> schemas();

}  // namespace ringscope::server
