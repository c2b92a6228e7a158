#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "server/api_error.h"
#include "server/route.h"
#include "server/target.h"

namespace ringscope::server {
namespace {

[[noreturn]] void refuse(const Parameter& row, const std::string& what) {
  throw ApiError(400, "parameter", fmt::format("\"{}\" {}", row.name, what), std::string(row.name));
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    words.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

void check_words(const Parameter& row, std::string_view value) {
  const std::vector<std::string> known = split(row.words);
  const std::vector<std::string> given =
      row.shape == Shape::choices ? split(value) : std::vector<std::string>{std::string(value)};
  for (const std::string& word : given) {
    if (std::ranges::find(known, word) == known.end())
      refuse(row, fmt::format("is none of {}", fmt::join(known, ", ")));
  }
}

void check_value(const Parameter& row, std::string_view value) {
  switch (row.shape) {
    case Shape::text:
      if (value.empty()) refuse(row, "is empty");
      if (value.size() > row.longest) refuse(row, fmt::format("is longer than {} bytes", row.longest));
      return;
    case Shape::number: {
      const auto number = whole_number(value);
      if (!number || *number < row.least || *number > row.most)
        refuse(row, fmt::format("is no whole number from {} to {}", row.least, row.most));
      return;
    }
    case Shape::flag:
      if (value != "0" && value != "1" && value != "true" && value != "false") refuse(row, "is neither 0 nor 1");
      return;
    case Shape::choice:
    case Shape::choices:
      check_words(row, value);
      return;
  }
}

const Parameter* find_query(std::span<const Parameter> rows, std::string_view name) {
  const auto found =
      std::ranges::find_if(rows, [&](const Parameter& row) { return row.place == Place::query && row.name == name; });
  return found == rows.end() ? nullptr : &*found;
}

std::string known_names(std::span<const Parameter> rows) {
  std::string names;
  for (const Parameter& row : rows) {
    if (row.place == Place::query) names += fmt::format("{}{}", names.empty() ? "" : ", ", row.name);
  }
  return names.empty() ? "none" : names;
}

}  // namespace

const std::string* Arguments::find(std::string_view name) const {
  const auto found = std::ranges::find_if(values_, [&](const auto& one) { return one.first == name; });
  return found == values_.end() ? nullptr : &found->second;
}

std::string Arguments::text(std::string_view name) const {
  const std::string* const value = find(name);
  return value == nullptr ? std::string() : *value;
}

std::optional<std::uint64_t> Arguments::number(std::string_view name) const {
  const std::string* const value = find(name);
  return value == nullptr ? std::nullopt : whole_number(*value);
}

bool Arguments::flag(std::string_view name) const {
  const std::string* const value = find(name);
  return value != nullptr && (*value == "1" || *value == "true");
}

std::vector<std::string> Arguments::words(std::string_view name) const {
  const std::string* const value = find(name);
  return value == nullptr ? std::vector<std::string>{} : split(*value);
}

std::string Arguments::canonical() const {
  auto sorted = values_;
  std::ranges::sort(sorted);
  std::string text;
  for (const auto& [name, value] : sorted)
    text += fmt::format("{}{}={}", text.empty() ? "" : "&", name, percent_encoded(value));
  return text;
}

Arguments check_arguments(std::span<const Parameter> rows, std::span<const std::string> in_path,
                          std::span<const std::pair<std::string, std::string>> given) {
  Arguments arguments;
  std::size_t at = 0;
  for (const Parameter& row : rows) {
    if (row.place != Place::path) continue;
    check_value(row, in_path[at]);
    arguments.put(row.name, in_path[at++]);
  }
  for (const auto& [name, value] : given) {
    const Parameter* const row = find_query(rows, name);
    if (row == nullptr)
      throw ApiError(400, "parameter", fmt::format("there is no such parameter here; there is: {}", known_names(rows)),
                     name);
    if (arguments.has(name)) refuse(*row, "is given twice");
    check_value(*row, value);
    arguments.put(row->name, value);
  }
  for (const Parameter& row : rows) {
    if (arguments.has(row.name)) continue;
    if (row.required) refuse(row, "is missing");
    if (!row.fallback.empty()) arguments.put(row.name, std::string(row.fallback));
  }
  return arguments;
}

void Budget::check() const {
  if (is_spent()) throw ApiError(503, "budget", "the answer would take too long; ask for less", {}, 1);
}

}  // namespace ringscope::server
