#include "engine/ask/score/score_reason.h"

#include <fmt/format.h>

namespace ringscope {
namespace {

std::string others_words(std::uint32_t n) {
  return n == 0 ? "nobody else" : n == 1 ? "1 other" : fmt::format("{} others", n);
}

std::string cleared_words(std::uint32_t cleared, std::uint32_t accounts) {
  if (cleared == 0) return "";
  return fmt::format(", {} of its {} accounts {} cleared by a person, so it counts less", cleared, accounts,
                     cleared == 1 ? "was" : "were");
}

}  // namespace

std::string value_reason(const ValueReason& reason) {
  const std::string value = reason.text.empty() ? reason.layer : reason.layer + " " + reason.text;
  const std::string more = reason.more > 0 ? fmt::format(", besides {} more of the ring's", reason.more) : "";
  return fmt::format("{}: used by {} of the ring's accounts and {}{}{} ({:+.1f} bits)", value, reason.members,
                     others_words(reason.accounts - reason.members), more,
                     cleared_words(reason.cleared, reason.accounts), reason.bits);
}

}  // namespace ringscope
