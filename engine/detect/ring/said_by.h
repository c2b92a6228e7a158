// What two persons must both say before it stands: the same word on the same ring or, when it is on none, on the same
// account.
#pragma once

#include <string_view>
#include <tuple>

#include "engine/detect/ring/verdict.h"

namespace ringscope {

// Equal for verdicts that say the same; as long as the verdict lives.
inline std::tuple<std::string_view, KeyHash, VerdictWord> said_by(const Verdict& verdict) {
  const bool on_account = verdict.ring.empty() && !verdict.accounts.empty();
  return {verdict.ring, on_account ? verdict.accounts.front() : 0, verdict.word};
}

}  // namespace ringscope
