// Networks and what a MaxMind DB file (GeoLite2, IPinfo, an operator's own) says of them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "engine/load/network.h"

namespace ringscope {

// Does the text of a file look like a MaxMind DB? Its metadata stand at the end.
bool is_mmdb(std::string_view file);

// The record of a network: top-level fields of its map.
class MmdbRecord {
 public:
  virtual ~MmdbRecord() = default;
  // A whole number; also of a text, perhaps after "AS". Nothing when the field is missing or something else.
  virtual std::optional<std::uint32_t> number(const char* field) const = 0;
  // A text; of a map, as GeoLite2-Country has it, the text of its field `inner`. Empty when there is none.
  virtual std::string text(const char* field, const char* inner) const = 0;
  // Whether a field is true.
  virtual bool flag(const char* field) const = 0;
};

// A value of a record; the same for equal records, so it is asked once for each.
using MmdbValue = std::function<std::optional<std::uint32_t>(const MmdbRecord&)>;

// Calls visit for each network whose record has a value, ascending. The format: MaxMind DB File Format Specification
// 2.0. Throws Error input, naming the file, when it is damaged, too new or compressed. O(nodes of its tree).
void scan_mmdb(const std::string& file, const MmdbValue& value,
               const std::function<void(const Network&, std::uint32_t)>& visit);

}  // namespace ringscope
