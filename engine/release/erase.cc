#include "engine/release/erase.h"

#include <fstream>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "engine/ingest/normalize.h"
#include "engine/ingest/value_policy.h"
#include "engine/ledger/feed_json.h"
#include "engine/ledger/pseudonym.h"
#include "engine/release/retract.h"
#include "storage/snapshots.h"

namespace ringscope {
namespace {

constexpr std::string_view kErasedValue = "erased";

void check_request(const Store& store, const EraseRequest& request) {
  if (trim(request.by).empty()) throw Error(ErrorCode::usage, "who erases it? Name somebody", "--by");
  if (trim(request.reason).empty()) throw Error(ErrorCode::usage, "an erasure needs a reason", "--reason");
  if (store.name_of({kAccountKind, hash_value(request.account)}) != request.account)
    throw Error(ErrorCode::not_found, "the store has never seen this account");
}

// Machines that were told to ban it are told to take that back, while there is still a name for it.
bool take_back_ban(Store& store, const EraseRequest& request) {
  const KeyHash account = hash_value(request.account);
  const auto is_banned = [&] {
    const auto action = store.find_action(account);
    return action && action_from_json(*action).type == ActionType::ban;
  };
  if (!is_banned()) return false;
  (void)retract(store, {request.account, true, request.by, request.reason, request.now});
  if (is_banned()) {
    throw Error(ErrorCode::refused,
                "a standing verdict confirms the ban of this account; undo it first ('ringscope verdicts undo')");
  }
  return true;
}

std::string suppress_mark(const Store& store, const EraseRequest& request) {
  if (request.again == ComesAgain::may) return {};
  const auto file = suppress_key_file(store.path());
  if (!std::filesystem::exists(file)) {
    std::filesystem::create_directories(file.parent_path());
    std::filesystem::permissions(file.parent_path(), std::filesystem::perms::owner_all);
    ValueKeys::create(file);
  }
  return ValueKeys::read(file).mark("account", request.account);
}

// The text of rejected lines that speak of the account goes; that there was such a line stays.
std::uint64_t clean_rejects(const std::filesystem::path& directory, const Pseudonyms& names) {
  std::uint64_t cleaned = 0;
  if (!std::filesystem::exists(directory)) return 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    std::ifstream in(entry.path(), std::ios::binary);
    std::string text;
    std::uint64_t here = 0;
    for (std::string line; std::getline(in, line);) {
      auto json = nlohmann::ordered_json::parse(line, nullptr, false);
      if (json.is_object() && json.contains("raw")) {
        const std::string raw = json["raw"].is_string() ? json["raw"].get<std::string>() : std::string();
        bool speaks = raw.find(names.account) != std::string::npos;
        for (const auto& [value, with] : names.values) speaks = speaks || raw.find(value) != std::string::npos;
        if (speaks) {
          json["raw"] = "";
          line = json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
          ++here;
        }
      }
      text += line + "\n";
    }
    in.close();
    if (here == 0) continue;
    const auto written = entry.path().string() + ".new";
    std::ofstream(written, std::ios::binary) << text;
    std::filesystem::rename(written, entry.path());
    cleaned += here;
  }
  return cleaned;
}

}  // namespace

Erased erase_account(Store& store, const EraseRequest& request) {
  check_request(store, request);
  Erased erased;
  erased.unbanned = take_back_ban(store, request);
  Pseudonyms names{request.account, new_pseudonym(), {}};
  Store::Erasure erasure{request.account,
                         names.pseudonym,
                         suppress_mark(store, request),
                         store.values_only_of(hash_value(request.account)),
                         {}};
  erased.needles = needles_of(request.account);
  for (const Name& value : erasure.values) {
    names.values.emplace_back(value.value, kErasedValue);
    erased.needles.push_back({"a value of its own, of kind " + store.kind_name(value.key.kind), value.value, true});
  }
  erasure.rewrite = [&](std::string_view family, std::string_view record) {
    return without_account(names, family, record);
  };
  erased.pseudonym = names.pseudonym;
  erased.values = erasure.values.size();
  // Lines first: as long as the store knows the account, an erasure that was cut off can be done again.
  erased.rejected_lines = clean_rejects(store.rejects_directory(), names);
  erased.report = store.erase(erasure);
  store.scrub();
  return erased;
}

std::vector<std::string> snapshots_with(const std::filesystem::path& store, const std::string& account) {
  std::vector<std::string> holding;
  for (const std::string& name : snapshot_names(store)) {
    const auto snapshot = Store::open(snapshot_path(store, name), {.mode = OpenMode::read_only});
    if (snapshot->name_of({kAccountKind, hash_value(account)}) == account) holding.push_back(name);
  }
  return holding;
}

}  // namespace ringscope
