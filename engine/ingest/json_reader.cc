#include "engine/ingest/json_reader.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include <simdjson.h>

#include "engine/ingest/csv_record.h"
#include "engine/ingest/normalize.h"

namespace ringscope {
namespace {

namespace ondemand = simdjson::ondemand;

static_assert(kPadding >= simdjson::SIMDJSON_PADDING);
constexpr std::size_t kKeptParserBytes = std::size_t{16} << 20;  // a parser that has grown beyond is given up

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// -? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?
bool is_json_number(std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  const auto digits = [&] {
    const char* const begin = at;
    while (at < end && is_digit(*at)) ++at;
    return at - begin;
  };
  if (at < end && *at == '-') ++at;
  const bool zero = at < end && *at == '0';
  const auto whole = digits();
  if (whole == 0 || (zero && whole > 1)) return false;
  if (at < end && *at == '.') {
    ++at;
    if (digits() == 0) return false;
  }
  if (at < end && (*at == 'e' || *at == 'E')) {
    ++at;
    if (at < end && (*at == '+' || *at == '-')) ++at;
    if (digits() == 0) return false;
  }
  return at == end;
}

// What a key means, remembered for the place in the line where it stood, since most lines name the same keys in the
// same order.
class KeyMemory {
 public:
  struct Meaning {
    std::string name;
    bool learnt = false;
    int field = -1;           // index of a Field; -1: not ours
    std::size_t ignored = 0;  // then its number among the ignored fields
  };

  // The meaning that was learnt for this place, when its name is what follows a key's opening quote at `key`.
  const Meaning* recall(std::size_t place, const char* key) const {
    if (place >= places_.size() || !places_[place].learnt) return nullptr;
    const std::string& name = places_[place].name;
    return std::memcmp(key, name.data(), name.size()) == 0 && key[name.size()] == '"' ? &places_[place] : nullptr;
  }

  const Meaning& learn(std::size_t place, std::string_view key, IgnoredFields* ignored) {
    if (place >= kPlaces || key.size() >= kPadding) return other_ = meaning_of(key, ignored);
    if (place >= places_.size()) places_.resize(place + 1);
    return places_[place] = meaning_of(key, ignored);
  }

 private:
  static constexpr std::size_t kPlaces = 64;

  static Meaning meaning_of(std::string_view key, IgnoredFields* ignored) {
    Meaning meaning{std::string(key), true};
    if (const auto field = find_field(key))
      meaning.field = static_cast<int>(*field);
    else if (ignored)
      meaning.ignored = ignored->number_of(key);
    return meaning;
  }

  std::vector<Meaning> places_;
  Meaning other_;
};

// Reads one line into an event. The views are good until the next line is read.
class LineParser {
 public:
  // Why the line is no event; nothing when it is. `ignored` counts the fields that are not ours.
  std::optional<std::string_view> parse(std::string_view line, Event& event, IgnoredFields* ignored) {
    event = {};
    if (line.find('\0') != std::string_view::npos) return "contains a NUL byte";
    if (line.size() > kKeptParserBytes || parser_.capacity() > kKeptParserBytes) parser_ = ondemand::parser();
    ondemand::document document;
    const simdjson::padded_string_view padded(line.data(), line.size(), line.size() + kPadding);
    if (const auto error = parser_.iterate(padded).get(document)) return reason_of(error);
    ondemand::object object;
    if (document.get_object().get(object)) return first_char(line) == '{' ? kBadJson : "not a JSON object";
    if (const auto error = read_fields(object, event, ignored)) return reason_of(error);
    if (document.current_location().error() != simdjson::OUT_OF_BOUNDS)
      return kBadJson;  // something follows the object
    return std::nullopt;
  }

 private:
  static constexpr std::string_view kBadJson = "not valid JSON";

  static char first_char(std::string_view line) { return trim(line).empty() ? '\0' : trim(line).front(); }

  static std::string_view reason_of(simdjson::error_code error) {
    return error == simdjson::UTF8_ERROR ? "invalid UTF-8" : kBadJson;
  }

  simdjson::error_code read_fields(ondemand::object& object, Event& event, IgnoredFields* ignored) {
    std::size_t place = 0;
    for (auto item : object) {
      ondemand::field field;
      if (const auto error = std::move(item).get(field)) return error;
      const KeyMemory::Meaning* meaning = keys_.recall(place, field.key().raw());
      if (!meaning) {
        std::string_view key;
        if (const auto error = field.unescaped_key().get(key)) return error;
        meaning = &keys_.learn(place, key, ignored);
      }
      ++place;
      if (meaning->field >= 0) {
        if (const auto error = read_value(field.value(), static_cast<std::size_t>(meaning->field), event)) return error;
      } else if (ignored) {
        ignored->count(meaning->ignored);
      }
    }
    return simdjson::SUCCESS;
  }

  simdjson::error_code read_value(ondemand::value value, std::size_t field, Event& event) {
    const std::uint32_t bit = 1U << field;
    event.present |= bit;
    event.not_text &= ~bit;
    event.text[field] = {};
    ondemand::json_type type;
    if (const auto error = value.type().get(type)) return error;
    switch (type) {
      case ondemand::json_type::string:
        return read_string(value, event.text[field]);
      case ondemand::json_type::number:
        return read_number(trim(value.raw_json_token()), event.text[field]);
      case ondemand::json_type::null:
        return trim(value.raw_json_token()) == "null" ? simdjson::SUCCESS : simdjson::N_ATOM_ERROR;
      default:
        event.not_text |= bit;
        return simdjson::SUCCESS;
    }
  }

  // Most strings have no escapes and are taken as they lie: stage 1 has checked the text.
  static simdjson::error_code read_string(ondemand::value value, std::string_view& text) {
    const std::string_view token = trim(value.raw_json_token());
    const bool plain = token.size() >= 2 && token.back() == '"' && token.find('\\') == std::string_view::npos;
    if (!plain) return value.get_string().get(text);
    text = token.substr(1, token.size() - 2);
    return simdjson::SUCCESS;
  }

  static simdjson::error_code read_number(std::string_view token, std::string_view& text) {
    if (!is_json_number(token)) return simdjson::NUMBER_ERROR;
    text = token;
    return simdjson::SUCCESS;
  }

  ondemand::parser parser_;
  KeyMemory keys_;
};

}  // namespace

struct JsonReader::Impl {
  LineParser parser;
  Event event;
};

JsonReader::JsonReader() : impl_(std::make_unique<Impl>()) {}
JsonReader::~JsonReader() = default;

void JsonReader::read(const Block& block, LineSink& sink) {
  std::uint64_t number = block.first_line;
  for (std::size_t at = 0; at < block.text.size(); ++number) {
    const std::size_t newline = std::min(block.text.find('\n', at), block.text.size());
    const std::string_view line = block.text.substr(at, newline - at);
    at = newline + 1;
    if (line.empty() || (line.front() != '{' && trim(line).empty())) continue;
    if (sink.refuse_long_line(number, line)) continue;
    if (const auto reason = impl_->parser.parse(line, impl_->event, &sink.ignored()))
      sink.malformed(number, *reason, without_newline(line));
    else
      sink.take(number, impl_->event, without_newline(line));
  }
}

bool json_is_long(std::string_view text) {
  std::string padded(text);
  padded.append(kPadding, ' ');
  LineParser parser;
  Event event;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t newline = std::min(text.find('\n', at), text.size());
    const std::string_view line = std::string_view(padded).substr(at, newline - at);
    at = newline + 1;
    if (!parser.parse(line, event, nullptr) && event.names(Field::kind) && event.names(Field::value)) return true;
  }
  return false;
}

}  // namespace ringscope
