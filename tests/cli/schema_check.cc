#include "tests/cli/schema_check.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tests/cli/program.h"

namespace ringscope {
namespace {

using nlohmann::json;

// "ring-line" of "urn:ringscope:schema:ring-line:1"
std::string schema_of_urn(const std::string& urn) {
  const std::string begin = "urn:ringscope:schema:";
  return urn.substr(begin.size(), urn.rfind(':') - begin.size());
}

bool has_type(const json& value, const std::string& type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "null") return value.is_null();
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  return false;
}

bool has_one_type(const json& value, const json& types) {
  if (types.is_string()) return has_type(value, types);
  for (const json& type : types) {
    if (has_type(value, type)) return true;
  }
  return false;
}

void check_object(const json& value, const json& schema, const std::string& where, std::vector<std::string>& wrong);

// The keywords that our schemas use; an unknown one fails, so that none is silently skipped.
void check(const json& value, const json& schema, const std::string& where, std::vector<std::string>& wrong) {
  const auto require = [&](bool good, const std::string& keyword) {
    if (!good) wrong.push_back(fmt::format("{}: {} of {}", where, keyword, value.dump().substr(0, 60)));
  };
  for (const auto& [keyword, rule] : schema.items()) {
    if (keyword == "$ref") {
      for (const std::string& line : lines_of(violations(value, schema_of_urn(rule)))) wrong.push_back(line);
    } else if (keyword == "type") {
      require(has_one_type(value, rule), keyword);
    } else if (keyword == "const") {
      require(value == rule, keyword);
    } else if (keyword == "enum") {
      require(std::find(rule.begin(), rule.end(), value) != rule.end(), keyword);
    } else if (keyword == "minimum" && value.is_number()) {
      require(value.get<double>() >= rule.get<double>(), keyword);
    } else if (keyword == "maximum" && value.is_number()) {
      require(value.get<double>() <= rule.get<double>(), keyword);
    } else if (keyword == "minLength" && value.is_string()) {
      require(value.get_ref<const std::string&>().size() >= rule.get<std::size_t>(), keyword);
    } else if (keyword == "maxLength" && value.is_string()) {
      require(value.get_ref<const std::string&>().size() <= rule.get<std::size_t>(), keyword);
    } else if (keyword == "minItems" && value.is_array()) {
      require(value.size() >= rule.get<std::size_t>(), keyword);
    } else if (keyword == "maxItems" && value.is_array()) {
      require(value.size() <= rule.get<std::size_t>(), keyword);
    } else if (keyword == "items" && value.is_array()) {
      for (const json& item : value) check(item, rule, where + "[]", wrong);
    } else if (keyword != "properties" && keyword != "required" && keyword != "additionalProperties" &&
               value.is_object()) {
      require(keyword == "description" || keyword == "title" || keyword.starts_with("$"), keyword);
    }
  }
  if (value.is_object()) check_object(value, schema, where, wrong);
}

void check_object(const json& value, const json& schema, const std::string& where, std::vector<std::string>& wrong) {
  const json properties = schema.value("properties", json::object());
  const json others = schema.value("additionalProperties", json(true));
  for (const json& key : schema.value("required", json::array())) {
    if (!value.contains(key.get<std::string>())) wrong.push_back(fmt::format("{}: {} is missing", where, key.dump()));
  }
  for (const auto& [key, part] : value.items()) {
    const std::string place = where + "." + key;
    if (properties.contains(key)) {
      check(part, properties.at(key), place, wrong);
    } else if (others.is_object()) {
      check(part, others, place, wrong);
    } else if (others == json(false)) {
      wrong.push_back(place + " is not in the schema");
    }
  }
}

}  // namespace

std::string violations(const json& value, const std::string& schema) {
  std::vector<std::string> wrong;
  check(value, json::parse(read_text(RINGSCOPE_SOURCE_DIR "/docs/schema/" + schema + ".schema.json")), schema, wrong);
  return fmt::format("{}", fmt::join(wrong, "\n"));
}

}  // namespace ringscope
