// Keeps the newest view of a store, while other processes write to it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "server/hub.h"
#include "server/view.h"
#include "storage/writer.h"

namespace ringscope::server {

// What another process does to the store at the moment.
struct WriterState {
  bool writing = false;
  std::string activity;  // "ingest", "detect", …: the command it runs; empty: not known
  friend bool operator==(const WriterState&, const WriterState&) = default;
};

// A reader of a store sees it as it was when it was opened, so a thread opens it anew whenever its files have changed,
// not oftener than a fifth of the time that takes. What is new is told to the hub:
//   run      {"run","rings","accounts","digest"}          a run was published
//   verdict  {"number","word","ring","undoes"}            somebody decided; ring null: on an account or a thing
//   ingest   {"writing","activity","batches","accounts"}  a process writes, or has stopped
class ViewKeeper {
 public:
  // Opens the store; throws as Store::open does. `open` is called on any thread.
  ViewKeeper(std::function<std::unique_ptr<Store>()> open, std::filesystem::path store, Hub& hub,
             std::chrono::milliseconds every = std::chrono::milliseconds(500));
  ~ViewKeeper();
  ViewKeeper(const ViewKeeper&) = delete;
  ViewKeeper& operator=(const ViewKeeper&) = delete;

  std::shared_ptr<const View> current() const;
  WriterState writer() const;
  // Looks no more. Called by the destructor as well.
  void stop();
  // Opens the store now, so that who has written to it sees it.
  void refresh();

 private:
  void watch();
  void look();
  void replace(const std::shared_ptr<const View>& view);
  void tell_writer(const WriterState& state, const View& view);

  std::function<std::unique_ptr<Store>()> open_;
  std::filesystem::path store_;
  Hub& hub_;
  std::chrono::milliseconds every_;
  std::mutex opening_;  // one opens at a time
  StoreMark seen_;
  std::chrono::steady_clock::time_point not_before_{};

  mutable std::mutex mutex_;
  std::condition_variable stopping_;
  bool stop_ = false;
  std::uint64_t next_view_ = 1;
  std::shared_ptr<const View> current_;
  WriterState writer_;
  std::thread thread_;
};

}  // namespace ringscope::server
