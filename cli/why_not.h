// How "why not" and "what expels it" look on the pages of accounts and pairs.
#pragma once

#include <optional>
#include <string>

#include "engine/ask/expel.h"
#include "engine/ask/why_not.h"

namespace ringscope::cli {

// A word or two; "" for nothing and for evidence.
std::string verdict_text(const std::optional<ThingVerdict>& verdict);
// Sections of their own. Throw Error io when standard output is closed or full.
void print_why_not(const WhyNot& why);
void print_why_not(const AccountWhyNot& answer);
void print_expulsion(const Expulsion& expulsion);

}  // namespace ringscope::cli
