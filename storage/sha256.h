// SHA-256 (FIPS 180-4) of bytes that come piece by piece.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace ringscope {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void add(std::string_view bytes);
  std::string hex();  // 64 digits; nothing can be added afterwards

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

// The first 16 hex digits of a text's SHA-256: enough to find damage, not to keep anybody from forging.
std::string check_digits(std::string_view text);

}  // namespace ringscope
