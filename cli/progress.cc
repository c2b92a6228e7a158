#include "cli/progress.h"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/text.h"

namespace ringscope::cli {
namespace {

constexpr std::size_t kBarColumns = 24;

std::string bar(double share) {
  const auto filled = static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * static_cast<double>(kBarColumns));
  return "[" + std::string(filled, '=') + std::string(kBarColumns - filled, ' ') + "]";
}

}  // namespace

Progress::Progress(const Globals& globals, Line line) : line_(std::move(line)) {
  if (globals.quiet || isatty(STDERR_FILENO) != 1) return;
  thread_ = std::thread([this] { show(); });
}

Progress::~Progress() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  stop_.notify_one();
  thread_.join();
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
}

void Progress::show() {
  std::unique_lock lock(mutex_);
  std::chrono::milliseconds wait{30};  // the first line soon, the next ones as fast as eyes follow
  while (!stop_.wait_for(lock, wait, [this] { return stopped_; })) {
    wait = std::chrono::milliseconds{200};
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    std::fputs(("\r" + line_(seconds) + "\x1b[K").c_str(), stderr);
    std::fflush(stderr);
  }
}

std::string progress_line(const IngestProgress& progress, double seconds) {
  const auto total = static_cast<double>(progress.bytes_total.load());
  const auto done = static_cast<double>(progress.bytes_done.load());
  const std::uint64_t events = progress.events.load();
  const double rate = seconds > 0 ? static_cast<double>(events) / seconds : 0;
  std::string line = fmt::format("{} events  {}/s", thousands(events), thousands(static_cast<std::uint64_t>(rate)));
  if (total > 0) line = fmt::format("{} {:3.0f}%  {}", bar(done / total), 100 * std::min(1.0, done / total), line);
  if (total > 0 && done > 0 && done < total)
    line += fmt::format("  {} left", duration_text(seconds * (total - done) / done));
  if (const std::uint64_t rejected = progress.rejected.load(); rejected > 0) {
    line += fmt::format("  {} rejected", thousands(rejected));
  }
  return line;
}

std::string progress_line(const DetectProgress& progress, double seconds) {
  const double share = static_cast<double>(progress.stages_done.load()) / DetectProgress::kStages;
  return fmt::format("{} {}  {}", bar(share), progress.stage.load(), duration_text(seconds));
}

std::string progress_line(const CalibrateProgress& progress, double seconds) {
  const auto done = static_cast<double>(progress.runs_done.load());
  const auto runs = static_cast<double>(std::max<std::uint64_t>(progress.runs.load(), 1));
  std::string line = fmt::format("{} {} of {} runs", bar(done / runs), done, runs);
  if (done > 0) line += fmt::format("  {} left", duration_text(seconds * (runs - done) / done));
  return line;
}

}  // namespace ringscope::cli
