#include "engine/ask/reveal.h"

#include <set>

#include "base/error.h"
#include "engine/ask/account.h"
#include "engine/ask/read_run.h"
#include "engine/json.h"

namespace ringscope {
namespace {

std::vector<std::string> sealed_kinds(const Store& store) {
  const auto keyed = store.keyed();
  if (!keyed || keyed->sealed.empty())
    throw Error(ErrorCode::usage, "the store has no sealed kinds; 'ringscope keys enable FILE --seal KIND' makes some");
  store.require_day_keys();
  return keyed->sealed;
}

// Adds what the vault says of a value of a kind; false: nothing.
bool add(const Store& store, const std::string& kind, const std::string& value, std::vector<RevealedThing>& things) {
  const auto id = store.find_kind(kind);
  const VertexKey key{id.value_or(KindId{}), hash_value(value)};
  if (!id || store.name_of(key) != value) return false;
  auto revealed = store.reveal(key);
  if (revealed) things.push_back({kind, value, std::move(*revealed)});
  return revealed.has_value();
}

}  // namespace

std::vector<RevealedThing> reveal_values(const Store& store, std::span<const std::string> values) {
  const std::vector<std::string> kinds = sealed_kinds(store);
  std::vector<RevealedThing> things;
  for (const std::string& asked : values) {
    const std::size_t before = things.size();
    for (const std::string& kind : kinds) {
      const bool named = asked.starts_with(kind + ":");
      (void)add(store, kind, named ? asked.substr(kind.size() + 1) : asked, things);
    }
    if (things.size() == before)
      throw Error(ErrorCode::not_found,
                  "the vault has nothing of this value: it was let go, or never there; give it as it is stored (k and "
                  "32 hex digits)",
                  asked);
  }
  return things;
}

std::vector<RevealedThing> reveal_account(const Store& store, std::string_view account, const Checkpoint& check) {
  (void)sealed_kinds(store);
  const KeyHash key = require_account(store, account);
  std::set<VertexKey> entities;
  for (const Cell& cell : store.cells_of(key, {})) entities.insert(cell.entity);
  std::vector<RevealedThing> things;
  for (const VertexKey& entity : entities) {
    pass(check);
    const std::string kind = store.kind_name(entity.kind);
    const auto name = store.seals(kind) ? store.name_of(entity) : std::nullopt;
    if (name) (void)add(store, kind, *name, things);
  }
  return things;
}

std::vector<RevealedThing> reveal_ring(const Store& store, std::string_view ring, const Checkpoint& check) {
  (void)sealed_kinds(store);
  std::vector<RevealedThing> things;
  for (const Evidence& one : find_ring(store, latest_run_number(store), ring).evidence) {
    pass(check);
    if (store.seals(one.kind) && !add(store, one.kind, one.value, things))
      things.push_back({one.kind, one.value, {kNoDay, std::nullopt}});  // let go since the run
  }
  return things;
}

std::string revealed_to_json(const RevealedThing& thing) {
  const Day day = thing.revealed.day;
  const Json json = {{"schema", "ringscope.reveal/1"},
                     {"kind", thing.kind},
                     {"value", thing.value},
                     {"text", thing.revealed.value ? Json(*thing.revealed.value) : Json(nullptr)},
                     {"shredded", !thing.revealed.value.has_value()},
                     {"last_seen", day == kNoDay ? Json(nullptr) : Json(format_day(day))}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace ringscope
