// From a TOML file to settings; what is wrong with it by file, line and key.
#include <algorithm>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include "base/error.h"
#include "engine/config_keys.h"
#include "engine/config_text.h"
#include "engine/load/facets.h"

namespace ringscope {
namespace {

using namespace settings;

std::string known_tests() {
  std::vector<std::string_view> names;
  for (const Switch& one : test_switches()) names.push_back(one.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

struct Place {
  std::string file;
  std::size_t line = 0;

  std::string text() const { return line == 0 ? file : fmt::format("{}:{}", file, line); }
};

[[noreturn]] void fail(const Place& place, const std::string& message) {
  throw Error(ErrorCode::config, message, place.text());
}

Place place_of(const std::string& file, const toml::source_region& region) { return {file, region.begin.line}; }

[[noreturn]] void wrong_type(const Place& place, const Key& key, std::string_view wanted) {
  fail(place, fmt::format("the value of \"{}\" must be {}", full_name(key), wanted));
}

void check_range(const Place& place, const Key& key, double value) {
  if (value >= key.range.least && value <= key.range.most) return;  // NaN fails
  fail(place, fmt::format("the value of \"{}\" is {}, but must lie between {} and {}", full_name(key), value,
                          key.range.least, key.range.most));
}

template <class Integer>
void set_integer(Integer& field, const toml::node& node, const Place& place, const Key& key) {
  const auto* const value = node.as_integer();
  if (value == nullptr) wrong_type(place, key, "a whole number");
  check_range(place, key, static_cast<double>(value->get()));
  field = static_cast<Integer>(value->get());
}

void set_real(double& field, const toml::node& node, const Place& place, const Key& key) {
  const auto value = node.value<double>();  // a whole number is one too
  if (!node.is_number() || !value) wrong_type(place, key, "a number");
  check_range(place, key, *value);
  field = *value;
}

void set_text(std::string& field, const toml::node& node, const Place& place, const Key& key) {
  const auto* const value = node.as_string();
  if (value == nullptr) wrong_type(place, key, "text in quotes");
  field = value->get();
}

void set_bytes(std::size_t& field, const toml::node& node, const Place& place, const Key& key) {
  if (node.is_integer()) return set_integer(field, node, place, key);
  std::string text;
  set_text(text, node, place, key);
  try {
    field = parse_size(text);
  } catch (const Error& error) {
    fail(place, fmt::format("the value of \"{}\": {}", full_name(key), error.message()));
  }
  check_range(place, key, static_cast<double>(field));
}

void set_moment(std::string& field, const toml::node& node, const Place& place, const Key& key) {
  std::ostringstream text;
  if (const auto* const date = node.as_date()) {
    text << date->get();
  } else if (const auto* const time = node.as_date_time()) {
    text << time->get();
  } else {
    std::string value;
    set_text(value, node, place, key);
    text << value;
  }
  if (!text.str().empty() && !parse_time(text.str())) wrong_type(place, key, "a date or a time (2026-01-31), or empty");
  field = text.str();
}

void set_spans(std::vector<std::int64_t>& field, const toml::node& node, const Place& place, const Key& key) {
  const auto* const list = node.as_array();
  if (list == nullptr) wrong_type(place, key, "a list of seconds");
  std::vector<std::int64_t> spans;
  for (const toml::node& item : *list) {
    std::int64_t span = 0;
    set_integer(span, item, place, key);
    if (!spans.empty() && span <= spans.back())
      fail(place, fmt::format("the value of \"{}\" must ascend", full_name(key)));
    spans.push_back(span);
  }
  if (spans.size() > 8) fail(place, fmt::format("the value of \"{}\" has more than eight windows", full_name(key)));
  field = std::move(spans);
}

void set_switches(DetectTests& field, const toml::node& node, const Place& place, const Key& key) {
  const auto* const list = node.as_array();
  if (list == nullptr) wrong_type(place, key, "a list of names");
  DetectTests tests;
  for (const Switch& one : test_switches()) tests.*one.on = false;
  for (const toml::node& item : *list) {
    std::string name;
    set_text(name, item, place, key);
    const auto at = std::ranges::find(test_switches(), name, &Switch::name);
    if (at == test_switches().end())
      fail(place, fmt::format("there is no test \"{}\"; \"{}\" can hold: {}", name, full_name(key), known_tests()));
    tests.*at->on = true;
  }
  field = tests;
}

void set_texts(std::vector<std::string>& field, const toml::node& node, const Place& place, const Key& key) {
  const auto* const list = node.as_array();
  if (list == nullptr) wrong_type(place, key, "a list of texts in quotes");
  std::vector<std::string> texts;
  for (const toml::node& item : *list) set_text(texts.emplace_back(), item, place, key);
  field = std::move(texts);
}

void set_facets(std::vector<std::string>& field, const toml::node& node, const Place& place, const Key& key) {
  set_texts(field, node, place, key);
  std::string known;
  for (const FacetKind& kind : facet_kinds()) known += fmt::format("{}{}", known.empty() ? "" : ", ", kind.name);
  for (const std::string& name : field) {
    if (std::ranges::find(facet_kinds(), name, &FacetKind::name) == facet_kinds().end())
      fail(place, fmt::format("the value of \"{}\" names \"{}\"; there are: {}", full_name(key), name, known));
  }
}

void set_choice(std::string& field, const Choice& choice, const toml::node& node, const Place& place, const Key& key) {
  set_text(field, node, place, key);
  if (field != choice.first && field != choice.second)
    wrong_type(place, key, fmt::format("\"{}\" or \"{}\"", choice.first, choice.second));
}

void set_value(Config& config, const Key& key, const toml::node& node, const Place& place) {
  std::visit(Overloaded{
                 [&](Field<double> field) { set_real(field(config), node, place, key); },
                 [&](Field<std::string> field) { set_text(field(config), node, place, key); },
                 [&](Bytes bytes) { set_bytes(bytes.field(config), node, place, key); },
                 [&](Moment moment) { set_moment(moment.field(config), node, place, key); },
                 [&](Spans spans) { set_spans(spans.field(config), node, place, key); },
                 [&](Switches switches) { set_switches(switches.field(config), node, place, key); },
                 [&](Texts texts) { set_texts(texts.field(config), node, place, key); },
                 [&](const Choice& choice) { set_choice(choice.field(config), choice, node, place, key); },
                 [&](FacetNames names) { set_facets(names.field(config), node, place, key); },
                 [&](auto field) { set_integer(field(config), node, place, key); },
             },
             key.accessor);
}

const Key* find_key(std::string_view section, std::string_view name) {
  for (const Key& key : keys()) {
    if (key.section == section && key.name == name) return &key;
  }
  return nullptr;
}

bool is_section(std::string_view name) {
  for (const Key& key : keys()) {
    if (!name.empty() && key.section == name) return true;
  }
  return false;
}

std::string known_keys(std::string_view section) {
  std::string names;
  for (const Key& key : keys()) {
    if (key.section != section) continue;
    if (!names.empty()) names += ", ";
    names += key.name;
  }
  return names;
}

void read_layers(LayerWeights& layers, const toml::table& table, const std::string& file) {
  for (const auto& [toml_key, node] : table) {
    const Place place = place_of(file, toml_key.source());
    const Key key{kLayers, toml_key.str(), {}, Effect::result, {0, 100}, Field<double>{}};
    LayerWeight& layer = layers[std::string(toml_key.str())];
    layer.place = place.text();
    set_real(layer.weight, node, place, key);
  }
}

void read_table(Config& config, const toml::table& table, std::string_view section, const std::string& file) {
  for (const auto& [toml_key, node] : table) {
    const Place place = place_of(file, toml_key.source());
    const std::string_view name = toml_key.str();
    const Key* const key = find_key(section, name);
    if (key != nullptr) {
      set_value(config, *key, node, place);
    } else if (section.empty() && name == kLayers && node.is_table()) {
      read_layers(config.layers, *node.as_table(), file);
    } else if (section.empty() && is_section(name) && node.is_table()) {
      read_table(config, *node.as_table(), name, file);
    } else if (section.empty()) {
      fail(place, fmt::format("unknown key \"{}\"; at the top of the file there can be: {}, and the sections of "
                              "'ringscope --print-config'",
                              name, known_keys(section)));
    } else {
      fail(place,
           fmt::format("unknown key \"{}\" in section [{}]; it can hold: {}", name, section, known_keys(section)));
    }
  }
}

}  // namespace

Config read_config(const std::filesystem::path& file) {
  const std::string name = file.string();
  Config config;
  try {
    read_table(config, toml::parse_file(name), "", name);
  } catch (const toml::parse_error& error) {
    const Place place = place_of(name, error.source());
    if (place.line == 0) fail(place, "the configuration file cannot be read; name an existing TOML file");
    fail(place, fmt::format("not valid TOML: {}", error.description()));
  }
  return config;
}

Config parse_config(std::string_view toml, const std::string& name) {
  Config config;
  try {
    read_table(config, toml::parse(toml, name), "", name);
  } catch (const toml::parse_error& error) {
    fail(place_of(name, error.source()), fmt::format("not valid TOML: {}", error.description()));
  }
  return config;
}

}  // namespace ringscope
