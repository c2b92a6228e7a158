#include "server/view_keeper.h"

#include <algorithm>
#include <fstream>

#include <unistd.h>

#include "base/error.h"
#include "engine/json.h"

namespace ringscope::server {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kRest = 5;  // of the time that opening takes, between two openings

// The command that a process of this program runs, out of its arguments; empty: not to be seen.
std::string command_of(std::int64_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/cmdline", std::ios::binary);
  for (std::string word; std::getline(file, word, '\0');) {
    for (const char* known : {"ingest", "detect", "verdict", "verdicts", "indicators", "snapshot", "retain", "erase"}) {
      if (word == known) return word;
    }
  }
  return "";
}

WriterState writer_state(const std::filesystem::path& store) {
  const auto process = writer_of(store);
  if (!process || *process == getpid()) return {};
  return {true, command_of(*process)};
}

}  // namespace

ViewKeeper::ViewKeeper(std::function<std::unique_ptr<Store>()> open, std::filesystem::path store, Hub& hub,
                       std::chrono::milliseconds every)
    : open_(std::move(open)), store_(std::move(store)), hub_(hub), every_(every) {
  refresh();
  thread_ = std::thread([this] { watch(); });
}

ViewKeeper::~ViewKeeper() { stop(); }

void ViewKeeper::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stop_ = true;
  }
  stopping_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::shared_ptr<const View> ViewKeeper::current() const {
  const std::scoped_lock lock(mutex_);
  return current_;
}

WriterState ViewKeeper::writer() const {
  const std::scoped_lock lock(mutex_);
  return writer_;
}

void ViewKeeper::refresh() {
  const std::scoped_lock opening(opening_);
  const auto begin = Clock::now();
  StoreMark mark = store_mark(store_);
  replace(std::make_shared<const View>(open_(), next_view_));
  seen_ = std::move(mark);
  not_before_ = Clock::now() + kRest * (Clock::now() - begin);
}

void ViewKeeper::replace(const std::shared_ptr<const View>& view) {
  std::shared_ptr<const View> before;
  {
    const std::scoped_lock lock(mutex_);
    before = std::exchange(current_, view);
    ++next_view_;
  }
  if (!before || before->run() != view->run()) {
    const RunSummary& run = view->summary();
    hub_.tell("run",
              Json{{"run", run.run}, {"rings", run.rings}, {"accounts", run.accounts}, {"digest", run.digest}}.dump());
  }
  const auto& verdicts = view->decisions().verdicts();
  for (std::size_t i = before ? before->decisions().verdicts().size() : verdicts.size(); i < verdicts.size(); ++i) {
    const Verdict& verdict = verdicts[i];
    hub_.tell("verdict", Json{{"number", verdict.number},
                              {"word", to_string(verdict.word)},
                              {"ring", verdict.ring.empty() ? Json(nullptr) : Json(verdict.ring)},
                              {"undoes", verdict.undoes}}
                             .dump());
  }
  const WriterState state = writer();
  if (before && state.writing && before->counts().batches != view->counts().batches) tell_writer(state, *view);
}

void ViewKeeper::tell_writer(const WriterState& state, const View& view) {
  hub_.tell("ingest", Json{{"writing", state.writing},
                           {"activity", state.activity},
                           {"batches", view.counts().batches},
                           {"accounts", view.counts().rows}}
                          .dump());
}

void ViewKeeper::look() {
  const WriterState state = writer_state(store_);
  bool changed = false;
  {
    const std::scoped_lock lock(mutex_);
    changed = std::exchange(writer_, state) != state;
  }
  if (changed) tell_writer(state, *current());
  bool due = false;
  {
    const std::scoped_lock opening(opening_);
    due = Clock::now() >= not_before_ && store_mark(store_) != seen_;
  }
  if (due) refresh();
}

void ViewKeeper::watch() {
  std::unique_lock lock(mutex_);
  while (!stopping_.wait_for(lock, every_, [&] { return stop_; })) {
    lock.unlock();
    try {
      look();
    } catch (const Error&) {  // a file went while it was being opened: the next look sees the new state
    }
    lock.lock();
  }
}

}  // namespace ringscope::server
