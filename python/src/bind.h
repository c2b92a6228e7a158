// Parts of the module, one source each.
#pragma once

#include <memory>

#include "arrow_table.h"
#include <nanobind/nanobind.h>

#include "engine/load/snapshot.h"
#include "storage/store.h"

namespace ringscope::python {

namespace nb = nanobind;

// Hash of the commit that was compiled, with "+changed" for sources that were not committed (cmake/commit.cmake).
const char* source_commit();

void bind_errors(nb::module_& module);
void bind_tables(nb::module_& module);
void bind_graphs(nb::module_& module);
void bind_store(nb::module_& module);
void bind_algorithms(nb::module_& module);
void bind_lab(nb::module_& module);

using SharedTable = std::shared_ptr<const Table>;

inline SharedTable share(Table&& table) { return std::make_shared<const Table>(std::move(table)); }

nb::object to_python(SharedTable table);

// Runs without the interpreter's lock.
template <class Work>
auto unlocked(const Work& work) {
  const nb::gil_scoped_release release;
  return work();
}

// A table that is made without the lock.
template <class Work>
nb::object table_from(const Work& work) {
  return to_python(unlocked([&] { return share(work()); }));
}

// A graph in memory and the store that knows its names.
struct LoadedGraph {
  std::shared_ptr<const Store> store;
  std::shared_ptr<const Snapshot> snapshot;  // or what holds it
  std::vector<double> bits{};                // by entity; empty: not weighed
};

}  // namespace ringscope::python
