// Text in XML files.
#pragma once

#include <string>
#include <string_view>

namespace ringscope {

// Text of an element or attribute. Characters that XML 1.0 cannot hold, and bytes that are no UTF-8, become U+FFFD.
std::string xml_text(std::string_view text);

}  // namespace ringscope
