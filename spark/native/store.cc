// The core's side: parts into a store, detection there, and what is read out of it.
#include <filesystem>

#include "spark/native/arrays.h"
#include "spark/native/workers.h"
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/vector.h>

#include "base/error.h"
#include "engine/config.h"
#include "engine/detect/detect.h"
#include "engine/detect/project/helpers.h"
#include "engine/detect/ring/ring_json.h"
#include "engine/export/export.h"
#include "engine/ingest/part_import.h"

namespace ringscope::spark {
namespace {

// A store with an import that is open.
class Importer {
 public:
  Importer(const std::string& path, std::string source, std::string label, bool live)
      : store_(Store::open(path, {.mode = OpenMode::create, .memory_bytes = std::size_t{256} << 20})),
        import_(std::make_unique<PartImport>(*store_, std::move(source), std::move(label),
                                             live ? PartImport::Way::live : PartImport::Way::bulk)) {}

  bool known() const { return import_->known(); }

  void add_cells(const std::vector<std::string>& kinds, const Column<std::int64_t>& account,
                 const Column<std::uint8_t>& kind, const Column<std::int64_t>& entity, const Column<std::int32_t>& day,
                 const Column<std::int64_t>& count, const Column<std::int64_t>& first,
                 const Column<std::int64_t>& last) {
    const nb::gil_scoped_release released;
    const std::vector<KindId> numbers = numbers_of(kinds, view(kind));
    import_->add_cells({view(account), numbers, view(entity), view(day), view(count), view(first), view(last)});
  }
  void add_activity(const Column<std::int64_t>& account, const Column<std::int64_t>& offsets,
                    const Column<std::uint8_t>& bytes) {
    const TextView packed(offsets, bytes);
    const nb::gil_scoped_release released;
    for (std::size_t i = 0; i < packed.size(); ++i)
      import_->add_activity(static_cast<KeyHash>(view(account)[i]), packed[i]);
  }
  void add_facts(const Column<std::int64_t>& account, const Column<std::int64_t>& offsets,
                 const Column<std::uint8_t>& bytes) {
    const TextView packed(offsets, bytes);
    const nb::gil_scoped_release released;
    for (std::size_t i = 0; i < packed.size(); ++i)
      import_->add_facts(static_cast<KeyHash>(view(account)[i]), packed[i]);
  }
  void add_names(const std::vector<std::string>& kinds, const Column<std::uint8_t>& kind,
                 const Column<std::int64_t>& key, const Column<std::int64_t>& offsets,
                 const Column<std::uint8_t>& bytes) {
    const TextView values(offsets, bytes);
    const nb::gil_scoped_release released;
    const std::vector<KindId> numbers = numbers_of(kinds, view(kind));
    for (std::size_t i = 0; i < values.size(); ++i)
      import_->add_name(numbers[i], static_cast<KeyHash>(view(key)[i]), values[i]);
  }
  nb::dict commit(std::uint64_t lines, std::uint64_t rejected) {
    const CommitInfo info = [&] {
      const nb::gil_scoped_release released;
      const CommitInfo committed = import_->commit(lines, rejected);
      import_.reset();
      store_.reset();
      return committed;
    }();
    nb::dict result;
    result["batch"] = info.batch;
    result["accounts"] = info.accounts.size();
    result["collisions"] = info.collisions.size();
    return result;
  }
  // Gives up what was added and closes the store.
  void close() {
    import_.reset();
    store_.reset();
  }

 private:
  std::vector<KindId> numbers_of(const std::vector<std::string>& kinds, std::span<const std::uint8_t> of) {
    std::vector<KindId> of_kind;
    for (const std::string& kind : kinds) of_kind.push_back(import_->kind(kind));
    std::vector<KindId> numbers;
    numbers.reserve(of.size());
    for (const std::uint8_t kind : of) numbers.push_back(of_kind.at(kind));
    return numbers;
  }

  std::unique_ptr<Store> store_;
  std::unique_ptr<PartImport> import_;
};

Config config_of(const std::string& file, std::size_t memory_bytes, unsigned threads) {
  Config config = file.empty() ? Config{} : read_config(file);
  if (memory_bytes != 0) config.memory_bytes = memory_bytes;
  if (threads != 0) config.threads = threads;
  return config;
}

std::string detect_in(const std::string& path, const std::string& config_file, std::size_t memory_bytes,
                      unsigned threads, const nb::object& workers) {
  const std::unique_ptr<DetectHelper> helper = workers.is_none() ? nullptr : helper_of(workers);
  const nb::gil_scoped_release released;
  const Config config = config_of(config_file, memory_bytes, threads);
  const auto store = Store::open(path, {.mode = OpenMode::write, .memory_bytes = config.memory_bytes / 4});
  DetectProgress progress;
  return run_to_json(detect_with(*store, config, progress, helper ? *helper : no_helper()).summary);
}

std::uint64_t export_to(const std::string& path, const std::string& level, const std::string& format,
                        const std::string& out) {
  const nb::gil_scoped_release released;
  const auto store = Store::open(path, {.mode = OpenMode::read_only});
  return export_run(*store, find_export_format(level, format), {}, std::filesystem::path(out)).rows;
}

}  // namespace

void bind_store(nb::module_& module) {
  nb::class_<Importer>(module, "Importer", "Puts merged parts into a store, in one durable step.")
      .def(nb::init<const std::string&, std::string, std::string, bool>(), nb::arg("store"), nb::arg("source"),
           nb::arg("label"), nb::arg("live") = false)
      .def_prop_ro("known", &Importer::known)
      .def("add_cells", &Importer::add_cells)
      .def("add_activity", &Importer::add_activity)
      .def("add_facts", &Importer::add_facts)
      .def("add_names", &Importer::add_names)
      .def("commit", &Importer::commit, nb::arg("lines"), nb::arg("rejected"))
      .def("close", &Importer::close);
  module.def("detect", &detect_in, nb::arg("store"), nb::arg("config") = "", nb::arg("memory_bytes") = 0,
             nb::arg("threads") = 0, nb::arg("workers") = nb::none(),
             "Runs detection in a store; returns the run's summary as JSON.");
  module.def("export", &export_to, nb::arg("store"), nb::arg("level"), nb::arg("format"), nb::arg("out"));
}

}  // namespace ringscope::spark
