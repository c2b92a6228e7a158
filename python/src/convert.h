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

// (indptr, indices, data), read only: what was checked stays so
nb::tuple csr_to_python(CsrArrays&& arrays);
// (left offsets, left targets, right offsets, right targets, right edges, layer offsets)
inline nb::tuple bipartite_to_python(BipartiteArrays&& arrays) {
  return nb::make_tuple(frozen(std::move(arrays.left_offsets)), frozen(std::move(arrays.left_targets)),
                        frozen(std::move(arrays.right_offsets)), frozen(std::move(arrays.right_targets)),
                        frozen(std::move(arrays.right_edges)), frozen(std::move(arrays.layer_offsets)));
}

}  // namespace ringscope::python
