// What the sources of the audit share. Not for others: it shows OpenSSL.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <openssl/evp.h>

#include "engine/detect/ring/json_parts.h"
#include "engine/json.h"
#include "engine/ledger/audit.h"

namespace ringscope::audit {

// A line as written: the entry, its hash and the signature. The hash is of the text before ,"hash".
inline constexpr std::string_view kHashField = ",\"hash\":\"";
inline const std::string kNoHash(64, '0');

inline std::filesystem::path log_file(const std::filesystem::path& store) { return store / "audit" / "log.jsonl"; }
inline std::filesystem::path head_file(const std::filesystem::path& store) { return store / "audit" / "head.json"; }
inline std::filesystem::path public_file(const std::filesystem::path& store) { return store / "audit" / "public-key"; }
inline std::filesystem::path secret_file(const std::filesystem::path& store) { return store / "keys" / "audit.key"; }

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
Key secret_key(const std::string& seed);
Key public_key(const std::string& bytes);  // null when they are none
std::string public_hex(EVP_PKEY* key);
std::string sign(EVP_PKEY* key, std::string_view text);
bool is_signed(EVP_PKEY* key, std::string_view text, std::string_view signature);
// What is signed: number and hash, so that neither can be moved.
std::string signed_text(std::uint64_t seq, const std::string& hash);

Json entry_json(const AuditEntry& entry, const char* schema);
std::string hash_of(const std::string& text);

struct ParsedLine {
  AuditEntry entry;
  std::string before, hash, signature, hashed;  // hashed: the text that the hash is of
};
std::optional<ParsedLine> parse_line(const std::string& line);

std::string read_small(const std::filesystem::path& file);

// One process at a time; of those that only read, several.
enum class Hold { read, write };
class Locked {
 public:
  Locked(int file, Hold hold);
  ~Locked();
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;

 private:
  int file_;
};

// Of a log, where the line begins that ends before `end`: after the newline before, however far that is. Throws Error
// io.
std::uint64_t line_begin(int file, std::uint64_t end);
std::uint64_t size_of(int file);
std::string read_piece(int file, std::uint64_t begin, std::uint64_t end);

}  // namespace ringscope::audit
