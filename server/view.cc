#include "server/view.h"

#include <algorithm>

#include "engine/ask/read_run.h"

namespace ringscope::server {
namespace {

constexpr std::size_t kKeptMembers = 100'000;  // of rings that are kept in full, some 50 MB

}  // namespace

View::View(std::unique_ptr<Store> store, std::uint64_t number)
    : number_(number),
      store_(std::move(store)),
      run_(asked_run(*store_)),
      tests_(view_of(*store_, run_)),
      decisions_(read_verdicts(*store_)),
      counts_(store_->counts()),
      last_event_(store_->last_event()) {
  if (run_.run != 0) rings_ = read_ring_lines(*store_, run_.run);
}

const RunSummary& View::require_run() const {
  if (run_.run == 0) (void)latest_run(*store_);
  return run_;
}

std::shared_ptr<const Ring> View::ring(std::string_view id) const {
  {
    const std::scoped_lock lock(mutex_);
    const auto found = std::ranges::find(kept_, id, &Kept::id);
    if (found != kept_.end()) {
      kept_.splice(kept_.begin(), kept_, found);
      return found->ring;
    }
  }
  const auto ring = std::make_shared<const Ring>(find_ring(*store_, require_run().run, id));
  const std::scoped_lock lock(mutex_);
  if (ring->members.size() > kKeptMembers || std::ranges::find(kept_, ring->id, &Kept::id) != kept_.end()) return ring;
  kept_.push_front({ring->id, ring});
  for (kept_members_ += ring->members.size() + 1; kept_members_ > kKeptMembers; kept_.pop_back())
    kept_members_ -= kept_.back().ring->members.size() + 1;
  return ring;
}

}  // namespace ringscope::server
