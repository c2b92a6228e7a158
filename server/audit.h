// Who looked at whose values over HTTP: lines of the store's audit (engine/ledger/audit.h).
//
// Accounts stand in it by marks, never by name, and no values at all: the log of who looked at
// personal data must not become another copy of it. docs/schema/audit.schema.json.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/time.h"
#include "engine/ledger/audit.h"

namespace ringscope::server {

struct AuditLine {
  Seconds at = 0;
  std::string who, role, from;  // from: address
  std::string what;             // name of the route
  // "ring R-7f3a91c2", "account KEY", "search KEY", "search 300 KEY": keys in 16 hex digits
  std::vector<std::string> subjects;
  std::uint64_t run = 0;
  unsigned status = 0;
};

class Audit {
 public:
  // Throws as AuditLog does.
  explicit Audit(const std::filesystem::path& store) : log_(store) {}

  // Written when it returns, with the next number. Throws Error io, no_space, and then the values must not go out.
  void write(const AuditLine& line);

 private:
  AuditLog log_;
};

}  // namespace ringscope::server
