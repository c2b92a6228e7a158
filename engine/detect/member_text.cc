#include "engine/detect/member_text.h"

#include <algorithm>

#include <simdjson.h>

#include "engine/detect/json_parts.h"

namespace ringscope {
namespace {

void append_number(std::string& out, double number) { out += Json(number).dump(); }

bool is_plain(char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; }

std::optional<std::string> text_of(simdjson::dom::element value) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) return std::nullopt;
  return std::string(text);
}

bool read_texts(simdjson::dom::element value, std::vector<std::string>& texts) {
  simdjson::dom::array list;
  if (value.get(list) != simdjson::SUCCESS) return false;
  for (const simdjson::dom::element one : list) {
    auto text = text_of(one);
    if (!text) return false;
    texts.push_back(std::move(*text));
  }
  return true;
}

template <class Value>
bool read_number(simdjson::dom::element value, Value& number) {
  double real = 0;
  if (value.get(real) != simdjson::SUCCESS) return false;
  number = static_cast<Value>(real);
  return true;
}

bool read_text(simdjson::dom::element value, std::string& text) {
  auto read = text_of(value);
  if (read) text = std::move(*read);
  return read.has_value();
}

bool read_tier(simdjson::dom::element value, Tier& tier) {
  std::string_view word;
  if (value.get(word) != simdjson::SUCCESS) return false;
  const auto parsed = parse_tier(word);
  tier = parsed.value_or(tier);
  return parsed.has_value();
}

// False for what needs the whole reader.
bool read_field(std::string_view key, simdjson::dom::element value, Member& member) {
  if (key == "account") return read_text(value, member.name);
  if (key == "membership") return read_number(value, member.membership);
  if (key == "score") return read_number(value, member.score);
  if (key == "tier") return read_tier(value, member.tier);
  if (key == "reasons") return read_texts(value, member.reasons);
  if (key == "campaign") return read_text(value, member.campaign);
  if (key == "likeness") return read_number(value, member.likeness);
  if (value.is_null()) return true;
  return key == "extraction" && read_number(value, member.extraction.emplace());
}

}  // namespace

void append_json_text(std::string& out, std::string_view text) {
  if (std::ranges::all_of(text, is_plain)) {
    out += '"';
    out += text;
    out += '"';
  } else {
    out += dump(Json(text));
  }
}

bool append_plain_member(std::string& out, const Member& member) {
  if (member.replaces || member.verdict || member.engine || member.seeded) return false;
  out += "{\"account\":";
  append_json_text(out, member.name);
  out += ",\"membership\":";
  append_number(out, member.membership);
  out += ",\"score\":";
  append_number(out, member.score);
  out += ",\"tier\":\"";
  out += to_string(member.tier);
  out += "\",\"reasons\":[";
  for (std::size_t i = 0; i < member.reasons.size(); ++i) {
    if (i > 0) out += ',';
    append_json_text(out, member.reasons[i]);
  }
  out += "],\"campaign\":";
  append_json_text(out, member.campaign);
  out += ",\"likeness\":";
  out += std::to_string(member.likeness);
  out += ",\"extraction\":";
  if (member.extraction) {
    append_number(out, *member.extraction);
  } else {
    out += "null";
  }
  out += ",\"replaces\":null,\"verdict\":null,\"engine\":null}";
  return true;
}

std::optional<Member> plain_member_from(std::string_view json) {
  thread_local simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(json.data(), json.size()).get(object) != simdjson::SUCCESS) return std::nullopt;
  Member member;
  std::size_t fields = 0;
  for (const auto [key, value] : object) {
    if (!read_field(key, value, member)) return std::nullopt;
    ++fields;
  }
  if (fields < 5) return std::nullopt;  // a missing field is the whole reader's to complain of
  member.account = hash_value(member.name);
  return member;
}

}  // namespace ringscope
