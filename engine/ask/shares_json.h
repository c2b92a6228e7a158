// The JSON of overlapping membership. Not for other headers: nlohmann/json is slow to compile.
#pragma once

#include <vector>

#include "engine/ask/overlap.h"
#include "engine/detect/ring/json_parts.h"

namespace ringscope {

// [{"ring": …, "share": …}, …]; `what` is the first key.
inline Json shares_json(const std::vector<Share>& shares, const char* what) {
  Json list = Json::array();
  for (const Share& one : shares) list.push_back({{what, one.of}, {"share", one.share}});
  return list;
}

}  // namespace ringscope
