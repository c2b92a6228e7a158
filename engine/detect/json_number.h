// Numbers of JSON documents that others may have written.
#pragma once

#include <cstdint>
#include <utility>

#include <nlohmann/json.hpp>

namespace ringscope {

// A whole number that fits its type: get() makes anything of a fraction and of one that does not fit. Throws
// nlohmann::json::exception.
template <class Number>
Number whole_number(const nlohmann::ordered_json& json) {
  const bool fits = json.is_number_unsigned()
                        ? std::in_range<Number>(json.get<std::uint64_t>())
                        : json.is_number_integer() && std::in_range<Number>(json.get<std::int64_t>());
  if (!fits) throw nlohmann::ordered_json::type_error::create(302, "a whole number is wanted", &json);
  return json.get<Number>();
}

}  // namespace ringscope
