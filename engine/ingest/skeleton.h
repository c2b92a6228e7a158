// What stays of a prompt when its particulars are taken out, so that two fillings of one template are equal.
#pragma once

#include <string>
#include <string_view>

namespace ringscope {

// Words with a digit become '#', capitalised words '^', quoted literals '"'; equal masks in a row are one, white space
// is one blank, letters are lower case. Written to `skeleton`, which is cleared first. Linear in the text.
void skeleton_of(std::string_view text, std::string& skeleton);

}  // namespace ringscope
