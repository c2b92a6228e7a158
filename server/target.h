// The target of a request: path and parameters, decoded, or a reason why it is none.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ringscope::server {

struct Target {
  std::string path;                                             // as it was sent, without the query
  std::vector<std::string> segments;                            // of the path, decoded; none is empty, "." or ".."
  std::vector<std::pair<std::string, std::string>> parameters;  // in order, decoded
};

// Of "/a/b%20c?x=1&y=". Throws ApiError 400 for what is no absolute path, has empty, "." or ".." segments (encoded or
// not), control characters or backslashes in its path, a % that two hex digits do not follow, or text that is not
// UTF-8.
Target parse_target(std::string_view text);

// "a b" of "a%20b" and, with `plus`, of "a+b". Throws ApiError 400.
std::string percent_decoded(std::string_view text, bool plus);
// Everything but letters, digits and -._~ as %XX.
std::string percent_encoded(std::string_view text);

}  // namespace ringscope::server
