// Columns of a table of edges, by their names: source|from|account|u, target|to|value|v, weight|count, kind,
// ts|time|first, last.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "engine/ingest/graph/graph_file.h"

namespace ringscope {

class EdgeColumns {
 public:
  // SOURCE, TARGET and WEIGHT, in this order: of a table without names.
  EdgeColumns();
  // Takes names over, unless there is none for one of the ends; false then.
  bool take_names(std::span<const std::string_view> names);
  // Adds the edge of a row. Throws as GraphRows::fail().
  void add(std::span<const std::string_view> fields, std::uint64_t line, GraphRows& rows) const;

 private:
  enum Part : std::size_t { kSource, kTarget, kWeight, kKind, kFirst, kLast, kParts };
  struct PartName {
    std::string_view name;
    Part part;
  };
  static const PartName kNames[];
  static constexpr std::size_t kNowhere = SIZE_MAX;

  std::string_view field(std::span<const std::string_view> fields, Part part) const;

  std::array<std::size_t, kParts> place_{};
};

}  // namespace ringscope
