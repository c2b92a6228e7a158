// Who looked at whose values and who changed what: one log in the store's directory, for the program and the server.
//
//   DB/audit/log.jsonl       a line an act, only ever added to (docs/schema/audit.schema.json)
//   DB/audit/head.json       number, hash and signature of the last line
//   DB/audit/public-key      Ed25519, 64 hex digits
//   DB/keys/audit.key        the secret: Ed25519 seed and key of the marks, mode 0600
//
// Each line holds the SHA-256 of the one before it and of itself, and a signature of that: a line that is changed,
// taken out, put in or moved breaks the chain, and who has not the secret cannot mend it. The head says how long the
// log was, so that a tail that is cut off shows; who keeps heads elsewhere ('audit head') also sees when both were set
// back. After the signed tree heads of Certificate Transparency (RFC 6962), without the tree: the log is read whole.
//
// Accounts and texts stand in it as marks under the secret: nobody can find out by guessing whose they are, so a log
// that may not be changed holds no personal data.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace ringscope {

struct AuditEntry {
  std::uint64_t seq = 0;  // set when it is written
  Seconds at = 0;
  std::string who, role, from;
  std::string what;  // "rings.show" of the server, "cli.account" of the program
  // "ring R-7f3a91c2", "account MARK", "search MARK", "search 300 MARK" (of so many texts), "config HASH"
  std::vector<std::string> subjects;
  std::uint64_t run = 0;
  unsigned status = 0;
  // Of an erasure, without the name; of others it stands in the log of verdicts or the journal. Like who and from it is
  // cut after 4096 bytes.
  std::string reason;
};

struct AuditHead {
  std::uint64_t seq = 0;
  std::string hash;       // 64 hex digits
  std::string signature;  // 128 hex digits
};

class AuditLog {
 public:
  // Files and keys are made, for their owner only, when they are not there. Throws Error io, refused (a key that others
  // may read; a log whose key is gone).
  explicit AuditLog(const std::filesystem::path& store);
  ~AuditLog();
  AuditLog(const AuditLog&) = delete;
  AuditLog& operator=(const AuditLog&) = delete;

  // With the next number; on the disk when it returns, whatever other processes write meanwhile, and then the head is
  // written. Thread-safe. Throws Error io, no_space, and then what it is about must not happen.
  void write(AuditEntry entry);
  // Waits until the head is on the disk as well.
  void sync();
  // How a name or text stands among the subjects: 32 hex digits.
  std::string mark(std::string_view name) const;
  // How an account stands among them: "account ", and its mark.
  std::string account_subject(std::string_view account) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// For whoever reads the log: docs/schema/audit-entry.schema.json.
std::string audit_entry_to_json(const AuditEntry& entry);

// Ascending; nothing where there is no log. Lines that cannot be read are passed over: verify_audit() tells of them.
void read_audit(const std::filesystem::path& store, const std::function<void(const AuditEntry&)>& visit);
std::optional<AuditHead> audit_head(const std::filesystem::path& store);
std::string head_to_json(const AuditHead& head);  // schema "ringscope.audit-head/1"
AuditHead head_from_json(std::string_view json);  // throws Error input

// Whether DB/keys/audit.key is the one of DB/audit/public-key; true where one of the two is not there. Throws as
// ValueKeys::read().
bool is_audit_key_right(const std::filesystem::path& store);

struct AuditCheck {
  std::uint64_t lines = 0;
  std::vector<std::string> wrong;  // what, with the number of the line; empty: all is well
};
// Reads the whole log against the public key, its head, and a head that was kept elsewhere, as they are at one moment,
// whoever writes meanwhile. O(log).
AuditCheck verify_audit(const std::filesystem::path& store, const std::optional<AuditHead>& kept = std::nullopt);

}  // namespace ringscope
