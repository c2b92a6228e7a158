// The store as a request sees it, from its first read to its last: opened once, shared by many requests, and let go
// when the last of them is done, while another run may long have been published.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ask/ring_lines.h"
#include "engine/ask/ring_map.h"
#include "engine/ask/ring_members.h"
#include "engine/ask/run_view.h"
#include "engine/ask/search.h"
#include "engine/detect/ring/ring.h"
#include "engine/detect/ring/verdict.h"
#include "storage/store.h"

namespace ringscope::server {

class View {
 public:
  // Reads the latest run, its rings and the verdicts; `number` tells views apart. O(rings + verdicts).
  View(std::unique_ptr<Store> store, std::uint64_t number);

  std::uint64_t number() const { return number_; }
  const Store& store() const { return *store_; }
  std::uint64_t run() const { return run_.run; }  // the latest; 0: none yet
  const RunSummary& summary() const { return run_; }
  // Throws Error not_found, as latest_run() does, when there is no run yet.
  const RunSummary& require_run() const;
  // What the run's tests made of things and pairs; null: there is no run, or it kept no tests.
  const RunView* tests() const { return tests_.get(); }
  const Decisions& decisions() const { return decisions_; }
  const Store::Counts& counts() const { return counts_; }
  std::uint64_t last_event() const { return last_event_; }
  // Of the latest run in short, as the verdicts make of them.
  const RingLines& rings() const { return rings_; }
  // Of the latest run, its members in short. The last few are kept. Throws Error not_found, usage.
  std::shared_ptr<const RingHead> ring(std::string_view id) const;
  // How it hangs together. The last few are kept.
  std::shared_ptr<const RingMap> map(const Ring& ring, const Checkpoint& check) const;
  const Finder& finder() const { return *finder_; }

 private:
  std::uint64_t number_;
  std::unique_ptr<Store> store_;
  RunSummary run_;
  std::unique_ptr<RunView> tests_;
  Decisions decisions_;
  Store::Counts counts_;
  std::uint64_t last_event_ = 0;
  RingLines rings_;
  std::unique_ptr<Finder> finder_;

  struct Kept {
    std::string id;
    std::shared_ptr<const RingHead> head;
  };
  mutable std::mutex mutex_;
  mutable std::list<Kept> kept_;  // the last asked first
  mutable std::size_t kept_members_ = 0;
  mutable std::list<std::shared_ptr<const RingMap>> maps_;  // the last asked first
};

}  // namespace ringscope::server
