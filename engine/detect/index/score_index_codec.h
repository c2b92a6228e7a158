// The bytes of a score index. For its builder.
#pragma once

#include <string>

#include "engine/detect/index/score_index.h"

namespace ringscope {

std::string encode_index_head(const IndexHead& head);
std::string encode_indexed_value(const IndexedValue& value);
std::string encode_index_prompt(KeyHash leader);

}  // namespace ringscope
