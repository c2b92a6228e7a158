#include "engine/ledger/audit.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <mutex>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/disk.h"
#include "base/error.h"
#include "base/hex.h"
#include "engine/ledger/audit_internal.h"
#include "storage/rows.h"
#include "storage/value_keys.h"

namespace ringscope {

using namespace audit;

namespace {

void make_private_directory(const std::filesystem::path& directory) {
  std::error_code error;
  if (std::filesystem::create_directories(directory, error))
    std::filesystem::permissions(directory, std::filesystem::perms::owner_all, error);
  if (error) throw Error(ErrorCode::io, "cannot make " + directory.string() + ": " + error.message());
}

// People write it, so somebody may write a book: it is cut, between two characters.
constexpr std::size_t kLongestText = 4096;
void shorten(std::string& text) {
  if (text.size() <= kLongestText) return;
  std::size_t end = kLongestText;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  text += "…";
}

// The seed of the signatures is made of the key, as marks are, so that one file is all there is to keep.
Key signing_key(const ValueKeys& marks) {
  return secret_key(*from_hex(marks.mark("audit seed", "1") + marks.mark("audit seed", "2")));
}

// Whether a power cut may have left this of the public key, as it was written without waiting for it.
bool is_torn(const std::string& whole, const std::string& left) {
  return whole.starts_with(left) || left.find_first_not_of('\0') == std::string::npos;
}

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
      if (!read_small(public_file(store)).empty())
        throw Error(ErrorCode::refused, "the secret key of the audit is gone; put it back", secret.string());
      ValueKeys::create_beside(store, secret);
    }
    marks.emplace(ValueKeys::read(secret));
    key = signing_key(*marks);
    write_public_key();
  }

  // Earlier programs did not wait for it: what a power cut left of ours is made whole.
  void write_public_key() const {
    const std::string mine = public_hex(key.get());
    const std::string known = read_small(public_file(store));
    if (known == mine) return;
    if (!is_torn(mine, known))
      throw Error(ErrorCode::refused, "the secret key of the audit is not that of its log",
                  secret_file(store).string());
    AtomicFile made(public_file(store));
    made.write(mine + "\n");
    made.commit();
  }

  // The last whole line; what a write left unfinished is cut off, for it was never acknowledged.
  void find_end() {
    const std::uint64_t now = size_of(file);
    if (now == size) return;
    const std::uint64_t whole = line_begin(file, now);
    if (whole != now && ftruncate(file, static_cast<off_t>(whole)) != 0)
      throw Error(ErrorCode::io, "cannot write the audit", store.string());
    size = whole;
    seq = 0;
    hash = kNoHash;
    if (whole == 0) return;
    const auto last = parse_line(read_piece(file, line_begin(file, whole - 1), whole - 1));
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

bool is_audit_key_right(const std::filesystem::path& store) {
  const auto secret = secret_file(store);
  const std::string known = read_small(public_file(store));
  if (!std::filesystem::exists(secret)) return true;
  const std::string mine = public_hex(signing_key(ValueKeys::read(secret)).get());
  return known == mine || is_torn(mine, known);
}

AuditLog::AuditLog(const std::filesystem::path& store) : impl_(std::make_unique<Impl>()) {
  impl_->store = store;
  make_private_directory(store / "audit");
  const bool is_new = !std::filesystem::exists(head_file(store));
  impl_->file = Impl::open_file(log_file(store), O_APPEND);
  impl_->head = Impl::open_file(head_file(store), 0);
  if (is_new) {
    sync_to_disk(store / "audit");
    sync_to_disk(store);
  }
  const Locked lock(impl_->file, Hold::write);
  impl_->read_key();
}

AuditLog::~AuditLog() = default;

std::string AuditLog::mark(std::string_view name) const { return impl_->marks->mark("audit", name); }
std::string AuditLog::account_subject(std::string_view account) const {
  return "account " + mark(fmt::format("{:016x}", hash_value(account)));
}

void AuditLog::write(AuditEntry entry) {
  const std::scoped_lock mutex(impl_->mutex);
  const Locked lock(impl_->file, Hold::write);
  impl_->find_end();
  entry.seq = impl_->seq + 1;
  for (std::string* const text : {&entry.who, &entry.from, &entry.reason}) shorten(*text);
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
  // A head on the disk without its line would be a log that was cut off.
  if (fdatasync(impl_->file) != 0)
    throw Error(ErrorCode::io, "cannot write the audit to the disk", impl_->store.string());
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
    return {json.at("seq").get<std::uint64_t>(), json.at("hash"), json.at("signature")};
  } catch (const Json::exception&) {
    throw Error(ErrorCode::input, "is no head of an audit");
  }
}

}  // namespace ringscope
