// Results handed over to Python.
#pragma once

#include "arrays.h"
#include "bind.h"
#include <nanobind/nanobind.h>

#include "algorithms/bipartite_graph.h"
#include "algorithms/csr_graph.h"

namespace ringscope::python {

// Throws Error usage unless it is an undirected graph with weights above 0. O(arcs).
void check_graph(const CsrGraph& graph);

nb::object to_python(SharedTable table);
// (indptr, indices, data)
nb::tuple csr_to_python(CsrArrays&& arrays);
// (left offsets, left targets, right offsets, right targets, right edges, layer offsets)
inline nb::tuple bipartite_to_python(BipartiteArrays&& arrays) {
  return nb::make_tuple(owning(std::move(arrays.left_offsets)), owning(std::move(arrays.left_targets)),
                        owning(std::move(arrays.right_offsets)), owning(std::move(arrays.right_targets)),
                        owning(std::move(arrays.right_edges)), owning(std::move(arrays.layer_offsets)));
}

}  // namespace ringscope::python
