// Lines of the audit: how they are written, signed and read.
#include <cerrno>

#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/disk.h"
#include "base/error.h"
#include "base/hex.h"
#include "engine/ledger/audit_internal.h"
#include "storage/sha256.h"

namespace ringscope::audit {
namespace {

constexpr std::size_t kPiece = std::size_t{64} << 10;

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

[[noreturn]] void fail_signing() { throw Error(ErrorCode::internal, "the Ed25519 of OpenSSL does not work"); }

}  // namespace

Key secret_key(const std::string& seed) {
  Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes_of(seed), seed.size()));
  if (!key) fail_signing();
  return key;
}

Key public_key(const std::string& bytes) {
  return Key(bytes.size() != 32
                 ? nullptr
                 : EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(bytes), bytes.size()));
}

std::string sign(EVP_PKEY* key, std::string_view text) {
  const Context context(EVP_MD_CTX_new());
  std::string signature(64, '\0');
  std::size_t size = signature.size();
  if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes_of(text),
                     text.size()) != 1 ||
      size != signature.size())
    fail_signing();
  return to_hex(signature);
}

bool is_signed(EVP_PKEY* key, std::string_view text, std::string_view signature) {
  const auto bytes = from_hex(signature);
  const Context context(EVP_MD_CTX_new());
  return bytes && context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(*bytes), bytes->size(), bytes_of(text), text.size()) == 1;
}

std::string public_hex(EVP_PKEY* key) {
  std::string bytes(32, '\0');
  std::size_t size = bytes.size();
  if (EVP_PKEY_get_raw_public_key(key, reinterpret_cast<unsigned char*>(bytes.data()), &size) != 1) fail_signing();
  return to_hex(bytes);
}

std::string signed_text(std::uint64_t seq, const std::string& hash) {
  return fmt::format("ringscope audit {} {}", seq, hash);
}

Json entry_json(const AuditEntry& entry, const char* schema) {
  return {{"schema", schema},   {"seq", entry.seq},       {"at", format_time(entry.at)}, {"who", entry.who},
          {"role", entry.role}, {"from", entry.from},     {"what", entry.what},          {"subjects", entry.subjects},
          {"run", entry.run},   {"status", entry.status}, {"reason", entry.reason}};
}

std::string hash_of(const std::string& text) {
  Sha256 hash;
  hash.add(text);
  return hash.hex();
}

std::optional<ParsedLine> parse_line(const std::string& line) {
  const Json json = Json::parse(line, nullptr, false);
  const std::size_t at = line.rfind(kHashField);
  if (!json.is_object() || at == std::string::npos) return std::nullopt;
  try {
    ParsedLine parsed;
    parsed.entry = {json.at("seq").get<std::uint64_t>(),
                    parse_time(json.at("at").get<std::string>()).value_or(0),
                    json.at("who"),
                    json.at("role"),
                    json.at("from"),
                    json.at("what"),
                    json.at("subjects"),
                    json.at("run").get<std::uint64_t>(),
                    json.at("status").get<unsigned>(),
                    json.at("reason")};
    parsed.before = json.at("before");
    parsed.hash = json.at("hash");
    parsed.signature = json.at("signature");
    parsed.hashed = line.substr(0, at);
    return parsed;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

std::string read_small(const std::filesystem::path& file) {
  std::string text = read_bytes(file).value_or("");
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

Locked::Locked(int file, Hold hold) : file_(file) {
  while (flock(file_, hold == Hold::read ? LOCK_SH : LOCK_EX) != 0) {
    if (errno != EINTR) throw Error(ErrorCode::io, "cannot lock the audit");
  }
}
Locked::~Locked() { (void)flock(file_, LOCK_UN); }

std::uint64_t size_of(int file) {
  struct stat status {};
  if (fstat(file, &status) != 0) throw Error(ErrorCode::io, "cannot read the audit");
  return static_cast<std::uint64_t>(status.st_size);
}

std::string read_piece(int file, std::uint64_t begin, std::uint64_t end) {
  std::string text(end - begin, '\0');
  for (std::size_t got = 0; got < text.size();) {
    const ssize_t here = pread(file, text.data() + got, text.size() - got, static_cast<off_t>(begin + got));
    if (here < 0 && errno == EINTR) continue;
    if (here <= 0) throw Error(ErrorCode::io, "cannot read the audit");
    got += static_cast<std::size_t>(here);
  }
  return text;
}

std::uint64_t line_begin(int file, std::uint64_t end) {
  while (end > 0) {
    const std::uint64_t begin = end - std::min<std::uint64_t>(end, kPiece);
    const std::size_t at = read_piece(file, begin, end).rfind('\n');
    if (at != std::string::npos) return begin + at + 1;
    end = begin;
  }
  return 0;
}

}  // namespace ringscope::audit
