#include "engine/detect/ring/succession_text.h"

#include <fmt/format.h>

namespace ringscope {

std::string lag_text(Seconds lag) {
  const auto seconds = static_cast<double>(lag);
  if (lag < 120) return fmt::format("{} s", lag);
  if (lag < 2 * 3600) return fmt::format("{:.0f} min", seconds / 60);
  if (lag < 2 * kSecondsPerDay) return fmt::format("{:.0f} h", seconds / 3600);
  return fmt::format("{:.1f} days", seconds / static_cast<double>(kSecondsPerDay));
}

std::string replacement_text(const Replacement& replacement) {
  std::string text = fmt::format("took the place of {}", replacement.account);
  if (replacement.among > 1) text += fmt::format(" or another of {} banned in a wave", replacement.among);
  if (!replacement.ring.empty()) text += fmt::format(" of ring {}", replacement.ring);
  text += fmt::format(", banned {}, {} before (probability {:.2f})", format_time(replacement.banned),
                      lag_text(replacement.lag), replacement.probability);
  for (std::size_t i = 0; i < replacement.reused.size(); ++i) {
    const ReusedThing& thing = replacement.reused[i];
    text += fmt::format("{} {} {}", i == 0 ? ": same" : ", same", thing.kind, thing.value);
  }
  return text;
}

std::vector<std::string> reasons_of(const Handover& handover, const std::string& through,
                                    const std::vector<ReusedThing>& ties) {
  std::vector<std::string> reasons;
  reasons.push_back(fmt::format("{} accounts came, half of them within {}, after {} of {} were banned from {} to {}",
                                handover.accounts, lag_text(handover.lag), handover.wave.accounts, handover.ring,
                                format_time(handover.wave.first), format_time(handover.wave.last)));
  if (handover.wave.lost_daily > 0)
    reasons.push_back(fmt::format("they make {:.2f} of the requests a day that were lost",
                                  handover.gained_daily / handover.wave.lost_daily));
  for (const ReusedThing& thing : handover.reused)
    reasons.push_back(fmt::format("{} of them have {} {} of the banned, {:.1f} bits more than others of those days",
                                  thing.accounts, thing.kind, thing.value, thing.bits));
  if (!through.empty()) reasons.push_back(fmt::format("they came with {}, which took over", through));
  for (const ReusedThing& thing : ties)
    reasons.push_back(fmt::format("{} of them have {} {} of those, {:.1f} bits more than others of those days",
                                  thing.accounts, thing.kind, thing.value, thing.bits));
  reasons.push_back(
      fmt::format("so large a surplus came after {:.2g} of the rings as large, old and busy that were not banned",
                  handover.p_value));
  return reasons;
}

}  // namespace ringscope
