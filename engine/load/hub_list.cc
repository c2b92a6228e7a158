#include "engine/load/hub_list.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/error.h"
#include "engine/ingest/bytes.h"
#include "engine/ingest/csv_record.h"
#include "engine/ingest/normalize.h"
#include "engine/load/list_file.h"

namespace ringscope {
namespace {

bool is_network(std::string_view value) {
  const std::size_t slash = value.find('/');
  if (slash == std::string_view::npos || slash + 1 == value.size()) return false;
  std::string scratch;
  return value.find_first_not_of("0123456789", slash + 1) == std::string_view::npos &&
         !normalize_ip(value.substr(0, slash), scratch).empty();
}

// Where a line holds what.
struct Columns {
  std::optional<std::size_t> kind;
  std::size_t value = 0;
};

std::optional<Columns> header_columns(const std::vector<std::string_view>& fields) {
  const auto place = [&](std::string_view name) -> std::optional<std::size_t> {
    const auto at = std::ranges::find_if(fields, [&](std::string_view field) { return trim(field) == name; });
    return at == fields.end() ? std::nullopt : std::optional(static_cast<std::size_t>(at - fields.begin()));
  };
  const auto value = place("value");
  if (!value) return std::nullopt;
  return Columns{place("kind"), *value};
}

class Reader {
 public:
  Reader(const std::string& file, const Store* store) : file_(file), store_(store) {}

  void read_line(std::string_view line, std::size_t number, HubList& list) {
    number_ = number;
    split_csv_record(line, fields_, scratch_);
    const bool first = !started_;
    started_ = true;
    if (first) header_ = header_columns(fields_);
    if (first && header_) return;
    if (!header_ && fields_.size() > 2) fail("has more than two fields; write VALUE or KIND,VALUE, or add a header");
    const Columns columns = header_ ? *header_ : fields_.size() == 2 ? Columns{0, 1} : Columns{};
    const std::string_view value = field(columns.value);
    if (value.empty()) fail("names no value");
    if (is_network(value)) fail("is a network; list single addresses");
    const std::string_view kind = columns.kind ? field(*columns.kind) : std::string_view{};
    store_ == nullptr ? list.add(kind, value) : list.add_as_stored(*store_, kind, value);
  }

 private:
  std::string_view field(std::size_t at) const { return at < fields_.size() ? trim(fields_[at]) : std::string_view{}; }
  [[noreturn]] void fail(std::string_view what) const {
    throw Error(ErrorCode::input, fmt::format("line {} of the hub list {}", number_, what),
                fmt::format("{}:{}", file_, number_));
  }

  const std::string& file_;
  const Store* store_;
  std::size_t number_ = 0;
  bool started_ = false;
  std::optional<Columns> header_;
  std::vector<std::string_view> fields_;
  std::string scratch_;
};

}  // namespace

namespace {

// As written, in lower case and as an address: which of them a kind stores is its own affair, and none of the others
// can be met there by mistake.
std::set<std::string> spellings_of(std::string_view value) {
  std::string scratch;
  value = trim(value);
  std::set<std::string> spellings = {std::string(value), std::string(to_lower(value, scratch))};
  if (const std::string_view address = normalize_ip(value, scratch); !address.empty()) spellings.emplace(address);
  return spellings;
}

}  // namespace

void HubList::add(std::string_view kind, std::string_view value) {
  std::string scratch;
  std::set<KeyHash>& hashes = hashes_[std::string(to_lower(trim(kind), scratch))];
  for (const std::string& spelling : spellings_of(value)) hashes.insert(hash_value(spelling));
  ++size_;
}

void HubList::add_as_stored(const Store& store, std::string_view kind, std::string_view value) {
  add(kind, value);
  std::string scratch;
  const std::string name(to_lower(trim(kind), scratch));
  for (const std::string& keyed : store.keyed() ? store.keyed()->kinds : std::vector<std::string>()) {
    if (!name.empty() && name != keyed) continue;
    for (const std::string& spelling : spellings_of(value))
      hashes_[keyed].insert(hash_value(store.stored_value(keyed, spelling)));
  }
}

bool HubList::holds(const std::string& kind, KeyHash value) const {
  for (const std::string& name : {std::string(), kind}) {
    const auto found = hashes_.find(name);
    if (found != hashes_.end() && found->second.contains(value)) return true;
  }
  return false;
}

HubList read_hub_list(const std::string& file, const Store* store) {
  const std::string text = read_file(file);
  HubList list;
  Reader reader(file, store != nullptr && store->has_value_keys() ? store : nullptr);
  for_each_line(text, [&](std::string_view line, std::size_t number) { reader.read_line(line, number, list); });
  return list;
}

std::vector<char> mark_hubs(const HubList& list, const Snapshot& snapshot) {
  std::vector<char> hubs(snapshot.entities.size(), 0);
  const BipartiteGraph graph = snapshot.graph();
  for (std::size_t k = 0; k < snapshot.layers.size(); ++k) {
    for (Vertex r = graph.layer_begin(k); r < graph.layer_end(k); ++r) {
      hubs[r] = list.holds(snapshot.layers[k].name, snapshot.entities[r].hash) ? 1 : 0;
    }
  }
  return hubs;
}

}  // namespace ringscope
