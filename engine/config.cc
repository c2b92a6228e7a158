// Settings as text, as a hash, and sizes.
#include "engine/config.h"

#include <cctype>
#include <cmath>
#include <sstream>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "engine/config_keys.h"
#include "storage/rows.h"

namespace ringscope {
namespace {

using namespace settings;

std::string size_text(std::size_t bytes) {
  constexpr std::array<std::pair<std::size_t, std::string_view>, 3> units{
      {{std::size_t{1} << 30, "GiB"}, {std::size_t{1} << 20, "MiB"}, {std::size_t{1} << 10, "KiB"}}};
  for (const auto& [unit, name] : units) {
    if (bytes >= unit && bytes % unit == 0) return fmt::format("{}{}", bytes / unit, name);
  }
  return fmt::format("{}", bytes);
}

// A basic string of TOML.
std::string toml_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out += fmt::format("\\u{:04X}", static_cast<unsigned char>(c));
    } else {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
  }
  return out + "\"";
}

std::string real_text(double value) {
  std::string text = fmt::format("{}", value);  // shortest that reads back exactly
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

std::string switches_text(const DetectTests& tests) {
  std::string text;
  for (const Switch& one : test_switches()) {
    if (!(tests.*one.on)) continue;
    text += fmt::format("{}{}", text.empty() ? "" : ", ", toml_text(one.name));
  }
  return "[" + text + "]";
}

std::string layers_text(const LayerWeights& layers) {
  std::string text;
  for (const auto& [name, layer] : layers) text += fmt::format("{} = {}\n", toml_text(name), real_text(layer.weight));
  return text;
}

std::string toml_texts(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "" : ", ") + toml_text(text);
  return "[" + list + "]";
}

std::string value_text(const Config& config, const Key& key) {
  Config copy = config;  // the accessors want a Config they may change
  return std::visit(
      Overloaded{
          [&](Field<double> field) -> std::string { return real_text(field(copy)); },
          [&](Field<std::string> field) -> std::string { return toml_text(field(copy)); },
          [&](Bytes bytes) -> std::string { return toml_text(size_text(bytes.field(copy))); },
          [&](Moment moment) -> std::string { return toml_text(moment.field(copy)); },
          [&](Spans spans) -> std::string { return fmt::format("[{}]", fmt::join(spans.field(copy), ", ")); },
          [&](Switches switches) -> std::string { return switches_text(switches.field(copy)); },
          [&](Texts texts) -> std::string { return toml_texts(texts.field(copy)); },
          [&](const Choice& choice) -> std::string { return toml_text(choice.field(copy)); },
          [&](FacetNames names) -> std::string { return toml_texts(names.field(copy)); },
          [&](auto field) -> std::string { return fmt::format("{}", field(copy)); },
      },
      key.accessor);
}

}  // namespace

std::string print_config(const Config& config) {
  std::string text;
  std::string_view section;
  for (const Key& key : keys()) {
    if (key.section != section) text += fmt::format("\n[{}]\n", section = key.section);
    text += fmt::format("# {}\n{} = {}\n", key.comment, key.name, value_text(config, key));
  }
  return text + fmt::format("\n[{}]\n# {}\n{}", kLayers, kLayersComment, layers_text(config.layers));
}

std::string config_hash(const Config& config) {
  std::string canonical;
  for (const Key& key : keys()) {
    if (key.effect == Effect::result) canonical += fmt::format("{}={}\n", full_name(key), value_text(config, key));
  }
  LayerWeights layers = config.layers;
  std::erase_if(layers, [](const auto& layer) { return layer.second.weight == 1; });
  canonical += layers_text(layers);
  return fmt::format("{:016x}", hash_value(canonical));
}

std::size_t parse_size(const std::string& text) {
  const auto bad = [&] {
    return Error(ErrorCode::usage,
                 fmt::format("\"{}\" is not a size; write 512M, 8GiB, 1.5g or a number of bytes", text));
  };
  std::size_t digits = 0;
  while (digits < text.size() && (std::isdigit(static_cast<unsigned char>(text[digits])) != 0 || text[digits] == '.'))
    ++digits;
  double number = 0;
  std::istringstream in(text.substr(0, digits));
  if (!(in >> number) || in.peek() != std::istringstream::traits_type::eof()) throw bad();
  std::string unit;
  for (const char c : text.substr(digits)) {
    if (c != ' ') unit += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  constexpr std::string_view kUnits = "kmgt";
  double factor = 1;
  if (!unit.empty() && unit != "b") {
    const std::size_t power = kUnits.find(unit.front());
    const std::string rest = unit.substr(1);
    if (power == std::string_view::npos || (!rest.empty() && rest != "b" && rest != "ib")) throw bad();
    factor = std::pow(1024.0, static_cast<double>(power + 1));
  }
  if (number * factor >= 0x1p63) throw bad();
  return static_cast<std::size_t>(number * factor);
}

}  // namespace ringscope
