// The half of indicators.h that is printed.
#include "engine/detect/attribute/indicator_kinds.h"
#include "engine/detect/ring/json_parts.h"
#include "engine/ledger/indicators.h"

namespace ringscope {

std::string indicator_note(const StoredIndicator& indicator, bool has_asn_table) {
  if (indicator_kind(indicator.kind).match == IndicatorMatch::system && !has_asn_table)
    return "kept, but matches nothing: there is no table of autonomous systems (asn_table in the settings)";
  if (indicator_kind(indicator.kind).match == IndicatorMatch::hours)
    return "weak: only beside others, when 80% of a ring's requests fit";
  return "";
}

std::vector<std::string> indicators_to_json(const std::vector<StoredIndicator>& indicators, bool has_asn_table) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0, end = 0; begin < indicators.size(); begin = end) {
    Json list = Json::array();
    for (; end < indicators.size() && indicators[end].campaign == indicators[begin].campaign; ++end) {
      const StoredIndicator& one = indicators[end];
      list.push_back({{"kind", one.kind}, {"value", one.value}, {"note", indicator_note(one, has_asn_table)}});
    }
    lines.push_back(dump({{"schema", "ringscope.indicators/1"},
                          {"campaign", indicators[begin].campaign},
                          {"indicators", std::move(list)}}));
  }
  return lines;
}

}  // namespace ringscope
