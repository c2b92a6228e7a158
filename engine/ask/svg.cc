#include "engine/ask/svg.h"

#include <fmt/format.h>

#include "base/xml_text.h"

namespace ringscope::svg {

std::string head(double width, double height) {
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" "
      "height=\"{1:.0f}\" viewBox=\"0 0 {0:.0f} {1:.0f}\" font-family=\"sans-serif\" font-size=\"12\" "
      "fill=\"#222\">\n<rect width=\"{0:.0f}\" height=\"{1:.0f}\" fill=\"white\"/>\n",
      width, height);
}

std::string tail() { return "</svg>\n"; }

std::string line(double x1, double y1, double x2, double y2, std::string_view style) {
  return fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" {}/>\n", x1, y1, x2, y2, style);
}

namespace {

std::string titled(std::string_view title) {
  return title.empty() ? std::string() : fmt::format("<title>{}</title>", xml_text(title));
}

}  // namespace

std::string rect(double x, double y, double width, double height, std::string_view style, std::string_view title) {
  return fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" {}>{}</rect>\n", x, y, width,
                     height, style, titled(title));
}

std::string circle(double x, double y, double radius, std::string_view style, std::string_view title) {
  return fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:.1f}\" {}>{}</circle>\n", x, y, radius, style,
                     titled(title));
}

std::string path(std::string_view steps, std::string_view style, std::string_view title) {
  return fmt::format("<path d=\"{}\" {}>{}</path>\n", steps, style, titled(title));
}

std::string label(double x, double y, std::string_view anchor, std::string_view text, std::string_view more) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\" {}>{}</text>\n", x, y, anchor, more,
                     xml_text(text));
}

std::string upright_label(double x, double y, std::string_view text) {
  return label(0, 0, "middle", text, fmt::format("transform=\"translate({:.1f} {:.1f}) rotate(-90)\"", x, y));
}

}  // namespace ringscope::svg
