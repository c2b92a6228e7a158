// Parts of the module, one source each.
#pragma once

#include <memory>

#include "arrow_table.h"
#include <nanobind/nanobind.h>

#include "engine/load/snapshot.h"
#include "storage/store.h"

namespace ringscope::python {

namespace nb = nanobind;

void bind_errors(nb::module_& module);
void bind_tables(nb::module_& module);
void bind_graphs(nb::module_& module);
void bind_store(nb::module_& module);
void bind_algorithms(nb::module_& module);
void bind_lab(nb::module_& module);

using SharedTable = std::shared_ptr<const Table>;

inline SharedTable share(Table&& table) { return std::make_shared<const Table>(std::move(table)); }

// A graph in memory and the store that knows its names.
struct LoadedGraph {
  std::shared_ptr<const Store> store;
  std::shared_ptr<const Snapshot> snapshot;  // or what holds it
  std::vector<double> bits{};                // by entity; empty: not weighed
};

}  // namespace ringscope::python
