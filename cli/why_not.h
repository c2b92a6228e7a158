// How "why not" and "what expels it" look on the pages of accounts and pairs.
#pragma once

#include <optional>
#include <string>

#include "engine/ask/expel.h"
#include "engine/ask/why_not.h"

namespace ringscope::cli {

// The bits of evidence; of anything else a word that says why it has none: "hub" (over the limit), "listed", "alone"
// (not corroborated), "own" (nobody shares it), "unused" (its kind was left out of the run), "outside" (the
// run's window). 7 columns at most.
std::string worth_text(double bits, const std::optional<ThingVerdict>& verdict);
// Says of a thing that people cleared some of its accounts, where they did.
void print_cleared(const std::string& kind, const std::string& value, std::uint32_t cleared, std::uint32_t accounts);
// Sections of their own. Throw Error io when standard output is closed or full.
void print_why_not(const WhyNot& why);
void print_why_not(const AccountWhyNot& answer);
void print_expulsion(const Expulsion& expulsion);

}  // namespace ringscope::cli
