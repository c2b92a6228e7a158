#include "engine/json.h"
#include "engine/lab/calibration/estimate_json.h"
#include "engine/lab/null_check.h"

namespace ringscope {

using calibration::estimate_json;

std::string null_trial_to_json(const NullTrial& trial) {
  Json quantiles = Json::array();
  for (const NullQuantile& one : trial.quantiles)
    quantiles.push_back({{"bits", one.bits}, {"expected", one.expected}, {"observed", estimate_json(one.observed)}});
  const Json json = {{"schema", "ringscope.calibrate-null/1"},
                     {"name", trial.name},
                     {"alpha", trial.alpha},
                     {"accounts", trial.accounts},
                     {"edges", trial.edges},
                     {"shuffles", trial.shuffles},
                     {"with_significant", trial.with_significant},
                     {"with_kept", trial.with_kept},
                     {"significant_share", estimate_json(trial.significant_share)},
                     {"kept_share", estimate_json(trial.kept_share)},
                     {"chance", trial.chance},
                     {"significant", estimate_json(trial.significant)},
                     {"vouched", estimate_json(trial.vouched)},
                     {"attaching", estimate_json(trial.attaching)},
                     {"excess", trial.excess},
                     {"excess_bits", trial.excess_bits},
                     {"quantiles", std::move(quantiles)}};
  return json.dump();
}

}  // namespace ringscope
