// Rows of facts. A row of format version 1 or 2 begins with 0 or 1 (whether a sign-up follows) and has of each fact the
// last value and its time; one of today has 2 added to that byte, and all statements.
#include <utility>

#include "storage/codec.h"

namespace ringscope {
namespace {

constexpr std::uint8_t kCreated = 1;     // the row of facts has a sign-up
constexpr std::uint8_t kStatements = 2;  // it has all statements, not the last alone

void encode_fact(const StatedFact& fact, Encoder& out) {
  out.number(fact.statements().size());
  for (const Statement& statement : fact.statements()) {
    out.string(statement.value);
    out.number(statement.days.size());
    if (statement.days.empty()) continue;
    out.signed_number(statement.first);
    out.number(static_cast<std::uint64_t>(statement.last - statement.first));
    Day end = statement.days.front().first;
    for (const DayRun& run : statement.days) {
      out.number(static_cast<std::uint64_t>(run.first - end));
      out.number(static_cast<std::uint64_t>(run.last - run.first));
      end = run.last;
    }
  }
}

// A day so many days after another.
Day later_day(std::int64_t day, Decoder& in) {
  const std::uint64_t later = in.number();
  const auto room = static_cast<std::uint64_t>(day_of(kMaxTime) - day);
  if (day > day_of(kMaxTime) || later > room) in.fail();
  return static_cast<Day>(day + static_cast<std::int64_t>(later));
}

StatedFact decode_fact(Decoder& in) {
  StatedFact fact;
  for (std::size_t left = in.count(); left > 0; --left) {
    Statement statement{.value = in.string()};
    if (std::size_t runs = in.count(); runs > 0) {
      statement.first = in.time();
      const std::uint64_t lasted = in.number();
      if (statement.first == kNoTime) in.fail();
      if (lasted > static_cast<std::uint64_t>(kMaxTime - statement.first)) in.fail();
      statement.last = statement.first + static_cast<Seconds>(lasted);
      for (Day day = day_of(statement.first); runs > 0; --runs) {
        const Day first = later_day(day, in);
        day = later_day(first, in);
        statement.days.push_back({first, day});
      }
    }
    if (!fact.restore(std::move(statement))) in.fail();
  }
  return fact;
}

// As format versions 1 and 2 have it.
StatedFact decode_last_statement(Decoder& in) {
  const std::string_view value = in.view();
  const Seconds time = in.byte() == 0 ? kNoTime : in.time();
  return value.empty() ? StatedFact() : StatedFact(value, time);
}

}  // namespace

std::string encode_facts(const AccountFacts& facts) {
  std::string bytes;
  Encoder out(bytes);
  out.byte(facts.created == kNoTime ? kStatements : kStatements | kCreated);
  if (facts.created != kNoTime) out.signed_number(facts.created);
  for (const StatedFact* fact : {&facts.plan, &facts.status}) encode_fact(*fact, out);
  return bytes;
}

AccountFacts decode_facts(std::string_view bytes) {
  Decoder in(bytes, "account facts");
  AccountFacts facts;
  const std::uint8_t flags = in.byte();
  if (flags > (kStatements | kCreated)) in.fail();
  if ((flags & kCreated) != 0) facts.created = in.time();
  for (StatedFact* fact : {&facts.plan, &facts.status})
    *fact = (flags & kStatements) != 0 ? decode_fact(in) : decode_last_statement(in);
  in.expect_end();
  return facts;
}

}  // namespace ringscope
