#include "bind.h"
#include "progress.h"
#include <nanobind/nanobind.h>
#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "engine/config_text.h"
#include "engine/detect/ring/ring_json.h"
#include "engine/engine.h"
#include "engine/lab/calibrate.h"
#include "engine/lab/evaluate.h"
#include "engine/lab/simulate.h"
#include "storage/snapshots.h"

namespace ringscope::python {
namespace {

nb::dict report_of(const SimulateReport& report) {
  nb::dict result;
  result["accounts"] = report.accounts;
  result["ring_accounts"] = report.ring_accounts;
  result["requests"] = report.requests;
  result["rings"] = report.rings;
  result["honest_groups"] = report.honest_groups;
  result["bytes"] = report.bytes;
  result["seconds"] = report.seconds;
  return result;
}

nb::dict report_of(const IngestReport& report) {
  nb::dict result;
  result["events"] = report.events;
  result["rejected"] = report.rejected;
  result["accounts"] = report.accounts;
  result["seconds"] = report.seconds;
  nb::list rejects;
  for (const Reject& one : report.first_rejects)
    rejects.append(nb::make_tuple(one.label, one.line, one.field, one.reason));
  result["first_rejects"] = rejects;
  nb::dict unknown;
  for (const auto& [field, lines] : report.unknown_fields) unknown[field.c_str()] = lines;
  result["unknown_fields"] = unknown;
  return result;
}

void bind_simulator(nb::module_& m) {
  nb::class_<SimulateOptions>(m, "SimulateOptions", "docs/simulator.md")
      .def(nb::init<>())
      .def_prop_rw(
          "out", [](const SimulateOptions& self) { return self.out.string(); },
          [](SimulateOptions& self, const std::string& out) { self.out = out; })
      .def_rw("seed", &SimulateOptions::seed)
      .def_rw("accounts", &SimulateOptions::accounts)
      .def_rw("requests", &SimulateOptions::requests)
      .def_rw("ring_share", &SimulateOptions::ring_share)
      .def_rw("ring_requests", &SimulateOptions::ring_requests)
      .def_rw("hardness", &SimulateOptions::hardness)
      .def_rw("kind_hardness", &SimulateOptions::kind_hardness)
      .def_rw("other_purpose", &SimulateOptions::other_purpose)
      .def_rw("ring_kinds", &SimulateOptions::ring_kinds)
      .def_rw("crowds", &SimulateOptions::crowds)
      .def_rw("failovers", &SimulateOptions::failovers)
      .def_rw("days", &SimulateOptions::days)
      .def_rw("start", &SimulateOptions::start)
      .def_rw("rings", &SimulateOptions::rings)
      .def_rw("format", &SimulateOptions::format)
      .def_rw("threads", &SimulateOptions::threads);
  m.def(
      "simulate",
      [](const SimulateOptions& options) {
        SimulateReport report;
        {
          const nb::gil_scoped_release release;
          report = simulate(options);
        }
        return report_of(report);
      },
      nb::arg("options"));
  m.def("simulated_kinds", [] {
    nb::list kinds;
    for (const SimulatedKind& kind : simulated_kinds()) {
      nb::dict one;
      one["name"] = nb::str(kind.name.data(), kind.name.size());
      one["is_ring"] = kind.is_ring;
      one["summary"] = nb::str(kind.summary.data(), kind.summary.size());
      one["hardness"] = nb::str(kind.hardness.data(), kind.hardness.size());
      kinds.append(one);
    }
    return kinds;
  });
}

void bind_evaluation(nb::module_& m) {
  m.def(
      "evaluate",
      [](const std::string& truth, const std::string& rings, const std::vector<std::string>& tiers,
         std::optional<double> min_score, std::uint32_t min_size, const std::string& prefix, const std::string& grey) {
        const nb::gil_scoped_release release;
        return evaluation_to_json(evaluate(truth, rings, {tiers, min_score, min_size, prefix, grey}));
      },
      nb::arg("truth"), nb::arg("rings"), nb::arg("tiers"), nb::arg("min_score"), nb::arg("min_size"),
      nb::arg("prefix"), nb::arg("grey"), "A JSON document.");
}

void bind_calibration(nb::module_& m) {
  nb::class_<CalibrateOptions>(m, "CalibrateOptions", "docs/calibration.md")
      .def(nb::init<>())
      .def_rw("kinds", &CalibrateOptions::kinds)
      .def_rw("hardness", &CalibrateOptions::hardness)
      .def_rw("seeds", &CalibrateOptions::seeds)
      .def_rw("first_seed", &CalibrateOptions::first_seed)
      .def_rw("ring_size", &CalibrateOptions::ring_size)
      .def_rw("roles", &CalibrateOptions::roles);
  m.def(
      "calibrate",
      [](const std::string& place, const std::string& toml, const CalibrateOptions& options, Progress& progress) {
        const nb::gil_scoped_release release;
        const Config config = parse_config(toml, "configuration");
        const auto store = open_place(place, {OpenMode::read_only, config.store_memory()});
        const Calibration calibration = calibrate(*store, config, options, progress.calibrate);
        std::vector<std::string> cells;
        for (const CalibrationCell& cell : calibration.cells)
          cells.push_back(calibration_cell_to_json(calibration, cell));
        return cells;
      },
      nb::arg("place"), nb::arg("config"), nb::arg("options"), nb::arg("progress"),
      "A JSON document for each kind, hardness and set of tiers.");
}

// What writes to a store.
void bind_making(nb::module_& m) {
  m.def(
      "ingest",
      [](const std::string& place, const std::vector<std::string>& files, const std::string& toml, Progress& progress) {
        IngestReport report;
        {
          const nb::gil_scoped_release release;
          const Config config = parse_config(toml, "configuration");
          const auto store = open_place(place, {OpenMode::create, config.store_memory()});
          report = ingest(*store, files, {.threads = config.threads, .memory_bytes = config.ingest_memory()},
                          progress.ingest);
        }
        return report_of(report);
      },
      nb::arg("place"), nb::arg("files"), nb::arg("config"), nb::arg("progress"));
  m.def(
      "detect",
      [](const std::string& place, const std::string& toml, Progress& progress) {
        const nb::gil_scoped_release release;
        const Config config = parse_config(toml, "configuration");
        const auto store = open_place(place, {OpenMode::write, config.store_memory()});
        return run_to_json(detect(*store, config, progress.detect).summary);
      },
      nb::arg("place"), nb::arg("config"), nb::arg("progress"), "The run's summary as a JSON document.");
}

}  // namespace

void bind_lab(nb::module_& m) {
  bind_simulator(m);
  bind_evaluation(m);
  bind_calibration(m);
  bind_making(m);
}

}  // namespace ringscope::python
