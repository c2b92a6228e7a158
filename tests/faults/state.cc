#include "state.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "storage/snapshots.h"
#include "storage/store.h"

namespace ringscope::faults {
namespace {

using Json = nlohmann::json;

// What depends on the clock or the machine, not on what was done.
constexpr const char* kVolatile[] = {"at", "given", "created", "seconds", "peak_bytes", "profile", "stages", "digest"};

void forget(Json& json) {
  if (json.is_object())
    for (const char* key : kVolatile) json.erase(key);
  if (json.is_structured())
    for (Json& inner : json) forget(inner);
}

std::string lasting(std::string_view payload) {
  Json json = Json::parse(payload, nullptr, false);
  if (json.is_discarded()) return std::string(payload);
  forget(json);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

class Digest {
 public:
  explicit Digest(State& state) : state_(state) {}
  void add(std::string_view text) { text_.append(text).push_back('\n'); }
  void end(const char* part) {
    state_.parts.emplace_back(part, fmt::format("{:016x} of {} bytes", hash_value(text_), text_.size()));
    text_.clear();
  }

 private:
  State& state_;
  std::string text_;
};

void add_row(const Store& store, const AccountRow& row, Digest& digest) {
  digest.add(fmt::format("account {:x}", row.account));
  for (const Cell& cell : row.cells)
    digest.add(fmt::format("{} {:x} {} {} {} {}", store.kind_name(cell.entity.kind), cell.entity.hash, cell.day,
                           cell.count, cell.first, cell.last));
  for (const ActivityDay& day : row.activity) {
    digest.add(fmt::format("{} {} {} {} {}", day.day, day.requests, day.tokens_in, day.tokens_out, day.templated));
    for (const TagCount& tag : day.tags) digest.add(fmt::format("{:x} {}", tag.tag.hash, tag.count));
    for (const TemplateCount& one : day.templates) digest.add(fmt::format("{:x} {}", one.template_hash, one.count));
  }
  digest.add(fmt::format("{} {} {}", row.facts.created, row.facts.plan.value(), row.facts.status.value()));
}

void add_log(const Store& store, Digest& digest) {
  const auto rows = store.row_cursor();
  for (AccountRow row; rows->next(row);) add_row(store, row, digest);
  digest.end("rows");
  const auto names = store.name_cursor();
  for (Name name; names->next(name);)
    digest.add(fmt::format("{} {:x} {}", store.kind_name(name.key.kind), name.key.hash, name.value));
  digest.end("names");
  for (const SourcePosition& one : store.positions())
    digest.add(fmt::format("{} {} {} {} {}", one.source, one.offset, one.lines, one.rejected, one.complete));
  digest.end("positions");
  for (const Reject& one : store.rejects(1000)) digest.add(fmt::format("{} {} {}", one.line, one.field, one.reason));
  digest.end("rejects");
}

void add_run(const Store& store, Digest& digest) {
  if (const auto run = store.latest_run()) {
    digest.add(std::to_string(run->run));
    store.scan_rings(run->run, [&](const StoredRing& ring) { digest.add(ring.id + lasting(ring.payload)); });
    store.scan_places(run->run, [&](const StoredPlace& place) {
      const auto member = store.find_member(run->run, place.account);
      digest.add(fmt::format("{:x} {} {}", place.account, place.ring, member ? lasting(member->payload) : "missing"));
    });
  }
  digest.end("run");
}

void add_decisions(const Store& store, Digest& digest) {
  store.scan_events(1, store.last_event(),
                    [&](const StoredEvent& event) { digest.add(std::to_string(event.seq) + lasting(event.payload)); });
  digest.add(std::to_string(store.feed_floor()));
  digest.end("ledger");
  store.scan_standings([&](const StoredRing& ring) { digest.add(ring.id + lasting(ring.payload)); });
  digest.end("standings");
  store.scan_verdicts([&](std::uint64_t, std::string_view payload) { digest.add(lasting(payload)); });
  digest.end("verdicts");
  store.scan_actions([&](KeyHash, std::string_view payload) { digest.add(lasting(payload)); });
  digest.end("actions");
  store.scan_journal([&](std::uint64_t, std::string_view payload) { digest.add(lasting(payload)); });
  digest.end("journal");
  for (const StoredIndicator& one : store.indicators()) digest.add(one.campaign + one.kind + one.value);
  digest.end("indicators");
}

}  // namespace

State state_of(const std::filesystem::path& path) {
  State state;
  if (!std::filesystem::exists(path / "CURRENT")) return state;
  const auto store = Store::open(path, {.mode = OpenMode::read_only, .memory_bytes = std::size_t{16} << 20});
  if (store->counts().batches == 0 && store->last_event() == 0) return state;  // made, and nothing in it
  Digest digest(state);
  add_log(*store, digest);
  add_run(*store, digest);
  add_decisions(*store, digest);
  for (const std::string& name : snapshot_names(path)) digest.add(name);
  digest.end("snapshots");
  return state;
}

std::string difference(const State& a, const State& b) {
  if (a.parts.size() != b.parts.size()) return "one is no store";
  std::string text;
  for (std::size_t i = 0; i < a.parts.size(); ++i)
    if (a.parts[i] != b.parts[i])
      text += fmt::format("{}: {} instead of {}; ", a.parts[i].first, a.parts[i].second, b.parts[i].second);
  return text;
}

}  // namespace ringscope::faults
