// What tests of sealed kinds share.
#pragma once

#include <fstream>
#include <functional>
#include <iterator>
#include <string>

#include "base/error.h"
#include "base/time.h"
#include "tests/storage/rows_for_tests.h"

namespace ringscope::test {

inline constexpr Day kFirstDay = 20'454;  // 2026-01-01
inline constexpr const char* kOld = "198.51.100.7";

inline std::string code_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return to_string(error.code());
  }
  return "none";
}

inline std::string text_in(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_text(const std::filesystem::path& file, const std::string& text) {
  std::ofstream(file, std::ios::binary) << text;
}

}  // namespace ringscope::test
