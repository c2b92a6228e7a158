#include "server/view.h"

#include <algorithm>

#include "engine/ask/read_run.h"

namespace ringscope::server {
namespace {

constexpr std::size_t kKeptMaps = 4;
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
  finder_ = std::make_unique<Finder>(*store_);
}

const RunSummary& View::require_run() const {
  if (run_.run == 0) (void)latest_run(*store_);
  return run_;
}

std::shared_ptr<const RingHead> View::ring(std::string_view id) const {
  {
    const std::scoped_lock lock(mutex_);
    const auto found = std::ranges::find(kept_, id, &Kept::id);
    if (found != kept_.end()) {
      kept_.splice(kept_.begin(), kept_, found);
      return found->head;
    }
  }
  auto head = std::make_shared<const RingHead>(find_ring_head(*store_, require_run().run, id));
  const Ring& ring = head->ring;
  const std::scoped_lock lock(mutex_);
  if (ring.members.size() > kKeptMembers || std::ranges::find(kept_, ring.id, &Kept::id) != kept_.end()) return head;
  kept_.push_front({ring.id, head});
  for (kept_members_ += ring.members.size() + 1; kept_members_ > kKeptMembers; kept_.pop_back())
    kept_members_ -= kept_.back().head->ring.members.size() + 1;
  return head;
}

std::shared_ptr<const RingMap> View::map(const Ring& ring, const Checkpoint& check) const {
  {
    const std::scoped_lock lock(mutex_);
    const auto found = std::ranges::find_if(maps_, [&](const auto& one) { return one->ring == ring.id; });
    if (found != maps_.end()) {
      maps_.splice(maps_.begin(), maps_, found);
      return *found;
    }
  }
  auto map = std::make_shared<const RingMap>(map_ring(*store_, require_run(), ring, check));
  const std::scoped_lock lock(mutex_);
  maps_.push_front(map);
  if (maps_.size() > kKeptMaps) maps_.pop_back();
  return map;
}

}  // namespace ringscope::server
