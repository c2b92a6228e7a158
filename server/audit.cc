#include "server/audit.h"

#include <cerrno>
#include <fstream>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "base/error.h"
#include "server/tokens.h"

namespace ringscope::server {
namespace {

using Json = nlohmann::ordered_json;

// The last number in the file; 0: there is none. Lines are short, so the file's end is enough.
std::uint64_t last_number(const std::filesystem::path& path) {
  constexpr std::streamoff kTail = 64 << 10;
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return 0;
  const std::streamoff size = file.tellg();
  file.seekg(size > kTail ? size - kTail : 0);
  std::uint64_t last = 0;
  for (std::string line; std::getline(file, line);) {
    const Json json = Json::parse(line, nullptr, false);
    if (json.is_object()) last = json.value("seq", last);
  }
  return last;
}

}  // namespace

Audit::Audit(const std::filesystem::path& store) : path_(server_directory(store) / "audit.jsonl") {
  std::filesystem::create_directories(path_.parent_path());
  next_ = last_number(path_) + 1;
  file_ = open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file_ < 0) throw Error(ErrorCode::io, "cannot write the audit", path_.string());
}

Audit::~Audit() { close(file_); }

void Audit::write(const AuditLine& line) {
  const std::scoped_lock lock(mutex_);
  const Json json = {{"schema", "ringscope.audit/1"},
                     {"seq", next_},
                     {"at", format_time(line.at)},
                     {"who", line.who},
                     {"role", line.role},
                     {"from", line.from},
                     {"what", line.what},
                     {"subjects", line.subjects},
                     {"run", line.run},
                     {"status", line.status}};
  const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  const ssize_t written = ::write(file_, text.data(), text.size());
  if (written != static_cast<ssize_t>(text.size())) {
    const bool full = written >= 0 || errno == ENOSPC || errno == EDQUOT;
    throw Error(full ? ErrorCode::no_space : ErrorCode::io, "cannot write the audit, so nothing is shown",
                path_.string());
  }
  ++next_;
}

}  // namespace ringscope::server
