// The page where one logs in with a token, and what its form sends.
#pragma once

#include <string>
#include <string_view>

#include "server/http.h"

namespace ringscope::server {

// 200, or 401 after a word that is none.
Answer login_page(unsigned status);
// Of "a=1&b=2" as forms send it; empty when it is not there. Throws ApiError 400.
std::string form_value(std::string_view body, std::string_view name);

}  // namespace ringscope::server
