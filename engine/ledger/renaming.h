// Records of the ledger and of runs with other names in them: an account's pseudonym, or other values of things.
//
// What a text is follows from the field it stands in, and of a value also from the kind beside it, never from what it
// says: an account may be called "ban" and a payment "ip", and tiers and kinds stay what they are. Accounts stand in
// records by their key as a number, by key in hex digits, and by name, alone or in prose. What is put in their place is
// again a name with its key, so that whoever reads the record need not know: a replay of the feed gives the same rings,
// with the pseudonym as a member. Who decided something ("by", "owner") stays.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/json_fwd.h"
#include "storage/rows.h"

namespace ringscope {

inline constexpr std::size_t kLeastInProse = 6;  // a shorter name may be any word of prose
// An account's name follows, in what programs say of a member.
inline constexpr std::string_view kBeforeName = "took the place of ";
// What is said of a member whose account is gone.
inline constexpr std::string_view kErasedReason = "the account was erased";

struct Renaming {
  std::string account;                        // the name that goes; empty: none does
  std::string pseudonym;                      // the one that comes
  std::map<std::string, std::string> values;  // that go, as named() writes them, each with what comes
};

// A value of a thing with its kind, as Store::Revalue has them.
std::string named(std::string_view kind, std::string_view value);

// "erased-" and 16 random hex digits: nothing of the account is in it, and nobody can say who it was.
std::string new_pseudonym();

class Renamer {
 public:
  explicit Renamer(Renaming renaming);
  // Its maps point into its names.
  Renamer(const Renamer&) = delete;
  Renamer& operator=(const Renamer&) = delete;

  // The record (JSON, of the family named as in storage/schema.h) with what comes in the place of what goes; nothing
  // when neither the account nor a value is in it. Ids of events stay what they were; of the account as a member what
  // was said of it goes as well. O(length * lengths of values).
  std::optional<std::string> operator()(std::string_view family, std::string_view record) const;

 private:
  bool may_be_in(std::string_view record) const;
  const std::string* find_value(std::string_view kind, std::string_view text) const;
  bool put_value(std::string_view kind, Json& text) const;
  bool put_account(Json& name) const;
  bool put_prose(Json& text) const;
  bool put_target(Json& verdict) const;
  bool put_shares(std::string_view kind, Json& shares) const;
  bool put_keys(Json& json) const;
  bool put_field(Json& object, const std::string& field) const;
  bool visit_list(Json& list, const std::string& field) const;
  bool visit(Json& json) const;
  bool replace_values(std::string& text) const;

  Renaming names_;
  KeyHash key_, new_key_;
  std::string hex_, new_hex_;
  std::unordered_map<std::string_view, const std::string*> by_text_;  // of any kind
  std::set<std::size_t> lengths_;                                     // of the values
};

}  // namespace ringscope
