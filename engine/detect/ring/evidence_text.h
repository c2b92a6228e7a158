// The JSON of a ring's evidence, read and written without a tree: it is most of what a ring says of itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/detect/ring/ring.h"

namespace ringscope {

// Appends a list of objects, each with kind, value, accounts, population, bits, first, last, crowd and, where there
// are any, cleared (docs/schema/ring.schema.json).
void append_evidence(std::string& out, const std::vector<Evidence>& evidence);

// Reads such a list from the beginning of `json` and gives its length in bytes; 0, and what is in `evidence` then is
// of no use, for anything that a whole reader of JSON should look at.
std::size_t plain_evidence_from(std::string_view json, std::vector<Evidence>& evidence);

}  // namespace ringscope
