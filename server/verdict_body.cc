#include "server/verdict_body.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/json.h"
#include "server/bodies.h"

namespace ringscope::server {
namespace {

std::vector<std::string> accounts_in(const Json& json) {
  std::vector<std::string> accounts;
  const auto found = json.find("accounts");
  if (found == json.end() || found->is_null()) return accounts;
  if (!found->is_array() || found->size() > kMostAccounts || found->empty())
    refuse_body(fmt::format("the field is no list of 1 to {} accounts", kMostAccounts), "accounts");
  for (const Json& one : *found) {
    if (!one.is_string()) refuse_body("an account is no text", "accounts");
    accounts.push_back(one.get<std::string>());
  }
  return accounts;
}

VerdictWord word_in(const Json& json) {
  const auto word = parse_verdict_word(text_in(json, "decision", true));
  if (!word) refuse_body(fmt::format("is none of {}", fmt::join(verdict_words(), ", ")), "decision");
  return *word;
}

VerdictOn on_in(const Json& json) {
  const std::string on = text_in(json, "on", false);
  if (on.empty()) return VerdictOn::anything;
  if (on == "ring") return VerdictOn::ring;
  if (on == "account") return VerdictOn::account;
  if (on == "thing") return VerdictOn::thing;
  refuse_body("is none of ring, account, thing", "on");
}

std::vector<std::string> values_in(const Json& json) {
  const Json& list = json["values"];
  if (!list.is_array() || list.empty() || list.size() > kMostRevealed)
    refuse_body(fmt::format("the field is no list of 1 to {} values", kMostRevealed), "values");
  const std::string kind = text_in(json, "kind", false);
  std::vector<std::string> values;
  for (const Json& one : list) {
    if (!one.is_string() || one.get_ref<const std::string&>().empty())
      refuse_body("a value is no text, or empty", "values");
    values.push_back((kind.empty() ? "" : kind + ":") + one.get<std::string>());
  }
  return values;
}

}  // namespace

VerdictBody verdict_in(const Json& json) {
  VerdictBody body;
  body.request.target = text_in(json, "target", true);
  body.request.on = on_in(json);
  body.request.word = word_in(json);
  body.request.reason = text_in(json, "reason", true);
  body.accounts = accounts_in(json);
  body.note = text_in(json, "note", false);
  return body;
}

std::vector<std::uint64_t> numbers_in(const Json& json) {
  const auto found = json.find("numbers");
  if (found == json.end() || !found->is_array() || found->empty() || found->size() > 2 * kMostAccounts)
    refuse_body(fmt::format("the field is no list of 1 to {} numbers", 2 * kMostAccounts), "numbers");
  std::vector<std::uint64_t> numbers;
  for (const Json& one : *found) {
    if (!one.is_number_unsigned() || one.get<std::uint64_t>() == 0)
      refuse_body("a number is none of a verdict", "numbers");
    numbers.push_back(one.get<std::uint64_t>());
  }
  return numbers;
}

std::vector<std::string> search_texts_in(std::string_view body) {
  const Json json = Json::parse(body, nullptr, false);
  if (!json.is_array() || json.empty() || json.size() > kMostSearchTexts)
    refuse_body(fmt::format("the body is no list of 1 to {} texts", kMostSearchTexts), "");
  std::vector<std::string> texts;
  texts.reserve(json.size());
  for (const Json& one : json) {
    if (!one.is_string() || one.get_ref<const std::string&>().empty())
      refuse_body("a text to search for is none, or empty", "");
    texts.push_back(one.get<std::string>());
  }
  return texts;
}

RevealBody reveal_in(const Json& json) {
  const bool values = json.contains("values"), account = json.contains("account"), ring = json.contains("ring");
  if (values + account + ring != 1) refuse_body("the body has one of values, account and ring", "");
  if (!values && json.contains("kind")) refuse_body("a kind is that of values", "kind");
  RevealBody body;
  if (account) body.account = text_in(json, "account", true);
  if (ring) body.ring = text_in(json, "ring", true);
  if (values) body.values = values_in(json);
  return body;
}

}  // namespace ringscope::server
