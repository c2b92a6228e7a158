// Why an account is banned, for people: codes that machines sort by, and two plain sentences that an appeals agent can
// send. They name no other account, no thing, no number and no threshold.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/detect/ring/ring.h"

namespace ringscope {

struct ReasonCode {
  std::string_view code;   // "shared_payment"
  std::string_view words;  // "the payment methods used", as the sentences say it
};
// All there are, in the order in which they are told.
std::span<const ReasonCode> reason_codes();

// Of a member of a ring; at least one. What is shared is told of the ring, what a person or a replacement says of the
// member.
std::vector<std::string> codes_of(const Ring& ring, const Member& member);

// Two sentences made of codes alone, so accounts of equal codes are told the same.
std::vector<std::string> sentences_of(std::span<const std::string> codes);

}  // namespace ringscope
