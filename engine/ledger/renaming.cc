#include "engine/ledger/renaming.h"

#include <algorithm>

#include "base/words.h"
#include "engine/detect/ring/json_parts.h"
#include "engine/ledger/feed_json.h"
#include "storage/value_keys.h"

namespace ringscope {
namespace {

constexpr std::size_t kFewValues = 64;  // that are looked for before a record is parsed

// Replaces `from` where it is no part of a longer word; whether it did.
bool replace_words(std::string& text, const std::string& from, const std::string& to) {
  bool any = false;
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos;) {
    const bool whole = is_whole_word(text, at, from.size(), Letters::of_text);
    if (whole) text.replace(at, from.size(), to);
    at += whole ? to.size() : 1;
    any = any || whole;
  }
  return any;
}

// The word that ends before the blank at the end of `text`: of a value in prose its kind.
std::string_view word_before(std::string_view text) {
  if (text.empty() || text.back() != ' ') return {};
  text.remove_suffix(1);
  return text.substr(text.rfind(' ') + 1);  // npos + 1 is the beginning
}

bool is_text(const Json& json, const char* field) { return json.contains(field) && json[field].is_string(); }

std::string text_at(const Json& json, const char* field) {
  return is_text(json, field) ? json[field].get<std::string>() : std::string();
}

// By what a list may be ascending: keys as numbers or in hex digits, alone or first in an item.
std::string order_of(const Json& item) {
  const Json& key = item.is_array() && !item.empty() ? item[0] : item;
  if (key.is_number_unsigned()) return fmt::format("{:016x}", key.get<std::uint64_t>());
  return key.is_string() && item.is_string() ? key.get<std::string>() : std::string();
}

std::string_view text_of(std::string_view name) { return name.substr(name.find('\0') + 1); }

}  // namespace

std::string named(std::string_view kind, std::string_view value) {
  return std::string(kind).append(1, '\0').append(value);
}

std::string new_pseudonym() { return "erased-" + random_hex(8); }

Renamer::Renamer(Renaming renaming)
    : names_(std::move(renaming)),
      key_(hash_value(names_.account)),
      new_key_(hash_value(names_.pseudonym)),
      hex_(fmt::format("{:016x}", key_)),
      new_hex_(fmt::format("{:016x}", new_key_)) {
  for (const auto& [name, comes] : names_.values) {
    const std::string_view text = text_of(name);
    by_text_.emplace(text, &comes);
    lengths_.insert(text.size());
  }
}

bool Renamer::may_be_in(std::string_view record) const {
  if (names_.values.size() > kFewValues) return true;
  const auto has = [&](std::string_view text) { return record.find(text) != std::string_view::npos; };
  const auto has_quoted = [&](const std::string& text) {
    const std::string quoted = dump(Json(text));
    return has(std::string_view(quoted).substr(1, quoted.size() - 2));
  };
  if (!names_.account.empty() && (has_quoted(names_.account) || has(std::to_string(key_)) || has(hex_))) return true;
  return std::ranges::any_of(names_.values,
                             [&](const auto& value) { return has_quoted(std::string(text_of(value.first))); });
}

const std::string* Renamer::find_value(std::string_view kind, std::string_view text) const {
  if (!by_text_.contains(text)) return nullptr;
  const auto at = names_.values.find(named(kind, text));
  return at == names_.values.end() ? nullptr : &at->second;
}

bool Renamer::put_value(std::string_view kind, Json& text) const {
  const std::string* const value = find_value(kind, text.get_ref<const std::string&>());
  if (value == nullptr) return false;
  text = *value;
  return true;
}

bool Renamer::put_account(Json& name) const {
  if (names_.account.empty() || name != names_.account) return false;
  name = names_.pseudonym;
  return true;
}

// A long value may stand anywhere, a short one alone or behind its kind, as programs write it: "same payment 4711".
bool Renamer::replace_values(std::string& text) const {
  bool any = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (const std::size_t size : lengths_) {
      if (at + size > text.size() || !is_whole_word(text, at, size, Letters::of_text)) continue;
      const auto found = by_text_.find(std::string_view(text).substr(at, size));
      if (found == by_text_.end()) continue;
      const std::string* value = find_value(word_before(std::string_view(text).substr(0, at)), found->first);
      if (value == nullptr && (size >= kLeastInProse || size == text.size())) value = found->second;
      if (value == nullptr) continue;
      text.replace(at, size, *value);
      at += value->size() - 1;
      any = true;
      break;
    }
  }
  return any;
}

bool Renamer::put_prose(Json& json) const {
  std::string text = json.get<std::string>();
  bool any = replace_values(text);
  if (!names_.account.empty()) {
    if (text == names_.account) {
      text = names_.pseudonym;
      any = true;
    }
    any = replace_words(text, std::string(kBeforeName) + names_.account, std::string(kBeforeName) + names_.pseudonym) ||
          any;
    any = replace_words(text, hex_, new_hex_) || any;
    if (names_.account.size() >= kLeastInProse) any = replace_words(text, names_.account, names_.pseudonym) || any;
  }
  if (any) json = text;
  return any;
}

// What people call it: a ring's id, an account, a kind and a value; of a verdict that is taken back nothing says which.
bool Renamer::put_target(Json& verdict) const {
  Json& target = verdict["target"];
  if (!text_at(verdict, "ring").empty()) return false;
  const auto text = target.get<std::string>();
  const std::size_t blank = text.find(' ');
  const bool on_thing = verdict.contains("things") && !verdict["things"].empty();
  if (blank != std::string::npos) {
    if (const std::string* const value = find_value(text.substr(0, blank), text.substr(blank + 1))) {
      target = text.substr(0, blank + 1) + *value;
      return true;
    }
  }
  return !on_thing && put_account(target);
}

// Names that are keys of an object; shares of those that become one are added.
bool Renamer::put_shares(std::string_view kind, Json& shares) const {
  Json renamed = Json::object();
  bool any = false;
  for (const auto& [name, share] : shares.items()) {
    const std::string* const value = find_value(kind, name);
    any = any || value != nullptr;
    const std::string& now = value == nullptr ? name : *value;
    renamed[now] = renamed.contains(now) ? Json(renamed[now].get<double>() + share.get<double>()) : share;
  }
  if (any) shares = std::move(renamed);
  return any;
}

bool Renamer::put_keys(Json& json) const {
  if (names_.account.empty()) return false;
  if (json.is_number_unsigned() && json.get<std::uint64_t>() == key_) {
    json = new_key_;
    return true;
  }
  if (json.is_string() && json == hex_) {
    json = new_hex_;
    return true;
  }
  return json.is_array() && !json.empty() && json[0].is_number_unsigned() && put_keys(json[0]);
}

bool Renamer::visit_list(Json& list, const std::string& field) const {
  const bool of_keys = field == "keys" || field == "accounts" || field == "members" || field == "came" ||
                       field == "went" || field == "regraded";
  const bool ascending = of_keys && std::ranges::is_sorted(list, {}, order_of);
  bool any = false;
  for (Json& item : list) {
    if (item.is_object()) {
      any = visit(item) || any;
    } else if (of_keys) {
      any = put_keys(item) || any;
    } else if (item.is_string() && field == "reasons") {
      any = put_prose(item) || any;
    } else if (item.is_string() && field == "targets") {
      any = put_value("capability", item) || any;
    }
  }
  // What was ascending by account stays so.
  if (any && ascending)
    std::stable_sort(list.begin(), list.end(), [](const Json& a, const Json& b) { return order_of(a) < order_of(b); });
  return any;
}

bool Renamer::put_field(Json& object, const std::string& field) const {
  Json& json = object[field];
  if (json.is_array()) return visit_list(json, field);
  if (json.is_object()) return field == "capabilities" ? put_shares("capability", json) : visit(json);
  if (field == "account") return json.is_string() ? put_account(json) : put_keys(json);
  if (!json.is_string()) return false;
  if (field == "value") {
    if (text_at(object, "on") == "account") return put_account(json);
    return is_text(object, "kind") && put_value(text_at(object, "kind"), json);
  }
  if (field == "target") return put_target(object);
  if (field == "model") return put_value("model", json);
  if (field == "reason" || field == "summary") return put_prose(json);
  return false;
}

// Whether anything was replaced.
bool Renamer::visit(Json& json) const {
  const bool codes = text_at(json, "kind") == "action";  // its reasons are codes
  bool any = false;
  for (auto& [field, value] : json.items()) {
    if (!codes || field == "account") any = put_field(json, field) || any;
  }
  return any;
}

std::optional<std::string> Renamer::operator()(std::string_view family, std::string_view record) const {
  if (!may_be_in(record)) return std::nullopt;
  return parse_stored(record, "record", [&](Json json) -> std::optional<std::string> {
    if (!json.is_object()) return std::nullopt;
    const bool named = !names_.account.empty();
    if (named && json.contains("cancels") && json.contains("account") && json["account"] == key_)
      json["id"] = id_of_stored_action(record);
    const bool member = named && family == "members" && text_at(json, "account") == names_.account;
    if (!visit(json)) return std::nullopt;
    if (member) {
      json["reasons"] = Json::array({kErasedReason});
      json["extraction"] = nullptr;
      json["replaces"] = nullptr;
    }
    return dump(json);
  });
}

}  // namespace ringscope
