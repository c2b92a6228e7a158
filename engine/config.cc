#include "engine/config.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <sstream>
#include <string_view>
#include <variant>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include "base/error.h"
#include "engine/load/facets.h"
#include "storage/rows.h"

namespace ringscope {
namespace {

template <class Value>
using Field = Value& (*)(Config&);

struct Bytes {  // written as "4GiB"
  Field<std::size_t> field;
};
struct Moment {  // a time as text, or nothing
  Field<std::string> field;
};
struct Spans {  // seconds, ascending
  Field<std::vector<std::int64_t>> field;
};
struct Switches {  // names of what is on
  Field<DetectTests> field;
};
struct Texts {
  Field<std::vector<std::string>> field;
};
struct FacetNames {  // of engine/load/facets.h
  Field<std::vector<std::string>> field;
};
using Accessor = std::variant<Field<int>, Field<std::uint32_t>, Field<std::uint64_t>, Field<double>, Field<std::string>,
                              Bytes, Moment, Spans, Switches, Texts, FacetNames>;

enum class Effect { speed, result };  // what a value can change; only `result` enters the hash

struct Range {
  double least = 0;
  double most = 9007199254740992.0;  // 2^53: what a TOML integer and a double both hold exactly
};

struct Key {
  std::string_view section;  // empty: the top of the file
  std::string_view name;
  std::string_view comment;
  Effect effect;
  Range range;
  Accessor accessor;
};

// Every key there is: the reader, the messages, --print-config and the hash all go by this table. Keys of a section
// stand together.
// clang-format off
const auto kKeys = std::to_array<Key>({
    {"", "threads", "Threads to use; 0: as many as the machine has", Effect::speed, {0, 4096},
     +[](Config& c) -> std::uint32_t& { return c.threads; }},
    {"", "memory", "Bound for every stage, as \"512M\", \"8GiB\" or a number of bytes", Effect::speed, {double{kLeastMemory}, 1e15},
     Bytes{+[](Config& c) -> std::size_t& { return c.memory_bytes; }}},
    {"facets", "on", "What is derived from things, each a layer of likeness with its own frequencies", Effect::result, {},
     FacetNames{+[](Config& c) -> std::vector<std::string>& { return c.facets.on; }}},
    {"facets", "v4_prefix", "Bits of the network of an IPv4 address, for ip/net", Effect::result, {1, 32},
     +[](Config& c) -> std::uint32_t& { return c.facets.v4_prefix; }},
    {"facets", "v6_prefix", "Bits of the network of an IPv6 address, for ip/net", Effect::result, {1, 128},
     +[](Config& c) -> std::uint32_t& { return c.facets.v6_prefix; }},
    {"facets", "v6_subnet", "Bits of the smaller network of an IPv6 address, for ip/subnet", Effect::result, {1, 128},
     +[](Config& c) -> std::uint32_t& { return c.facets.v6_subnet; }},
    {"facets", "issuer_digits", "Digits of the issuer number of a card, for payment/issuer", Effect::result, {6, 8},
     +[](Config& c) -> std::uint32_t& { return c.facets.issuer_digits; }},
    {"facets", "signup_hours", "Hours of a time bucket of sign-ups", Effect::result, {1, 8784},
     +[](Config& c) -> std::uint32_t& { return c.facets.signup_hours; }},
    {"facets", "data_centres", "Files of addresses of data centres, one address, network or AS number a line, or MaxMind DBs", Effect::result, {},
     Texts{+[](Config& c) -> std::vector<std::string>& { return c.facets.data_centres; }}},
    {"facets", "vpn_exits", "Files of addresses of VPNs and proxies, in the same form", Effect::result, {},
     Texts{+[](Config& c) -> std::vector<std::string>& { return c.facets.vpn_exits; }}},
    {"facets", "tor_exits", "Files of addresses of Tor exits, in the same form", Effect::result, {},
     Texts{+[](Config& c) -> std::vector<std::string>& { return c.facets.tor_exits; }}},
    {"facets", "disposable_mail", "Files of domains of disposable mail, one a line", Effect::result, {},
     Texts{+[](Config& c) -> std::vector<std::string>& { return c.facets.disposable_mail; }}},
    {"detect", "window_days", "Days up to as_of that are looked at; 0: everything", Effect::result, {0, 36500},
     +[](Config& c) -> int& { return c.detect.window_days; }},
    {"detect", "as_of", "Last day of the window, as \"2026-01-31\" or a time; empty: the last day with data", Effect::result, {},
     Moment{+[](Config& c) -> std::string& { return c.detect.as_of; }}},
    {"detect", "hub_accounts", "An entity of more accounts is a hub: counted, but never evidence", Effect::result, {2, 1e9},
     +[](Config& c) -> std::uint32_t& { return c.detect.hub_accounts; }},
    {"detect", "hub_list", "File of known hubs, VALUE or KIND,VALUE a line: as if of more accounts; empty: none", Effect::result, {},
     +[](Config& c) -> std::string& { return c.detect.hub_list; }},
    {"detect", "asn_table", "File of networks and their autonomous systems, NETWORK,ASN a line or a MaxMind DB, for indicators and facets; empty: none", Effect::result, {},
     +[](Config& c) -> std::string& { return c.detect.asn_table; }},
    {"detect", "alpha", "False discovery rate of the pair test, over all possible pairs", Effect::result, {1e-12, 0.5},
     +[](Config& c) -> double& { return c.detect.alpha; }},
    {"detect", "tests", "Tests that are made; one left out finds nothing, the others go on without it", Effect::result, {},
     Switches{+[](Config& c) -> DetectTests& { return c.detect.tests; }}},
    {"detect", "coaction_windows", "Seconds within which accounts that come to one thing act together, ascending, at most eight; []: not tested", Effect::result, {0, 86400 * 365},
     Spans{+[](Config& c) -> std::vector<std::int64_t>& { return c.detect.coaction_windows; }}},
    {"detect", "coaction_window", "Seconds of a rule that links pairs without a test; 0: no rule", Effect::result, {0, 86400 * 365},
     +[](Config& c) -> std::uint32_t& { return c.detect.coaction_window; }},
    {"detect", "coaction_kind", "Kind of things the rule looks at; empty: every kind", Effect::result, {},
     +[](Config& c) -> std::string& { return c.detect.coaction_kind; }},
    {"detect", "coaction_things", "Things that a pair must come to within the rule's window", Effect::result, {1, 1e6},
     +[](Config& c) -> std::uint32_t& { return c.detect.coaction_things; }},
    {"detect", "coaction_actions", "Things that each account of the pair must have come to at all", Effect::result, {1, 1e6},
     +[](Config& c) -> std::uint32_t& { return c.detect.coaction_actions; }},
    {"detect", "resolution", "Bits that two accounts of a ring share in the mean, before pieces are merged: higher gives smaller rings", Effect::result, {1e-6, 1e6},
     +[](Config& c) -> double& { return c.detect.resolution; }},
    {"detect", "min_ring", "Smaller groups of accounts are not reported", Effect::result, {2, 1e9},
     +[](Config& c) -> std::uint32_t& { return c.detect.min_ring; }},
    {"detect", "evidence_per_ring", "Shared entities listed with a ring, the strongest first", Effect::result, {1, 1e6},
     +[](Config& c) -> std::uint32_t& { return c.detect.evidence_per_ring; }},
    {"detect", "seed", "Of whatever is drawn at random", Effect::result, {},
     +[](Config& c) -> std::uint64_t& { return c.detect.seed; }},
    {"verdicts", "two_persons_above", "Accounts of a ring above which a verdict on it waits for a second person who says the same", Effect::speed, {0, 4294967295.0},
     +[](Config& c) -> std::uint32_t& { return c.verdicts.two_persons_above; }},
});
// clang-format on

struct Switch {
  std::string_view name;
  bool DetectTests::*on;
};
constexpr std::array<Switch, 7> kTests = {{
    {"pairs", &DetectTests::pairs},
    {"vouching", &DetectTests::vouching},
    {"enrichment", &DetectTests::enrichment},
    {"coaction", &DetectTests::coaction},
    {"glue", &DetectTests::glue},
    {"pools", &DetectTests::pools},
    {"dispatch", &DetectTests::dispatch},
}};

// The section whose keys are the store's.
constexpr std::string_view kLayers = "layers";
constexpr std::string_view kLayersComment =
    "How much a layer counts, one a line, as ip = 0.5 or \"ip/net\" = 0: a kind of things, a facet, or a habit "
    "(signup,\n"
    "# template, capability, hour). 0: as if it were not in the data; at most 100; 1 unless said otherwise";

template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
Overloaded(Fs...) -> Overloaded<Fs...>;

std::string known_tests() {
  std::vector<std::string_view> names;
  for (const Switch& one : kTests) names.push_back(one.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string full_name(const Key& key) {
  return key.section.empty() ? std::string(key.name) : fmt::format("{}.{}", key.section, key.name);
}

// -- reading

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
  for (const Switch& one : kTests) tests.*one.on = false;
  for (const toml::node& item : *list) {
    std::string name;
    set_text(name, item, place, key);
    const auto at = std::ranges::find(kTests, name, &Switch::name);
    if (at == kTests.end())
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

void set_value(Config& config, const Key& key, const toml::node& node, const Place& place) {
  std::visit(Overloaded{
                 [&](Field<double> field) { set_real(field(config), node, place, key); },
                 [&](Field<std::string> field) { set_text(field(config), node, place, key); },
                 [&](Bytes bytes) { set_bytes(bytes.field(config), node, place, key); },
                 [&](Moment moment) { set_moment(moment.field(config), node, place, key); },
                 [&](Spans spans) { set_spans(spans.field(config), node, place, key); },
                 [&](Switches switches) { set_switches(switches.field(config), node, place, key); },
                 [&](Texts texts) { set_texts(texts.field(config), node, place, key); },
                 [&](FacetNames names) { set_facets(names.field(config), node, place, key); },
                 [&](auto field) { set_integer(field(config), node, place, key); },
             },
             key.accessor);
}

const Key* find_key(std::string_view section, std::string_view name) {
  for (const Key& key : kKeys) {
    if (key.section == section && key.name == name) return &key;
  }
  return nullptr;
}

bool is_section(std::string_view name) {
  for (const Key& key : kKeys) {
    if (!name.empty() && key.section == name) return true;
  }
  return false;
}

std::string known_keys(std::string_view section) {
  std::string names;
  for (const Key& key : kKeys) {
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

// -- writing

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
  for (const Switch& one : kTests) {
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
          [&](FacetNames names) -> std::string { return toml_texts(names.field(copy)); },
          [&](auto field) -> std::string { return fmt::format("{}", field(copy)); },
      },
      key.accessor);
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

std::string print_config(const Config& config) {
  std::string text;
  std::string_view section;
  for (const Key& key : kKeys) {
    if (key.section != section) text += fmt::format("\n[{}]\n", section = key.section);
    text += fmt::format("# {}\n{} = {}\n", key.comment, key.name, value_text(config, key));
  }
  return text + fmt::format("\n[{}]\n# {}\n{}", kLayers, kLayersComment, layers_text(config.layers));
}

std::string config_hash(const Config& config) {
  std::string canonical;
  for (const Key& key : kKeys) {
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
