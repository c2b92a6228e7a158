// A configuration out of a text, for those who have no file.
#pragma once

#include <string>
#include <string_view>

#include "engine/config.h"

namespace ringscope {

// As read_config() of a file; `name` is what messages call the text. Throws Error config.
Config parse_config(std::string_view toml, const std::string& name);

}  // namespace ringscope
