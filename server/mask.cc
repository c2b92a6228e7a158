#include "server/mask.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <set>

#include <fmt/format.h>

#include "engine/json.h"
#include "server/secrets.h"

namespace ringscope::server {
namespace {

constexpr std::string_view kLeftOut = "(masked)";

// Texts that are names of ours, of accounts or of people who use the server. Whatever else is a text is a sentence.
constexpr auto kNames = std::to_array<std::string_view>(
    {"schema",   "ring",        "rings",       "account",  "accounts",  "a",       "b",        "from",   "to",
     "tier",     "campaign",    "kind",        "kinds",    "class",     "name",    "role",     "word",   "state",
     "by",       "change",      "type",        "event_id", "day",       "parents", "children", "ring_a", "ring_b",
     "digest",   "mode",        "relation",    "other",    "successor", "partner", "cause",    "unit",   "path_end",
     "verdict",  "next",        "config_hash", "members",  "targets",   "csrf",    "list",     "plan",   "status",
     "activity", "tier_before", "permissions", "model",    "moved",     "id",      "match",    "cancels"});
// Written by people, or long lists of what was touched.
constexpr auto kOmitted = std::to_array<std::string_view>({"details", "note", "target", "things"});
// Values, beside the kind of thing they are.
constexpr auto kValues = std::to_array<std::string_view>({"value", "label", "network"});

template <class List>
bool holds(const List& list, std::string_view key) {
  return std::ranges::find(list, key) != list.end();
}

std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// What a value of the object is of: an account's or a ring's name says so by its kind or its type.
std::string kind_of(const Json& object) {
  const std::string type = text_of(object, "type");
  return type == "account" || type == "ring" || type == "campaign" || type == "group" ? type : text_of(object, "kind");
}

bool is_named_kind(const std::string& kind) { return kind == "account" || kind == "ring" || kind == "campaign"; }

// "+1,234.5%", "2026-01-31", "12": no card and no address looks so. Long runs of digits do not count.
bool is_number(std::string_view word) {
  constexpr std::size_t kMostDigits = 6;
  std::size_t run = 0, dots = 0, dashes = 0;
  for (const char c : word) {
    run = std::isdigit(static_cast<unsigned char>(c)) != 0 ? run + 1 : 0;
    if (run > kMostDigits) return false;
    dots += c == '.' ? 1 : 0;
    dashes += c == '-' ? 1 : 0;
    if (std::isdigit(static_cast<unsigned char>(c)) == 0 &&
        std::string_view("+-.,%^{}").find(c) == std::string_view::npos)
      return false;
  }
  return dots <= 1 && (dashes <= 1 || (dashes == 2 && word.size() == 10));
}

bool is_plain_word(std::string_view word) {
  return std::ranges::all_of(word, [](unsigned char c) { return std::isalpha(c) != 0 || c >= 0x80 || c == '_'; });
}

bool is_ring_id(std::string_view word) {
  return word.starts_with("R-") && word.size() == 10 &&
         std::ranges::all_of(word.substr(2), [](unsigned char c) { return std::isxdigit(c) != 0; });
}

class Masking {
 public:
  Masking(const Mask& mask, const Json& json) : mask_(mask) { gather(json, ""); }

  void apply(Json& json) {
    if (json.is_array()) {
      for (Json& one : json) apply(one);
      return;
    }
    if (!json.is_object()) return;
    const std::string kind = kind_of(json);
    const bool by_people = json.contains("by");
    for (auto& [key, value] : json.items()) apply(key, value, kind, by_people);
  }

 private:
  void apply(const std::string& key, Json& value, const std::string& kind, bool by_people) {
    if (holds(kOmitted, key) || (by_people && key == "reason")) {
      omit(value);
    } else if (holds(kValues, key) && value.is_string() && kind != "group" && !is_named_kind(kind)) {
      value = mask_.pseudonym(kind, value.get<std::string>());
    } else if (value.is_structured()) {
      if (!holds(kNames, key)) sentences(value);
      apply(value);
    } else if (value.is_string() && !holds(kNames, key) && (kind == "group" || !holds(kValues, key))) {
      value = sentence(value.get<std::string>());
    }
  }

  static void omit(Json& value) {
    if (value.is_array()) value = Json::array();
    if (value.is_string() && !value.get_ref<const std::string&>().empty()) value = kLeftOut;
  }

  void sentences(Json& list) {
    if (!list.is_array()) return;
    for (Json& one : list) {
      if (one.is_string()) one = sentence(one.get<std::string>());
    }
  }

  void gather(const Json& json, std::string_view key) {
    if (json.is_string() && (key == "account" || key == "accounts" || key == "a" || key == "b" || key == "partner"))
      names_.insert(json.get<std::string>());
    if (json.is_array()) {
      for (const Json& one : json) gather(one, key);
    }
    if (!json.is_object()) return;
    const std::string kind = kind_of(json), value = text_of(json, "value");
    if (!value.empty() && !is_named_kind(kind)) values_[value] = mask_.pseudonym(kind, value);
    for (const auto& [name, part] : json.items()) gather(part, name);
  }

  std::string sentence(const std::string& text) const {
    std::string out;
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = std::min(text.find(' ', begin), text.size());
      out += word(std::string_view(text).substr(begin, end - begin));
      if (end < text.size()) out += ' ';
      begin = end + 1;
    }
    return out;
  }

  std::string word(std::string_view raw) const {
    constexpr std::string_view kAround = "\"'()[],.;:!?…";
    const std::size_t begin = raw.find_first_not_of(kAround);
    if (begin == std::string_view::npos) return std::string(raw);
    const std::size_t end = raw.find_last_not_of(kAround) + 1;
    const std::string_view core = raw.substr(begin, end - begin);
    return std::string(raw.substr(0, begin)) + replaced(core) + std::string(raw.substr(end));
  }

  std::string replaced(std::string_view core) const {
    const auto known = values_.find(core);
    if (known != values_.end()) return known->second;
    if (is_ring_id(core) || names_.contains(core) || is_number(core)) return std::string(core);
    // "ip/net", "day-by-day", "rejected:" and the like are made of words.
    for (std::size_t begin = 0; begin <= core.size();) {
      const std::size_t end = std::min(core.find_first_of("/-'", begin), core.size());
      const std::string_view piece = core.substr(begin, end - begin);
      if (!is_plain_word(piece) && !is_number(piece)) return mask_.pseudonym("masked", core);
      begin = end + 1;
    }
    return std::string(core);
  }

  const Mask& mask_;
  std::map<std::string, std::string, std::less<>> values_;  // of the document, with their pseudonyms
  std::set<std::string, std::less<>> names_;                // of accounts
};

}  // namespace

std::string Mask::pseudonym(std::string_view kind, std::string_view value) const {
  const std::string secret = fmt::format("{}\n{}\n{}", key_, kind, value);
  return fmt::format("{}-{}", kind.empty() ? "value" : kind, sha256_hex(secret).substr(0, 8));
}

std::string Mask::document(std::string_view text) const {
  Json json = Json::parse(text);
  Masking(*this, json).apply(json);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace ringscope::server
