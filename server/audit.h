// Who looked at whose values, when: DB/server/audit.jsonl, one line a request, only ever added to.
//
// Accounts stand in it by their keys (16 hex digits), never by name, and no values at all: the log of who looked at
// personal data must not become another copy of it. docs/schema/audit.schema.json.
#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "base/time.h"

namespace ringscope::server {

struct AuditLine {
  Seconds at = 0;
  std::string who, role, from;        // from: address
  std::string what;                   // name of the route
  std::vector<std::string> subjects;  // "ring R-7f3a91c2", "account 0f3c…", "search 9e1b…"
  std::uint64_t run = 0;
  unsigned status = 0;
};

class Audit {
 public:
  // The file is made, for its owner only, when it is not there. Throws Error io, refused.
  explicit Audit(const std::filesystem::path& store);
  ~Audit();
  Audit(const Audit&) = delete;
  Audit& operator=(const Audit&) = delete;

  // Written when it returns, with the next number. Throws Error io, no_space, and then the values must not go out.
  void write(const AuditLine& line);

 private:
  std::mutex mutex_;
  std::filesystem::path path_;
  int file_ = -1;
  std::uint64_t next_ = 1;
};

}  // namespace ringscope::server
