// The type of JSON of all sources: its objects keep the order in which they were written, and its conversions to whole
// numbers are strict. The library's own make anything of a fraction and of a number that does not fit (of 5.8e27
// undefined behaviour), and documents come from stores, files and requests that others may have written.
// Not for headers that only pass JSON on: nlohmann/json is slow to compile.
#pragma once

#include <concepts>
#include <cstdint>
#include <utility>

#include <nlohmann/json.hpp>

#include "engine/json_fwd.h"

namespace ringscope {

template <class T, class Condition>
struct StrictNumbers : nlohmann::adl_serializer<T, Condition> {};

template <std::integral Number>
requires(!std::same_as<Number, bool>) struct StrictNumbers<Number, void> {
  template <class AnyJson>
  static void to_json(AnyJson& json, Number value) {
    nlohmann::to_json(json, value);
  }
  // Throws nlohmann::json::exception for what is no whole number between the least and the greatest Number.
  template <class AnyJson>
  static void from_json(const AnyJson& json, Number& value) {
    const auto* natural = json.template get_ptr<const std::uint64_t*>();
    const auto* whole = json.template get_ptr<const std::int64_t*>();
    if (natural != nullptr && std::in_range<Number>(*natural)) {
      value = static_cast<Number>(*natural);
    } else if (natural == nullptr && whole != nullptr && std::in_range<Number>(*whole)) {
      value = static_cast<Number>(*whole);
    } else {
      throw AnyJson::type_error::create(302, "a whole number is wanted that fits its type", &json);
    }
  }
};

}  // namespace ringscope
