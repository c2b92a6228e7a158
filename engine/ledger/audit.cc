#include "engine/ledger/audit.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <mutex>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <openssl/evp.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "storage/sha256.h"
#include "storage/value_keys.h"

namespace ringscope {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kTail = std::size_t{64} << 10;  // a line is shorter
const std::string kNoHash(64, '0');

std::filesystem::path log_file(const std::filesystem::path& store) { return store / "audit" / "log.jsonl"; }
std::filesystem::path head_file(const std::filesystem::path& store) { return store / "audit" / "head.json"; }
std::filesystem::path public_file(const std::filesystem::path& store) { return store / "audit" / "public-key"; }
std::filesystem::path secret_file(const std::filesystem::path& store) { return store / "keys" / "audit.key"; }

std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

std::string to_hex(const std::string& bytes) {
  std::string text;
  for (const char c : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return text;
}
std::optional<std::string> from_hex(std::string_view text) {
  std::string bytes;
  if (text.size() % 2 != 0) return std::nullopt;
  const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; };
  for (std::size_t i = 0; i < text.size(); i += 2) {
    if (digit(text[i]) < 0 || digit(text[i + 1]) < 0) return std::nullopt;
    bytes += static_cast<char>(digit(text[i]) << 4 | digit(text[i + 1]));
  }
  return bytes;
}

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
using Context = std::unique_ptr<EVP_MD_CTX, FreeKey>;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

[[noreturn]] void fail_signing() { throw Error(ErrorCode::internal, "the Ed25519 of OpenSSL does not work"); }

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

// What is signed: number and hash, so that neither can be moved.
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

// A line as written: the entry, its hash and the signature. The hash is of the text before ,"hash".
constexpr std::string_view kHashField = ",\"hash\":\"";

struct ParsedLine {
  AuditEntry entry;
  std::string before, hash, signature, hashed;  // hashed: the text that the hash is of
};

std::optional<ParsedLine> parse_line(const std::string& line) {
  const Json json = Json::parse(line, nullptr, false);
  const std::size_t at = line.rfind(kHashField);
  if (!json.is_object() || at == std::string::npos) return std::nullopt;
  try {
    ParsedLine parsed;
    parsed.entry = {json.at("seq"),      parse_time(json.at("at").get<std::string>()).value_or(0),
                    json.at("who"),      json.at("role"),
                    json.at("from"),     json.at("what"),
                    json.at("subjects"), json.at("run"),
                    json.at("status"),   json.at("reason")};
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
  std::ifstream in(file, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

void make_private_directory(const std::filesystem::path& directory) {
  std::error_code error;
  if (std::filesystem::create_directories(directory, error))
    std::filesystem::permissions(directory, std::filesystem::perms::owner_all, error);
  if (error) throw Error(ErrorCode::io, "cannot make " + directory.string() + ": " + error.message());
}

// One process at a time.
class Locked {
 public:
  explicit Locked(int file) : file_(file) {
    while (flock(file_, LOCK_EX) != 0) {
      if (errno != EINTR) throw Error(ErrorCode::io, "cannot lock the audit");
    }
  }
  ~Locked() { (void)flock(file_, LOCK_UN); }
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;

 private:
  int file_;
};

}  // namespace

struct AuditLog::Impl {
  std::filesystem::path store;
  std::mutex mutex;
  int file = -1, head = -1;
  std::uint64_t size = UINT64_MAX;  // of the log when it was written to last
  std::uint64_t seq = 0;
  std::string hash = kNoHash;
  Key key;
  std::optional<ValueKeys> marks;

  ~Impl() {
    if (file >= 0) close(file);
    if (head >= 0) close(head);
  }

  static int open_file(const std::filesystem::path& path, int flags) {
    const int file = ::open(path.c_str(), flags | O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0)
      throw Error(ErrorCode::io, std::string("cannot write the audit: ") + std::strerror(errno), path.string());
    return file;
  }

  void read_key() {
    const auto secret = secret_file(store);
    if (!std::filesystem::exists(secret)) {
      if (std::filesystem::exists(public_file(store)))
        throw Error(ErrorCode::refused, "the secret key of the audit is gone; put it back", secret.string());
      make_private_directory(secret.parent_path());
      ValueKeys::create(secret);
    }
    marks.emplace(ValueKeys::read(secret));
    // The seed of the signatures is made of the key, as marks are, so that one file is all there is to keep.
    const auto seed = from_hex(marks->mark("audit seed", "1") + marks->mark("audit seed", "2"));
    key.reset(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes_of(*seed), seed->size()));
    if (!key) fail_signing();
    const std::string mine = public_hex(key.get());
    const auto known = public_file(store);
    if (!std::filesystem::exists(known)) {
      std::ofstream(known) << mine << '\n';
    } else if (read_small(known) != mine) {
      throw Error(ErrorCode::refused, "the secret key of the audit is not that of its log", secret.string());
    }
  }

  // The last whole line; what a write left unfinished is cut off, for it was never acknowledged.
  void find_end() {
    struct stat status {};
    if (fstat(file, &status) != 0) throw Error(ErrorCode::io, "cannot read the audit", store.string());
    const auto now = static_cast<std::uint64_t>(status.st_size);
    if (now == size) return;
    std::string tail(std::min<std::uint64_t>(now, kTail), '\0');
    const auto from = static_cast<off_t>(now - tail.size());
    if (pread(file, tail.data(), tail.size(), from) != static_cast<ssize_t>(tail.size()))
      throw Error(ErrorCode::io, "cannot read the audit", store.string());
    const std::size_t end = tail.rfind('\n');
    const std::size_t whole = end == std::string::npos ? 0 : end + 1;
    if (whole != tail.size() && ftruncate(file, from + static_cast<off_t>(whole)) != 0)
      throw Error(ErrorCode::io, "cannot write the audit", store.string());
    size = now - (tail.size() - whole);
    seq = 0;
    hash = kNoHash;
    if (whole == 0) return;
    tail.resize(end);
    const std::size_t begin = tail.rfind('\n');
    const auto last = parse_line(tail.substr(begin == std::string::npos ? 0 : begin + 1));
    if (!last)
      throw Error(ErrorCode::corrupt, "the last line of the audit cannot be read; see 'ringscope audit verify'");
    seq = last->entry.seq;
    hash = last->hash;
  }

  void put(int to, const std::string& text, bool at_start) const {
    const ssize_t written = at_start ? pwrite(to, text.data(), text.size(), 0) : ::write(to, text.data(), text.size());
    if (written == static_cast<ssize_t>(text.size())) return;
    const bool full = written >= 0 || errno == ENOSPC || errno == EDQUOT;
    throw Error(full ? ErrorCode::no_space : ErrorCode::io, "cannot write the audit, so nothing is done or shown",
                store.string());
  }
};

AuditLog::AuditLog(const std::filesystem::path& store) : impl_(std::make_unique<Impl>()) {
  impl_->store = store;
  make_private_directory(store / "audit");
  impl_->file = Impl::open_file(log_file(store), O_APPEND);
  impl_->head = Impl::open_file(head_file(store), 0);
  const Locked lock(impl_->file);
  impl_->read_key();
}

AuditLog::~AuditLog() = default;

std::string AuditLog::mark(std::string_view name) const { return impl_->marks->mark("audit", name); }

void AuditLog::write(AuditEntry entry) {
  const std::scoped_lock mutex(impl_->mutex);
  const Locked lock(impl_->file);
  impl_->find_end();
  entry.seq = impl_->seq + 1;
  Json json = entry_json(entry, "ringscope.audit/2");
  json["before"] = impl_->hash;
  std::string text = dump(json);
  text.pop_back();  // the brace
  const std::string hash = hash_of(text);
  const std::string signature = sign(impl_->key.get(), signed_text(entry.seq, hash));
  const std::string line = fmt::format("{}{}{}\",\"signature\":\"{}\"}}\n", text, kHashField, hash, signature);
  impl_->put(impl_->file, line, false);
  impl_->size += line.size();
  impl_->seq = entry.seq;
  impl_->hash = hash;
  // Always of one length, so that it can be written over.
  impl_->put(impl_->head, fmt::format("{:<320}\n", head_to_json({entry.seq, hash, signature})), true);
}

void AuditLog::sync() {
  if (fdatasync(impl_->file) != 0 || fdatasync(impl_->head) != 0)
    throw Error(ErrorCode::io, "cannot write the audit to the disk", impl_->store.string());
}

std::string audit_entry_to_json(const AuditEntry& entry) { return dump(entry_json(entry, "ringscope.audit-entry/1")); }

void read_audit(const std::filesystem::path& store, const std::function<void(const AuditEntry&)>& visit) {
  std::ifstream in(log_file(store), std::ios::binary);
  for (std::string line; std::getline(in, line);) {
    if (const auto parsed = parse_line(line)) visit(parsed->entry);
  }
}

std::optional<AuditHead> audit_head(const std::filesystem::path& store) {
  if (!std::filesystem::exists(head_file(store))) return std::nullopt;
  const std::string text = read_small(head_file(store));
  return text.empty() ? std::nullopt : std::optional(head_from_json(text));
}

std::string head_to_json(const AuditHead& head) {
  return dump(
      {{"schema", "ringscope.audit-head/1"}, {"seq", head.seq}, {"hash", head.hash}, {"signature", head.signature}});
}

AuditHead head_from_json(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    return {json.at("seq"), json.at("hash"), json.at("signature")};
  } catch (const Json::exception&) {
    throw Error(ErrorCode::input, "is no head of an audit");
  }
}

namespace {

class Verifier {
 public:
  explicit Verifier(const std::filesystem::path& store) : store_(store) {
    const auto bytes = from_hex(read_small(public_file(store)));
    if (bytes && bytes->size() == 32)
      key_.reset(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(*bytes), bytes->size()));
    if (!key_) wrong("the public key cannot be read");
  }

  AuditCheck run(const std::optional<AuditHead>& kept) {
    std::ifstream in(log_file(store_), std::ios::binary);
    for (std::string line; key_ && std::getline(in, line);) check_line(line, kept);
    check_heads(kept);
    return std::move(check_);
  }

 private:
  void wrong(std::string what) { check_.wrong.push_back(std::move(what)); }

  void check_line(const std::string& line, const std::optional<AuditHead>& kept) {
    const std::uint64_t number = ++check_.lines;
    const auto parsed = parse_line(line);
    if (!parsed) {
      wrong(fmt::format("line {} cannot be read", number));
      hash_.clear();
      return;
    }
    if (parsed->entry.seq != seq_ + 1)
      wrong(fmt::format("line {} has the number {} where {} follows: lines were taken out, put in or moved", number,
                        parsed->entry.seq, seq_ + 1));
    if (!hash_.empty() && parsed->before != hash_)
      wrong(fmt::format("line {} does not follow the line before it", number));
    if (hash_of(parsed->hashed) != parsed->hash) wrong(fmt::format("line {} was changed", number));
    if (!is_signed(key_.get(), signed_text(parsed->entry.seq, parsed->hash), parsed->signature))
      wrong(fmt::format("line {} is not signed by this store's key", number));
    seq_ = parsed->entry.seq;
    hash_ = parsed->hash;
    if (kept && kept->seq == seq_ && kept->hash != hash_)
      wrong(fmt::format("line {} is not the one of the head that was kept", number));
  }

  // A head may be one line behind, when a process died between the two.
  void check_heads(const std::optional<AuditHead>& kept) {
    const auto head = audit_head(store_);
    if (!head && check_.lines > 0) wrong("the head is gone");
    if (head && key_ && !is_signed(key_.get(), signed_text(head->seq, head->hash), head->signature))
      wrong("the head is not signed by this store's key");
    if (head && head->seq > seq_)
      wrong(fmt::format("the log ends with line {}, its head says {}: lines were cut off", seq_, head->seq));
    if (head && head->seq + 1 < seq_) wrong("the head is older than the log: it was put in");
    if (head && head->seq == seq_ && head->hash != hash_) wrong("the last line is not the one of the head");
    if (kept && kept->seq > seq_)
      wrong(fmt::format("the log ends with line {}, the head that was kept says {}: lines were cut off", seq_,
                        kept->seq));
  }

  std::filesystem::path store_;
  Key key_;
  AuditCheck check_;
  std::uint64_t seq_ = 0;
  std::string hash_ = kNoHash;
};

}  // namespace

AuditCheck verify_audit(const std::filesystem::path& store, const std::optional<AuditHead>& kept) {
  if (!std::filesystem::exists(log_file(store))) {
    AuditCheck check;
    if (kept && kept->seq > 0) check.wrong.push_back("the log is gone");
    if (std::filesystem::exists(head_file(store))) check.wrong.push_back("the log is gone, its head is there");
    return check;
  }
  return Verifier(store).run(kept);
}

}  // namespace ringscope
