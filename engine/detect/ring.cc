#include "engine/detect/ring.h"

#include <tuple>

namespace ringscope {

const char* to_string(Tier tier) {
  switch (tier) {
    case Tier::ban:
      return "ban";
    case Tier::review:
      return "review";
    case Tier::watch:
      break;
  }
  return "watch";
}

std::optional<Tier> parse_tier(std::string_view text) {
  for (const Tier tier : {Tier::watch, Tier::review, Tier::ban}) {
    if (text == to_string(tier)) return tier;
  }
  return std::nullopt;
}

bool ranks_before(const Ring& a, const Ring& b) {
  return std::tuple(-static_cast<int>(a.tier), -a.score, b.members.size(), std::string_view(a.id)) <
         std::tuple(-static_cast<int>(b.tier), -b.score, a.members.size(), std::string_view(b.id));
}

}  // namespace ringscope
