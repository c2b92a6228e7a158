// Pieces of pictures.
#pragma once

#include <string>
#include <string_view>

namespace ringscope::svg {

// The picture's first and last lines; between them, what the functions below give. Pixels.
std::string head(double width, double height);
std::string tail();
// `style` and `more` are attributes; `title` is what a browser shows under the pointer.
std::string line(double x1, double y1, double x2, double y2, std::string_view style);
std::string rect(double x, double y, double width, double height, std::string_view style, std::string_view title = {});
std::string circle(double x, double y, double radius, std::string_view style, std::string_view title = {});
std::string path(std::string_view steps, std::string_view style, std::string_view title = {});
std::string label(double x, double y, std::string_view anchor, std::string_view text, std::string_view more = {});
// Turned to be read upwards, around its middle.
std::string upright_label(double x, double y, std::string_view text);

}  // namespace ringscope::svg
