// A simulated world read back from its files, for tests to look at.
#pragma once

#include <array>
#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "engine/lab/simulate.h"
#include "tests/engine/lab/scratch.h"

namespace ringscope {

inline std::string read_text(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  REQUIRE_MESSAGE(in, file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

inline std::vector<std::string_view> split(std::string_view text, char by) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0;;) {
    const std::size_t end = text.find(by, at);
    parts.push_back(text.substr(at, end - at));
    if (end == std::string_view::npos) return parts;
    at = end + 1;
  }
}

inline std::vector<std::string_view> lines_of(const std::string& text) {
  std::vector<std::string_view> lines = split(text, '\n');
  lines.pop_back();  // the last line ends in a newline, too
  return lines;
}

inline constexpr std::array<std::string_view, 14> kColumns = {
    "ts",       "account", "ip",     "payment",    "fingerprint", "email",   "capability",
    "template", "model",   "tokens", "tokens_out", "plan",        "created", "status"};

struct SimulatedEvent {
  std::array<std::string_view, 14> fields;

  std::string_view at(std::string_view column) const {
    for (std::size_t c = 0; c < kColumns.size(); ++c) {
      if (kColumns[c] == column) return fields[c];
    }
    FAIL("no such column");
    return {};
  }
  std::int64_t ts() const { return std::stoll(std::string(fields[0])); }
  std::string_view account() const { return fields[1]; }
  bool is_ban() const { return fields[13] == "banned"; }
};

// A world written as CSV and read back.
class Simulated {
 public:
  explicit Simulated(SimulateOptions options) : scratch_("simulate") {
    options.out = scratch_.path("world");
    options.format = "csv";
    report_ = simulate(options);
    text_ = read_text(file("events.csv"));
    truth_text_ = read_text(file("truth.csv"));
    const auto lines = lines_of(text_);
    for (std::size_t i = 1; i < lines.size(); ++i) {
      const auto parts = split(lines[i], ',');
      REQUIRE(parts.size() == kColumns.size());
      SimulatedEvent event;
      std::copy(parts.begin(), parts.end(), event.fields.begin());
      events_.push_back(event);
    }
    const auto truth = lines_of(truth_text_);
    for (std::size_t i = 1; i < truth.size(); ++i) {
      const auto parts = split(truth[i], ',');
      REQUIRE(parts.size() == 3);
      ring_[parts[0]] = parts[1];
      group_[parts[0]] = parts[2];
    }
  }

  std::string file(const std::string& name) const { return scratch_.path("world/" + name); }
  const SimulateReport& report() const { return report_; }
  const std::vector<SimulatedEvent>& events() const { return events_; }
  const std::unordered_map<std::string_view, std::string_view>& rings() const { return ring_; }
  const std::unordered_map<std::string_view, std::string_view>& groups() const { return group_; }

  // Value of a column -> its accounts, each once.
  using Users = std::unordered_map<std::string_view, std::unordered_set<std::string_view>>;
  Users users_of(std::string_view column) const {
    Users users;
    for (const SimulatedEvent& event : events_) {
      if (const std::string_view value = event.at(column); !value.empty()) users[value].insert(event.account());
    }
    return users;
  }

 private:
  Scratch scratch_;
  SimulateReport report_;
  std::string text_, truth_text_;
  std::vector<SimulatedEvent> events_;
  std::unordered_map<std::string_view, std::string_view> ring_, group_;
};

}  // namespace ringscope
