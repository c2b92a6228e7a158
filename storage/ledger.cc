// What happened to rings, and where each stands: written by RunWriter (storage/runs.cc).
#include "storage/store_internal.h"

namespace ringscope {

std::uint64_t Store::last_event() const { return impl_->counter("event"); }

void Store::scan_events(std::uint64_t first, std::uint64_t last,
                        const std::function<void(const StoredEvent&)>& visit) const {
  if (first > last) return;
  const std::string end = last == UINT64_MAX ? std::string() : schema::key_u64(last + 1);
  impl_->scan(schema::kLedger, schema::key_u64(first), end, [&](std::string_view key, std::string_view payload) {
    visit({schema::read_u64(key, 0), std::string(payload)});
  });
}

std::optional<StoredEvent> Store::find_event(std::uint64_t seq) const {
  std::optional<std::string> payload = impl_->get(schema::kLedger, schema::key_u64(seq));
  return payload ? std::optional(StoredEvent{seq, std::move(*payload)}) : std::nullopt;
}

void Store::scan_standings(const std::function<void(const StoredRing&)>& visit) const {
  impl_->scan(schema::kStandings, "", "", [&](std::string_view id, std::string_view payload) {
    visit({std::string(id), std::string(payload)});
  });
}

std::optional<StoredRing> Store::find_standing(std::string_view id) const {
  std::optional<std::string> payload = impl_->get(schema::kStandings, std::string(id));
  return payload ? std::optional(StoredRing{std::string(id), std::move(*payload)}) : std::nullopt;
}

}  // namespace ringscope
