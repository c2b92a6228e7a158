#include "base/error.h"

#include <set>
#include <string>

#include <doctest/doctest.h>

using namespace ringscope;

TEST_CASE("error: says what was wrong, then where") {
  const Error error(ErrorCode::input, "cannot open the file", "log.jsonl");
  CHECK(std::string(error.what()) == "cannot open the file (log.jsonl)");
  CHECK(error.code() == ErrorCode::input);
  CHECK(error.message() == "cannot open the file");
  CHECK(error.context() == "log.jsonl");
  CHECK(std::string(Error(ErrorCode::io, "disk").what()) == "disk");
}

TEST_CASE("error: every code has a name of its own and the exit status the manual names") {
  std::set<std::string> names;
  for (int code = 0; code <= static_cast<int>(ErrorCode::internal); ++code)
    names.insert(to_string(static_cast<ErrorCode>(code)));
  CHECK(names.size() == static_cast<std::size_t>(ErrorCode::internal) + 1);
  CHECK(exit_status(ErrorCode::usage) == 2);
  CHECK(exit_status(ErrorCode::config) == 2);
  CHECK(exit_status(ErrorCode::locked) == 4);
  CHECK(exit_status(ErrorCode::refused) == 4);
  CHECK(exit_status(ErrorCode::memory) == 4);
  for (const ErrorCode code : {ErrorCode::not_found, ErrorCode::input, ErrorCode::corrupt, ErrorCode::version,
                               ErrorCode::io, ErrorCode::no_space, ErrorCode::internal})
    CHECK(exit_status(code) == 1);
}
