// The name of the type of JSON, for headers that only pass it on.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace ringscope {

template <class T, class Condition = void>
struct StrictNumbers;

using Json = nlohmann::basic_json<nlohmann::ordered_map, std::vector, std::string, bool, std::int64_t, std::uint64_t,
                                  double, std::allocator, StrictNumbers>;

}  // namespace ringscope
