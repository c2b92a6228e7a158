#include "engine/release/erase.h"

#include <functional>

#include "base/error.h"
#include "engine/ingest/normalize.h"
#include "engine/ingest/reject_files.h"
#include "engine/ingest/value_policy.h"
#include "engine/ledger/feed_json.h"
#include "engine/ledger/renaming.h"
#include "engine/release/mentions.h"
#include "engine/release/own_words.h"
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
  if (!std::filesystem::exists(file)) ValueKeys::create_beside(store.path(), file);
  return ValueKeys::read(file).mark("account", request.account);
}

// What to look for in the files afterwards.
std::vector<Needle> needles_for(const std::string& account) {
  std::vector<Needle> needles = needles_of(account);
  for (Needle& needle : needles) {
    if (needle.word)
      needle.own_word = [size = account.size()](std::string_view bytes, std::size_t at) {
        return is_own_word(bytes, at, size);
      };
  }
  return needles;
}

}  // namespace

Erased erase_account(Store& store, const EraseRequest& request) {
  check_request(store, request);
  Erased erased;
  erased.unbanned = take_back_ban(store, request);
  Renaming names{request.account, new_pseudonym(), {}};
  Store::Erasure erasure{request.account,
                         names.pseudonym,
                         suppress_mark(store, request),
                         store.values_only_of(hash_value(request.account)),
                         {}};
  erased.needles = needles_for(request.account);
  for (const Name& value : erasure.values) {
    const std::string kind = store.kind_name(value.key.kind);
    names.values[named(kind, value.value)] = kErasedValue;
    erased.needles.push_back({"a value of its own, of kind " + kind, value.value, true});
    // What people wrote may name it as it came.
    const auto text = store.seals(kind) && store.has_day_keys() ? store.text_of(value.key) : std::nullopt;
    if (!text) continue;
    names.values[named(kind, *text)] = kErasedValue;
    erased.needles.push_back({"a value of its own as it came, of kind " + kind, *text, true});
  }
  erased.pseudonym = names.pseudonym;
  erased.values = erasure.values.size();
  // Lines first: as long as the store knows the account, an erasure that was cut off can be done again.
  erased.rejected_lines = empty_rejects(store.rejects_directory(), Mentions(request.account, erasure.values));
  const Renamer renamer(std::move(names));
  erasure.rewrite = std::cref(renamer);
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
