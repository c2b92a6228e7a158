// Pieces of pictures.
#pragma once

#include <string>
#include <string_view>

namespace ringscope::svg {

std::string escaped(std::string_view text);
// The picture's first and last lines; between them, what the functions below give. Pixels.
std::string head(double width, double height);
std::string tail();
// `style` and `more` are attributes.
std::string line(double x1, double y1, double x2, double y2, std::string_view style);
std::string label(double x, double y, std::string_view anchor, std::string_view text, std::string_view more = {});
// Turned to be read upwards, around its middle.
std::string upright_label(double x, double y, std::string_view text);

}  // namespace ringscope::svg
