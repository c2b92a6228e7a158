// Every setting there is: where it stands in a file, what it means, what it may be and where it lies in a Config.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/config.h"

namespace ringscope::settings {

template <class Value>
using Field = Value& (*)(Config&);

struct Bytes {  // written as "4GiB"
  Field<std::size_t> field;
};
struct Moment {  // a time as text, or nothing
  Field<std::string> field;
};
struct Spans {  // seconds, ascending
  Field<std::vector<std::int64_t>> field;
};
struct Switches {  // names of what is on
  Field<DetectTests> field;
};
struct Texts {
  Field<std::vector<std::string>> field;
};
struct Choice {  // one of these words
  Field<std::string> field;
  std::string_view first, second;
};
struct FacetNames {  // of engine/load/facets.h
  Field<std::vector<std::string>> field;
};
using Accessor = std::variant<Field<int>, Field<std::uint32_t>, Field<std::uint64_t>, Field<double>, Field<std::string>,
                              Bytes, Moment, Spans, Switches, Texts, FacetNames, Choice>;

enum class Effect { speed, result };  // what a value can change; only `result` enters the hash

struct Range {
  double least = 0;
  double most = 9007199254740992.0;  // 2^53: what a TOML integer and a double both hold exactly
};

struct Key {
  std::string_view section;  // empty: the top of the file
  std::string_view name;
  std::string_view comment;
  Effect effect;
  Range range;
  Accessor accessor;
};

// The reader, the messages, --print-config and the hash all go by this table. Keys of a section stand together.
std::span<const Key> keys();
// "detect.alpha"
std::string full_name(const Key& key);

struct Switch {
  std::string_view name;
  bool DetectTests::*on;
};
// Of detect.tests.
std::span<const Switch> test_switches();

// The section whose keys are the store's.
inline constexpr std::string_view kLayers = "layers";
inline constexpr std::string_view kLayersComment =
    "How much a layer counts, one a line, as ip = 0.5 or \"ip/net\" = 0: a kind of things, a facet, or a habit "
    "(signup,\n"
    "# template, capability, hour). 0: as if it were not in the data; at most 100; 1 unless said otherwise";

template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
Overloaded(Fs...) -> Overloaded<Fs...>;

}  // namespace ringscope::settings
