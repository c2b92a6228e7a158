// What stays of a prompt when its particulars are taken out, so that two fillings of one template are equal.
#pragma once

#include <string>
#include <string_view>

namespace ringscope {

// Words with a digit become '#', capitalised words '^', quoted literals '"'; equal masks in a row are one, white space
// is one blank, letters are lower case. Written to `skeleton`, which is cleared first. Linear in the text.
void skeleton_of(std::string_view text, std::string& skeleton);

// The sketch of the set of a skeleton's words (algorithms/minhash.h) as 32 hexadecimal digits, the
// only thing that is stored of it. Skeletons that have most words in common have near-equal sketches; equal skeletons
// equal ones. Of a skeleton of more than 4,096 words the first. Written to `sketch`. O(words).
void sketch_of(std::string_view skeleton, std::string& sketch);

}  // namespace ringscope
