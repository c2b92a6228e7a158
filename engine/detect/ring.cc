#include "engine/detect/ring.h"

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

}  // namespace ringscope
