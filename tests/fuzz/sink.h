// What must be true of every line that a reader hands on.
#pragma once

#include <string_view>

#include "engine/ingest/admission.h"
#include "engine/ingest/intake.h"
#include "storage/value_keys.h"
#include "tests/fuzz/targets.h"

namespace ringscope::fuzz {

inline constexpr std::size_t kMost = std::size_t{1} << 20;
inline constexpr std::size_t kMostLine = std::size_t{16} << 10;

class Sink final : public LineSink {
 public:
  void take(std::uint64_t line, const Event& event, std::string_view raw) override {
    check_line(line, raw);
    CleanEvent clean;
    const auto fault =
        is_long_line(event, false) ? admission_.admit_long(event, clean) : admission_.admit_wide(event, clean);
    if (fault) return require(!fault->reason.empty(), "a fault says what it is");
    require(!clean.account.empty() && clean.account.size() <= kMaxAccountBytes, "an account has 1 to 512 bytes");
    require(clean.entity_count <= clean.entities.size(), "entities fit their array");
    for (std::size_t i = 0; i < clean.entity_count; ++i) {
      const EntityValue& entity = clean.entities[i];
      require(!entity.kind.empty() && !entity.value.empty() && entity.value.size() <= kMaxValueBytes,
              "an entity has a kind and a value of at most 4096 bytes");
      require(entity.kind != "payment" || !is_card_number(entity.value), "no card number is taken in");
    }
    require(clean.count >= 1, "a count is at least 1");
  }
  void malformed(std::uint64_t line, std::string_view reason, std::string_view raw) override {
    check_line(line, raw);
    require(!reason.empty(), "a bad line says why");
  }
  bool refuse_long_line(std::uint64_t, std::string_view raw) override { return raw.size() > kMostLine; }

 private:
  static void check_line(std::uint64_t line, std::string_view raw) {
    require(line >= 1, "lines are counted from 1");
    require(raw.size() <= kMost, "a line is no longer than its text");
  }
  Admission admission_;
};

}  // namespace ringscope::fuzz
