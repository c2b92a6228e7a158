#include "arrays.h"
#include "bind.h"
#include "convert.h"
#include "tables.h"
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "algorithms/csr_graph.h"
#include "algorithms/named/named.h"
#include "base/error.h"

namespace ringscope::python {
namespace {

// Each arc must have its twin of equal weight. One walk: the arcs into v come in the order of v's row.
void check_symmetric(const CsrGraph& graph) {
  std::vector<ArcIndex> next(graph.vertex_count());
  for (Vertex v = 0; v < graph.vertex_count(); ++v) next[v] = graph.arcs_begin(v);
  for (Vertex u = 0; u < graph.vertex_count(); ++u) {
    for (ArcIndex a = graph.arcs_begin(u); a < graph.arcs_end(u); ++a) {
      const Vertex v = graph.target(a);
      const ArcIndex twin = next[v]++;
      if (v == u) throw Error(ErrorCode::usage, "a vertex must not be its own neighbour", std::to_string(u));
      if (!(graph.weight(a) > 0)) throw Error(ErrorCode::usage, "weights must be above 0", "row " + std::to_string(u));
      if (twin >= graph.arcs_end(v) || graph.target(twin) != u || graph.weight(twin) != graph.weight(a))
        throw Error(ErrorCode::usage, "the matrix must be symmetric",
                    "row " + std::to_string(u) + ", column " + std::to_string(v));
    }
  }
}

}  // namespace

void check_graph(const CsrGraph& graph) {
  if (graph.weights().size() != graph.targets().size())
    throw Error(ErrorCode::usage, "there must be a weight for each index", "data");
  named::check_rows(graph.offsets(), graph.targets(), graph.vertex_count());
  check_symmetric(graph);
}

nb::tuple csr_to_python(CsrArrays&& arrays) {
  return nb::make_tuple(frozen(std::move(arrays.offsets)), frozen(std::move(arrays.targets)),
                        frozen(std::move(arrays.weights)));
}

namespace {

void bind_building(nb::module_& m) {
  m.def(
      "check_graph",
      [](const InArray<ArcIndex>& indptr, const InArray<Vertex>& indices, const InArray<float>& data) {
        const nb::gil_scoped_release release;
        check_graph({span_of(indptr), span_of(indices), span_of(data)});
      },
      nb::arg("indptr"), nb::arg("indices"), nb::arg("data"),
      "Raises UsageError unless the arrays are an undirected graph. O(arcs).");
}

// An array of the graph, sharing its memory.
template <auto Field>
nb::object array_of_graph(nb::handle_t<LoadedGraph> self) {
  return nb::cast(viewing(nb::cast<LoadedGraph&>(self).snapshot->arrays.*Field, self));
}

// A field of the sightings, by edge.
nb::object sighting_of(nb::handle_t<LoadedGraph> self, const std::string& field) {
  const auto& all = nb::cast<LoadedGraph&>(self).snapshot->sightings;
  static const Sighting kNone;
  const Sighting* one = all.empty() ? &kNone : all.data();
  if (field == "count") return nb::cast(viewing_field(&one->count, all.size(), sizeof(Sighting), self));
  if (field == "days") return nb::cast(viewing_field(&one->days, all.size(), sizeof(Sighting), self));
  if (field == "first") return nb::cast(viewing_field(&one->first, all.size(), sizeof(Sighting), self));
  if (field == "last") return nb::cast(viewing_field(&one->last, all.size(), sizeof(Sighting), self));
  throw nb::key_error("count, days, first or last");
}

void bind_loaded(nb::module_& m) {
  nb::class_<LoadedGraph>(m, "LoadedGraph", "Accounts, entities, and who was seen with what, in memory.")
      .def_prop_ro("left_offsets", array_of_graph<&BipartiteArrays::left_offsets>)
      .def_prop_ro("left_targets", array_of_graph<&BipartiteArrays::left_targets>)
      .def_prop_ro("right_offsets", array_of_graph<&BipartiteArrays::right_offsets>)
      .def_prop_ro("right_targets", array_of_graph<&BipartiteArrays::right_targets>)
      .def_prop_ro("right_edges", array_of_graph<&BipartiteArrays::right_edges>)
      .def_prop_ro("layer_offsets", array_of_graph<&BipartiteArrays::layer_offsets>)
      .def_prop_ro(
          "account_keys",
          [](nb::handle_t<LoadedGraph> self) { return viewing(nb::cast<LoadedGraph&>(self).snapshot->accounts, self); })
      .def_prop_ro("bits",
                   [](nb::handle_t<LoadedGraph> self) { return viewing(nb::cast<LoadedGraph&>(self).bits, self); })
      .def("sighting", sighting_of, nb::arg("field"), "By edge, sharing memory (strided): count, days, first or last.")
      .def_prop_ro("layers",
                   [](const LoadedGraph& self) {
                     std::vector<std::string> names;
                     for (const Layer& layer : self.snapshot->layers) names.push_back(layer.name);
                     return names;
                   })
      .def_prop_ro("window",
                   [](const LoadedGraph& self) {
                     return nb::make_tuple(self.snapshot->window.first, self.snapshot->window.last);
                   })
      .def("accounts",
           [](const LoadedGraph& self) {
             return table_from([&] { return account_names_table(*self.store, *self.snapshot); });
           })
      .def("entities", [](const LoadedGraph& self) {
        return table_from([&] { return entities_table(*self.store, *self.snapshot, self.bits); });
      });
}

}  // namespace

void bind_graphs(nb::module_& m) {
  bind_building(m);
  bind_loaded(m);
}

}  // namespace ringscope::python
