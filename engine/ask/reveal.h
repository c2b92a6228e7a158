// Opening values of sealed kinds, for people who are allowed to see them: what the vault says of a token.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ask/checkpoint.h"
#include "storage/store.h"

namespace ringscope {

struct RevealedThing {
  std::string kind;
  std::string value;  // as it is stored
  Revealed revealed;
};

// Of values as they are stored, alone ("k3f…") or after their kind ("ip:k3f…"), each of every sealed kind that has it.
// The keys of days are read anew each time. Throws Error usage (no kind is sealed), not_found (the vault has nothing of
// one, which is the context), and as Store::require_day_keys() and Store::reveal(). O(values), a look-up each.
std::vector<RevealedThing> reveal_values(const Store& store, std::span<const std::string> values);
// Of all that an account has of sealed kinds, ascending by kind's number and key. Throws likewise, Error not_found for
// an account that the store has never seen, and as the checkpoint does. O(cells of the account).
std::vector<RevealedThing> reveal_account(const Store& store, std::string_view account, const Checkpoint& check = {});
// Of the evidence of a ring of the latest run, in its order. Throws likewise, and as find_ring(). O(ring).
std::vector<RevealedThing> reveal_ring(const Store& store, std::string_view ring, const Checkpoint& check = {});

// Schema "ringscope.reveal/1", one line without its newline.
std::string revealed_to_json(const RevealedThing& thing);

}  // namespace ringscope
