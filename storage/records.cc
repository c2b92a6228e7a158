// Families whose values are records of text, and what changes all of them.
#include "storage/roll.h"
#include "storage/store_internal.h"

namespace ringscope {
namespace {

std::optional<std::string> rewrite_roll(std::string_view piece, const RewriteRecord& rewrite,
                                        const std::function<KeyHash(KeyHash)>& rename) {
  bool any = false;
  std::string changed = begin_piece(piece);
  visit_piece(piece, [&](KeyHash account, std::string_view record) {
    const std::optional<std::string> now = rewrite(schema::kFamilyNames[schema::kMembers], record);
    const KeyHash named = rename(account);
    any = any || now || named != account;
    add_to_piece(changed, named, now ? *now : record);
  });
  return any ? std::optional(std::move(changed)) : std::nullopt;
}

}  // namespace

std::optional<std::string> rewrite_value(schema::Family f, std::string_view value, const RewriteRecord& rewrite,
                                         const std::function<KeyHash(KeyHash)>& rename) {
  if (value.empty()) return std::nullopt;  // "the base's is gone"
  if (f == schema::kRolls) return rewrite_roll(value, rewrite, rename);
  if (f != schema::kMembers) return rewrite(schema::kFamilyNames[f], value);
  const std::string_view record = decode_place(value).payload;
  if (record.empty()) return std::nullopt;
  std::optional<std::string> changed = rewrite(schema::kFamilyNames[f], record);
  if (changed) changed->insert(0, value.substr(0, value.size() - record.size()));
  return changed;
}

}  // namespace ringscope
