// Records of the ledger and of runs without one account: a pseudonym stands where it stood.
//
// Accounts stand in records by their key as a number, by key in hex digits, and by name, alone or in a sentence. What
// is put in their place is again a name with its key, so that whoever reads the record need not know: a replay of the
// feed gives the same rings, with the pseudonym as a member.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ringscope {

struct Pseudonyms {
  std::string account;    // the name that goes
  std::string pseudonym;  // the one that comes
  // Other texts that go, each with what comes; looked for as whole values.
  std::vector<std::pair<std::string, std::string>> values;
};

// "erased-" and 16 random hex digits: nothing of the account is in it, and nobody can say who it was.
std::string new_pseudonym();

// The record (JSON, of the family named as in storage/schema.h) with the pseudonym in the account's place; nothing when
// it does not speak of it. Ids of events stay what they were; of a member what was said of it goes as well. O(length).
std::optional<std::string> without_account(const Pseudonyms& names, std::string_view family, std::string_view record);

}  // namespace ringscope
