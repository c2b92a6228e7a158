// Letting go of old days.
#pragma once

#include "storage/store.h"

namespace ringscope {

// Keeps the last `days` days up to the last one with data, as 'detect --window' counts them, and drops what is older:
// Store::retain. Names of accounts that the ledger speaks of stay. Throws Error usage for fewer than one day.
Store::Retention retain(Store& store, int days);

}  // namespace ringscope
