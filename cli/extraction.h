// What traffic is for, as ring and account pages show it.
#pragma once

#include <optional>

#include "engine/detect/ring/ring.h"

namespace ringscope::cli {

// A heading with the probability, the capabilities aimed at, and what speaks for and against it, strongest first; of
// nothing it prints nothing.
void print_extraction(const std::optional<Extraction>& extraction);

}  // namespace ringscope::cli
