// Lines of an operator's list: no comments, no blank lines.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace ringscope {

// What stands before a '#' that is at the beginning of the line or after white space.
std::string_view without_comment(std::string_view line);

// Calls visit(line, its number from 1) for each line that holds something besides white space and a comment; a
// byte-order mark and the ends of lines are left out.
void for_each_line(std::string_view text, const std::function<void(std::string_view, std::size_t)>& visit);

}  // namespace ringscope
