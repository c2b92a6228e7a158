// Whether a document is what a schema of docs/schema says.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace ringscope {

// What is wrong, a line each; empty: nothing. Knows the keywords that our schemas use, and fails on others.
std::string violations(const nlohmann::json& value, const std::string& schema);

}  // namespace ringscope
