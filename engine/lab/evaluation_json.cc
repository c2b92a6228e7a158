#include <cstdlib>

#include <fmt/format.h>

#include "engine/json.h"
#include "engine/lab/evaluate.h"

namespace ringscope {
namespace {

// The value rounded to so many decimals, in the shortest form that reads back as the same double: 1.0, 0.0312, 1e-05.
std::string rounded(double value, int decimals) {
  const double kept = std::strtod(fmt::format("{:.{}f}", value, decimals).c_str(), nullptr);
  std::string text = fmt::format("{}", kept);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

template <class Map, class Print>
std::string object(const Map& map, const Print& print) {
  std::string text;
  for (const auto& [key, value] : map) {
    text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", quoted(key), print(value));
  }
  return "{" + text + "}";
}

}  // namespace

std::string evaluation_to_json(const Evaluation& e) {
  const auto count = [](std::uint64_t n) { return fmt::format("{}", n); };
  const auto share = [](double x) { return rounded(x, 4); };
  std::string text = fmt::format(R"({{"flagged": {}, "precision": {}, "recall": {}, "f1": {}, )", e.flagged,
                                 rounded(e.precision, 5), rounded(e.recall, 5), rounded(e.f1, 5));
  text += fmt::format(R"("ringJ": {}, "rings_found": {}, "rings": {}, "b3": {{"p": {}, "r": {}, "f1": {}}}, )",
                      share(e.ring_jaccard), e.rings_found, e.rings, share(e.b3_precision), share(e.b3_recall),
                      share(e.b3_f1));
  text += fmt::format(R"("honest_accounts_hit": {}, "honest_groups_hit": {})", e.honest_accounts_hit,
                      object(e.honest_groups_hit, count));
  if (e.rings == 0 || !e.recall_by_ring.empty()) {  // left out when there are too many campaigns to list
    text += fmt::format(R"(, "recall_by_ring": {}, "pieces": {})", object(e.recall_by_ring, share),
                        object(e.pieces, count));
  }
  return text + "}";
}

}  // namespace ringscope
