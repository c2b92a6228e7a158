#include <algorithm>

#include "arrays.h"
#include "bind.h"
#include "convert.h"
#include "progress.h"
#include "tables.h"
#include <nanobind/nanobind.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "algorithms/csr_graph.h"
#include "base/error.h"
#include "base/parallel.h"
#include "engine/ask/account.h"
#include "engine/ask/read_run.h"
#include "engine/ask/run_links.h"
#include "engine/ask/snapshots.h"
#include "engine/ask/why.h"
#include "engine/config_text.h"
#include "engine/detect/explore.h"
#include "engine/detect/project/pair_facts.h"
#include "engine/detect/ring/ring_json.h"
#include "engine/detect/stages.h"
#include "engine/engine.h"
#include "engine/export/export.h"
#include "engine/load/templates.h"

namespace ringscope::python {
namespace {

struct OpenStore {
  std::shared_ptr<const Store> store;  // null: closed
  std::string place;

  // By value, and called while the interpreter is locked: another thread may close() while work goes on without the
  // lock.
  std::shared_ptr<const Store> need() const {
    if (!store) throw Error(ErrorCode::usage, "the store was closed", place);
    return store;
  }
};

// work(store) without the interpreter's lock; it holds the store, whoever closes it meanwhile.
template <class Work>
auto unlocked_with(const OpenStore& self, const Work& work) {
  const std::shared_ptr<const Store> store = self.need();
  return unlocked([&] { return work(store); });
}

template <class Work>
nb::object table_with(const OpenStore& self, const Work& work) {
  const std::shared_ptr<const Store> store = self.need();
  return table_from([&] { return work(store); });
}

RingSource heads_of(const std::shared_ptr<const Store>& store, std::uint64_t run) {
  (void)find_run(*store, run);  // says so when there is none
  return [store, run](const RingVisitor& visit) {
    for (const Ring& ring : read_rings(*store, run, RingParts::heads)) visit(ring);
  };
}

RingSource full_rings_of(const std::shared_ptr<const Store>& store, std::uint64_t run) {
  (void)find_run(*store, run);
  return [store, run](const RingVisitor& visit) { visit_rings(*store, run, visit); };
}

RingSource source_of(const std::vector<Ring>& rings) {
  return [&rings](const RingVisitor& visit) { std::ranges::for_each(rings, visit); };
}

DayWindow window_of_days(std::optional<Day> first, std::optional<Day> last) {
  DayWindow window;
  if (first) window.first = *first;
  if (last) window.last = *last;
  return window;
}

// Only what was asked for is made.
struct Explored {
  std::shared_ptr<const Store> store;
  std::shared_ptr<const Exploration> found;
};

CsrArrays similarity_of(const Exploration& found, bool attaching) {
  std::vector<WeightedEdge> edges = found.similarity.core;
  if (attaching) edges.insert(edges.end(), found.similarity.attach.begin(), found.similarity.attach.end());
  return build_csr(found.snapshot.graph().left_count(), edges);
}

LoadedGraph graph_of(const Explored& self) {
  LoadedGraph graph{self.store, {self.found, &self.found->snapshot}};
  for (Vertex r = 0; r < self.found->weights.rarity.size(); ++r) graph.bits.push_back(self.found->weights.bits(r));
  return graph;
}

nb::tuple facts_to_python(PairFacts&& facts) {
  return nb::make_tuple(owning(std::move(facts.kinds)), owning(std::move(facts.shared)), owning(std::move(facts.first)),
                        owning(std::move(facts.last)));
}

void bind_exploration(nb::module_& m) {
  nb::class_<Explored>(m, "Exploration", "A detection that was not written anywhere, and what it was made of.")
      .def(
          "summary", [](const Explored& self) { return run_to_json(self.found->detection.summary); },
          "As a JSON document.")
      .def("rings",
           [](const Explored& self) {
             return table_from([&] { return rings_table(source_of(self.found->detection.rings)); });
           })
      .def("members",
           [](const Explored& self) {
             return table_from([&] { return members_table(source_of(self.found->detection.rings)); });
           })
      .def("evidence",
           [](const Explored& self) {
             return table_from([&] { return evidence_table(source_of(self.found->detection.rings)); });
           })
      .def(
          "ring",
          [](const Explored& self, const std::string& id) {
            for (const Ring& ring : self.found->detection.rings) {
              if (ring.id == id) return ring_to_json(ring);
            }
            throw Error(ErrorCode::not_found, "there is no such ring", id);
          },
          nb::arg("id"))
      .def("bipartite", &graph_of)
      .def(
          "similarity",
          [](const Explored& self, bool attaching) {
            return csr_to_python(unlocked([&] { return similarity_of(*self.found, attaching); }));
          },
          nb::arg("attaching") = true)
      .def(
          "pair_facts",
          [](const Explored& self, bool attaching) {
            return facts_to_python(unlocked(
                [&] { return pair_facts(self.found->snapshot, similarity_of(*self.found, attaching).view()); }));
          },
          nb::arg("attaching") = true)
      .def("vertex_rings", [](const Explored& self) {
        const Snapshot& snapshot = self.found->snapshot;
        std::vector<std::int32_t> ring_of(snapshot.accounts.size(), -1);
        std::int32_t number = 0;
        for (const Ring& ring : self.found->detection.rings) {
          for (const Member& member : ring.members) {
            if (const auto vertex = snapshot.vertex_of(member.account)) ring_of[*vertex] = number;
          }
          ++number;
        }
        return owning(std::move(ring_of));
      });
}

// What asks about a run or an account.
void bind_questions(nb::class_<OpenStore>& store) {
  store
      .def(
          "runs",
          [](const OpenStore& self) {
            std::vector<std::string> runs;
            for (const RunInfo& info : self.need()->runs()) runs.push_back(run_to_json(run_from_json(info.payload)));
            return runs;
          },
          "Summaries as JSON documents, oldest first.")
      .def("latest_run", [](const OpenStore& self) { return latest_run_number(*self.need()); })
      .def(
          "ring",
          [](const OpenStore& self, std::uint64_t run, const std::string& id) {
            return unlocked_with(self, [&](const auto& opened) { return ring_to_json(find_ring(*opened, run, id)); });
          },
          nb::arg("run"), nb::arg("id"))
      .def(
          "account",
          [](const OpenStore& self, const std::string& name) {
            return unlocked_with(self,
                                 [&](const auto& opened) { return account_to_json(account_page(*opened, name)); });
          },
          nb::arg("name"))
      .def(
          "why",
          [](const OpenStore& self, const std::string& a, const std::string& b) {
            return unlocked_with(self, [&](const auto& opened) { return why_to_json(why(*opened, a, b)); });
          },
          nb::arg("a"), nb::arg("b"))
      .def(
          "export_to",
          [](const OpenStore& self, const std::string& level, const std::string& format, const std::string& out) {
            return unlocked_with(self, [&](const auto& opened) {
              return export_run(*opened, find_export_format(level, format), ExportFilter{}, out).rows;
            });
          },
          nb::arg("level"), nb::arg("format"), nb::arg("out"));
}

void bind_store_tables(nb::class_<OpenStore>& store) {
  store
      .def(
          "rings",
          [](const OpenStore& self, std::uint64_t run) {
            return table_with(self, [&](const auto& opened) { return rings_table(heads_of(opened, run)); });
          },
          nb::arg("run"))
      .def(
          "members",
          [](const OpenStore& self, std::uint64_t run) {
            return table_with(self, [&](const auto& opened) { return members_table(full_rings_of(opened, run)); });
          },
          nb::arg("run"))
      .def(
          "evidence",
          [](const OpenStore& self, std::uint64_t run) {
            return table_with(self, [&](const auto& opened) { return evidence_table(heads_of(opened, run)); });
          },
          nb::arg("run"))
      .def(
          "accounts",
          [](const OpenStore& self, std::uint64_t run) {
            return table_with(self, [&](const auto& opened) { return accounts_table(*opened, run); });
          },
          nb::arg("run"))
      .def(
          "cells",
          [](const OpenStore& self, std::optional<Day> first, std::optional<Day> last) {
            return table_with(self,
                              [&](const auto& opened) { return cells_table(*opened, window_of_days(first, last)); });
          },
          nb::arg("first") = nb::none(), nb::arg("last") = nb::none())
      .def(
          "activity",
          [](const OpenStore& self, std::optional<Day> first, std::optional<Day> last) {
            return table_with(self,
                              [&](const auto& opened) { return activity_table(*opened, window_of_days(first, last)); });
          },
          nb::arg("first") = nb::none(), nb::arg("last") = nb::none())
      .def(
          "events",
          [](const OpenStore& self, std::uint64_t after, std::uint64_t limit) {
            return table_with(self, [&](const auto& opened) { return events_table(*opened, after, limit); });
          },
          nb::arg("after") = 0, nb::arg("limit") = 0);
}

nb::tuple links_to_python(RunLinks&& links) {
  const nb::tuple arrays = csr_to_python(std::move(links.arrays));
  return nb::make_tuple(arrays, owning(std::move(links.accounts)));
}

PairFacts facts_of_run(const Store& store, std::uint64_t run, const Config& config) {
  const Snapshot snapshot = load(store, {.window = find_run(store, run).window,
                                         .weights = config.layers,
                                         .threads = config.threads,
                                         .memory_bytes = config.memory_bytes});
  return pair_facts(snapshot, links_of_run(store, run));
}

TemplateMatrix templates_of(const Store& store, const Config& config) {
  return load_templates(store, {.window = window_of(store, config.detect), .memory_bytes = config.memory_bytes});
}

// An array of the matrix, sharing its memory.
template <auto Field>
nb::object array_of_templates(nb::handle_t<TemplateMatrix> self) {
  return nb::cast(viewing(nb::cast<TemplateMatrix&>(self).*Field, self));
}

void bind_templates(nb::module_& m) {
  nb::class_<TemplateMatrix>(m, "LoadedTemplates", "Accounts x templates, in memory.")
      .def_prop_ro("starts", array_of_templates<&TemplateMatrix::starts>)
      .def_prop_ro("columns", array_of_templates<&TemplateMatrix::columns>)
      .def_prop_ro("counts", array_of_templates<&TemplateMatrix::counts>)
      .def_prop_ro("accounts", array_of_templates<&TemplateMatrix::accounts>)
      .def_prop_ro("templates", array_of_templates<&TemplateMatrix::templates>);
}

void bind_store_graphs(nb::class_<OpenStore>& store) {
  store
      .def(
          "templates",
          [](const OpenStore& self, const std::string& toml) {
            return unlocked_with(
                self, [&](const auto& opened) { return templates_of(*opened, parse_config(toml, "configuration")); });
          },
          nb::arg("config"))
      .def(
          "pair_facts",
          [](const OpenStore& self, std::uint64_t run, const std::string& toml) {
            return facts_to_python(unlocked_with(self, [&](const auto& opened) {
              return facts_of_run(*opened, run, parse_config(toml, "configuration"));
            }));
          },
          nb::arg("run"), nb::arg("config"))
      .def(
          "load",
          [](const OpenStore& self, const std::string& toml) {
            return unlocked_with(self, [&](const auto& opened) {
              const Config config = parse_config(toml, "configuration");
              return LoadedGraph{opened, std::make_shared<const Snapshot>(load_window(*opened, config))};
            });
          },
          nb::arg("config"))
      .def(
          "links",
          [](const OpenStore& self, std::uint64_t run) {
            return links_to_python(unlocked_with(self, [&](const auto& opened) { return links_of_run(*opened, run); }));
          },
          nb::arg("run"))
      .def(
          "names",
          [](const OpenStore& self, const InArray<std::uint64_t>& keys) {
            std::vector<VertexKey> wanted;
            for (const std::uint64_t key : span_of(keys)) wanted.push_back({kAccountKind, key});
            const auto names = unlocked_with(self, [&](const auto& opened) { return opened->names_of(wanted); });
            std::vector<std::string> result;
            for (const auto& name : names) result.push_back(name.value_or(""));
            return result;
          },
          nb::arg("keys"), "Of accounts.")
      .def(
          "explore",
          [](const OpenStore& self, const std::string& toml, Progress& progress) {
            return unlocked_with(self, [&](const auto& opened) {
              const Config config = parse_config(toml, "configuration");
              return Explored{opened, std::make_shared<const Exploration>(explore(*opened, config, progress.detect))};
            });
          },
          nb::arg("config"), nb::arg("progress"));
}

}  // namespace

void bind_store(nb::module_& m) {
  nb::class_<Progress>(m, "Progress", "How far a call is that another thread waits in.")
      .def(nb::init<>())
      .def("detection",
           [](const Progress& self) {
             return nb::make_tuple(self.detect.stage.load(), self.detect.stages_done.load(), DetectProgress::kStages);
           })
      .def("calibration",
           [](const Progress& self) {
             return nb::make_tuple("runs", self.calibrate.runs_done.load(), self.calibrate.runs.load());
           })
      .def("ingestion", [](const Progress& self) {
        return nb::make_tuple("bytes", self.ingest.bytes_done.load(), self.ingest.bytes_total.load());
      });

  nb::class_<OpenStore> store(m, "Store", "A store or a snapshot of one, open for reading.");
  store
      .def_static(
          "open",
          [](const std::string& place, std::size_t memory_bytes) {
            return unlocked([&] { return OpenStore{open_place(place, {OpenMode::read_only, memory_bytes}), place}; });
          },
          nb::arg("place"), nb::arg("memory_bytes"))
      .def("close", [](OpenStore& self) { self.store.reset(); })
      .def(
          "again",
          [](const OpenStore& self) {
            return OpenStore{self.need(), self.place};
          },
          "The same, which stays open when this is closed.")
      .def_prop_ro("closed", [](const OpenStore& self) { return !self.store; })
      .def_prop_ro("place", [](const OpenStore& self) { return self.place; })
      .def_prop_ro("kinds",
                   [](const OpenStore& self) {
                     std::vector<std::string> names;
                     for (const KindInfo& info : self.need()->kinds()) names.push_back(info.name);
                     return names;
                   })
      .def_prop_ro("day_range", [](const OpenStore& self) -> std::optional<std::pair<Day, Day>> {
        const auto range = self.need()->day_range();
        if (!range) return std::nullopt;
        return std::pair(range->first, range->last);
      });
  bind_questions(store);
  bind_store_tables(store);
  bind_store_graphs(store);
  bind_templates(m);
  bind_exploration(m);
}

}  // namespace ringscope::python
