#include "engine/json.h"
#include "engine/lab/calibrate.h"
#include "engine/lab/calibration/estimate_json.h"

namespace ringscope {
using calibration::estimate_json;

std::string calibration_cell_to_json(const Calibration& calibration, const CalibrationCell& cell) {
  const Json json = {{"schema", "ringscope.calibrate-cell/1"},
                     {"kind", cell.kind},
                     {"hardness", cell.hardness},
                     {"tiers", cell.tiers},
                     {"seeds", cell.seeds},
                     {"members", cell.members},
                     {"members_flagged", cell.members_flagged},
                     {"twins", cell.twins},
                     {"twins_flagged", cell.twins_flagged},
                     {"recall", estimate_json(cell.recall)},
                     {"precision", estimate_json(cell.precision)},
                     {"false_discovery", estimate_json(cell.false_discovery)},
                     {"twin_rate", estimate_json(cell.twin_rate)},
                     {"raised", estimate_json(cell.raised)},
                     {"drawn_in", estimate_json(cell.drawn_in)},
                     {"lowered", estimate_json(cell.lowered)},
                     {"accounts", calibration.accounts},
                     {"flagged_before", calibration.flagged_before},
                     {"activity", calibration.activity},
                     {"injected", calibration.injected},
                     {"missing", calibration.missing}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace ringscope
