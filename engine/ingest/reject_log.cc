#include "engine/ingest/reject_log.h"

#include <charconv>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <unistd.h>

#include "base/disk.h"
#include "base/error.h"
#include "engine/ingest/reject_files.h"
#include "engine/json.h"

namespace ringscope {
namespace {

constexpr std::string_view kLineKey = "{\"line\":";

std::uint64_t line_of(std::string_view entry) {
  std::uint64_t line = 0;
  if (entry.starts_with(kLineKey)) std::from_chars(entry.data() + kLineKey.size(), entry.data() + entry.size(), line);
  return line;
}

// Cuts a file of rejects after the last of the first `lines` lines of its source.
void cut_after(const std::filesystem::path& path, std::uint64_t lines) {
  std::ifstream file(path, std::ios::binary);
  std::uintmax_t keep = 0;
  for (std::string entry; std::getline(file, entry) && !file.eof() && line_of(entry) <= lines;)
    keep += entry.size() + 1;
  file.close();
  std::filesystem::resize_file(path, keep);
}

std::string entry_of(const RejectedLine& line, const std::string& label) {
  using nlohmann::json;
  const auto quote = [](std::string_view text) {
    return json(std::string(text)).dump(-1, ' ', false, json::error_handler_t::replace);
  };
  return with_check(std::string(kLineKey) + std::to_string(line.line) + ",\"file\":" + quote(label) +
                    ",\"field\":" + quote(line.fault.field) + ",\"reason\":" + quote(line.fault.reason) +
                    ",\"raw\":" + quote(line.raw) + "}") +
         "\n";
}

}  // namespace

RejectLog::RejectLog(const std::filesystem::path& directory, const SourcePosition& position)
    : path_(directory / (position.source + ".jsonl")), position_(position), indexed_(position.rejected) {
  std::error_code error;
  if (std::filesystem::exists(path_, error)) cut_after(path_, position.lines);
}

void RejectLog::add(BlockOutcome outcome) {
  const std::scoped_lock lock(mutex_);
  waiting_.emplace(outcome.number, std::move(outcome));
  for (auto next = waiting_.begin(); next != waiting_.end() && next->first == next_number_;
       next = waiting_.erase(next)) {
    write(next->second);
    ++next_number_;
  }
}

void RejectLog::write(const BlockOutcome& outcome) {
  events_ += outcome.events;
  rejected_ += outcome.rejects.size();
  truncated_ = truncated_ || outcome.truncated;
  for (const RejectedLine& line : outcome.rejects) {
    write_line(line);
    Reject reject{position_.source, position_.label, line.line, std::string(line.fault.field),
                  std::string(line.fault.reason)};
    // A line that has been cut short is not consumed, so it is none of the store's lines yet.
    if (!outcome.truncated && writer_ && indexed_++ < kMaxIndexedRejects) writer_->add_reject(reject);
    if (first_.size() < kFirstRejects) first_.push_back(std::move(reject));
  }
}

void RejectLog::write_line(const RejectedLine& line) {
  if (!file_.is_open()) {
    std::filesystem::create_directories(path_.parent_path());
    file_.open(path_, std::ios::binary | std::ios::app);
    if (!file_) throw Error(ErrorCode::io, "cannot write the rejected lines", path_.string());
  }
  file_ << entry_of(line, position_.label);
}

// Before what tells of them is committed: who reads that so many lines were rejected finds them, whatever happens.
void RejectLog::flush() {
  if (!file_.is_open()) return;
  file_.flush();
  if (!file_) throw Error(ErrorCode::no_space, "cannot write the rejected lines", path_.string());
  for (const std::filesystem::path& path : {path_, path_.parent_path(), path_.parent_path().parent_path()})
    sync_to_disk(path);
}

}  // namespace ringscope
