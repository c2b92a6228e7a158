#include "server/audit.h"

namespace ringscope::server {
namespace {

// A key could be guessed: what is written is a mark of it. It is the last word.
std::string marked(const AuditLog& log, const std::string& subject) {
  const std::size_t blank = subject.rfind(' ');
  if (blank == std::string::npos || subject.starts_with("ring ")) return subject;
  return subject.substr(0, blank + 1) + log.mark(subject.substr(blank + 1));
}

}  // namespace

void Audit::write(const AuditLine& line) {
  AuditEntry entry;
  entry.at = line.at;
  entry.who = line.who;
  entry.role = line.role;
  entry.from = line.from;
  entry.what = line.what;
  for (const std::string& subject : line.subjects) entry.subjects.push_back(marked(log_, subject));
  entry.run = line.run;
  entry.status = line.status;
  log_.write(std::move(entry));
}

}  // namespace ringscope::server
