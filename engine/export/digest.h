// SHA-256, and codes of messages made with it.
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
  void update(std::string_view bytes);
  std::string hex();  // 64 digits; nothing can be added afterwards

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// HMAC-SHA256 (RFC 2104), 32 bytes.
std::string hmac_sha256(std::string_view key, std::string_view message);
// RFC 4648 base64, with padding; decoding throws Error usage for what is none.
std::string base64(std::string_view bytes);
std::string from_base64(std::string_view text);
// A UUID of version 5 (RFC 9562): of a namespace's 36 characters and a name.
std::string uuid5(std::string_view name_space, std::string_view name);

}  // namespace ringscope
