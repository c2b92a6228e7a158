#include "engine/ledger/pseudonym.h"

#include <algorithm>

#include "engine/detect/json_parts.h"
#include "engine/ledger/feed_json.h"
#include "storage/value_keys.h"

namespace ringscope {
namespace {

constexpr std::size_t kLeastInSentence = 6;  // a shorter name may be any word of it
constexpr std::size_t kLeastAnywhere = 3;    // a shorter one is only a name where names stand

bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         static_cast<unsigned char>(c) > 127;
}

// Replaces `from` where it is no part of a longer word; whether it did.
bool replace_words(std::string& text, const std::string& from, const std::string& to) {
  bool any = false;
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos;) {
    const std::size_t end = at + from.size();
    const bool whole = (at == 0 || !is_word(text[at - 1]) || !is_word(from.front())) &&
                       (end == text.size() || !is_word(text[end]) || !is_word(from.back()));
    if (whole) text.replace(at, from.size(), to);
    at += whole ? to.size() : 1;
    any = any || whole;
  }
  return any;
}

std::uint64_t order_of(const Json& item) {
  if (item.is_number_unsigned()) return item.get<std::uint64_t>();
  if (item.is_array() && !item.empty() && item[0].is_number_unsigned()) return item[0].get<std::uint64_t>();
  return 0;
}

class Walk {
 public:
  explicit Walk(const Pseudonyms& names)
      : names_(names),
        key_(hash_value(names.account)),
        new_key_(hash_value(names.pseudonym)),
        hex_(fmt::format("{:016x}", key_)),
        new_hex_(fmt::format("{:016x}", new_key_)) {}

  bool may_speak_of_it(std::string_view record) const {
    const std::string quoted = dump(Json(names_.account));
    const auto has = [&](std::string_view text) { return record.find(text) != std::string_view::npos; };
    return has(std::string_view(quoted).substr(1, quoted.size() - 2)) || has(std::to_string(key_)) || has(hex_) ||
           std::ranges::any_of(names_.values, [&](const auto& value) { return has(value.first); });
  }
  KeyHash key() const { return key_; }

  // Whether anything was replaced.
  bool visit(Json& json, const std::string& field = "") {
    if (json.is_string()) return visit_text(json, field);
    if (json.is_number_unsigned()) {
      if (json.get<std::uint64_t>() != key_) return false;
      json = new_key_;
      return true;
    }
    if (json.is_array()) return visit_list(json, field);
    bool any = false;
    if (json.is_object()) {
      for (auto& [name, value] : json.items()) any = visit(value, name) || any;
    }
    return any;
  }

 private:
  static bool names_account(const std::string& field) {
    return field == "account" || field == "target" || field == "other" || field == "members" || field == "accounts" ||
           field == "value" || field == "from" || field == "to";
  }
  bool visit_text(Json& json, const std::string& field) {
    std::string text = json.get<std::string>();
    bool any = false;
    if (text == names_.account) {
      if (text.size() < kLeastAnywhere && !names_account(field)) return false;
      json = names_.pseudonym;
      return true;
    }
    for (const auto& [from, to] : names_.values) {
      if (text == from) {
        json = to;
        return true;
      }
      if (from.size() >= kLeastInSentence) any = replace_words(text, from, to) || any;
    }
    any = replace_words(text, hex_, new_hex_) || any;
    if (names_.account.size() >= kLeastInSentence) any = replace_words(text, names_.account, names_.pseudonym) || any;
    if (any) json = text;
    return any;
  }
  // What was ascending by account stays so.
  bool visit_list(Json& json, const std::string& field) {
    const bool ascending = std::ranges::is_sorted(json, {}, order_of) && !json.empty() && order_of(json[0]) != 0;
    bool any = false;
    for (Json& item : json) any = visit(item, field) || any;
    if (any && ascending)
      std::stable_sort(json.begin(), json.end(),
                       [](const Json& a, const Json& b) { return order_of(a) < order_of(b); });
    return any;
  }

  const Pseudonyms& names_;
  KeyHash key_, new_key_;
  std::string hex_, new_hex_;
};

}  // namespace

std::string new_pseudonym() { return "erased-" + random_hex(8); }

std::optional<std::string> without_account(const Pseudonyms& names, std::string_view family, std::string_view record) {
  Walk walk(names);
  if (!walk.may_speak_of_it(record)) return std::nullopt;
  return parse_stored(record, "record", [&](Json json) -> std::optional<std::string> {
    const bool action = json.contains("cancels") && json.contains("account") && json["account"] == walk.key();
    if (action) json["id"] = id_of_stored_action(record);
    const bool member = family == "members" && json.value("account", std::string()) == names.account;
    if (!walk.visit(json)) return std::nullopt;
    if (member) {
      json["reasons"] = Json::array({"the account was erased"});
      json["extraction"] = nullptr;
      json["replaces"] = nullptr;
    }
    return dump(json);
  });
}

}  // namespace ringscope
