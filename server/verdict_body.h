// Bodies of requests that decide or ask: fields of the shape that they must have. What is wrong is refused with
// ApiError 400 "body" naming the field.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ask/verdicts.h"
#include "engine/json_fwd.h"

namespace ringscope::server {

inline constexpr std::size_t kMostAccounts = 1000;  // of one request
inline constexpr std::size_t kMostSearchTexts = 10'000;
inline constexpr std::size_t kMostRevealed = 100;  // each stands in the audit by itself

struct VerdictBody {
  VerdictRequest request;             // on its target; what the server knows is not set
  std::vector<std::string> accounts;  // on each of them instead, when there are any
  std::string note;                   // a word beside that decides nothing; empty: none
};
VerdictBody verdict_in(const Json& json);

// Numbers of verdicts, from 1.
std::vector<std::uint64_t> numbers_in(const Json& json);

// The texts to search for, none of them empty.
std::vector<std::string> search_texts_in(std::string_view body);

// What is to be opened: one of the three.
struct RevealBody {
  std::vector<std::string> values;  // after their kind and a colon when it is given
  std::string account, ring;
};
RevealBody reveal_in(const Json& json);

}  // namespace ringscope::server
