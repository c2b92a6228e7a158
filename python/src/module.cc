#include "bind.h"
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>

#include "base/error.h"
#include "base/parallel.h"
#include "engine/config_text.h"
#include "engine/engine.h"

namespace ringscope::python {

void bind_errors(nb::module_&) {
  nb::register_exception_translator([](const std::exception_ptr& thrown, void*) {
    try {
      std::rethrow_exception(thrown);
    } catch (const Error& error) {
      const nb::object raised = nb::module_::import_("ringscope.errors")
                                    .attr("error_of")(to_string(error.code()), error.message(), error.context());
      PyErr_SetObject(raised.type().ptr(), raised.ptr());
    }
  });
}

}  // namespace ringscope::python

NB_MODULE(_core, m) {
  using namespace ringscope::python;
  m.doc() = "The engine under the package ringscope; use that.";
  nb::set_leak_warnings(false);
  bind_errors(m);
  m.def(
      "version", [] { return std::string(ringscope::version()); }, "Version of the engine.");
  m.def(
      "source_commit", [] { return std::string(ringscope::python::source_commit()); },
      "Commit that was compiled; empty: the sources were in no repository.");
  m.def("hardware_threads", &ringscope::hardware_threads, "Threads that the machine offers.");
  m.def(
      "normal_config",
      [](const std::string& toml) { return ringscope::print_config(ringscope::parse_config(toml, "configuration")); },
      nb::arg("toml"), "The configuration with every key, as TOML. Raises ConfigError.");
  m.def(
      "config_hash",
      [](const std::string& toml) { return ringscope::config_hash(ringscope::parse_config(toml, "configuration")); },
      nb::arg("toml"), "16 hexadecimal digits of everything in it that can change a result.");
  bind_tables(m);
  bind_graphs(m);
  bind_store(m);
  bind_algorithms(m);
  bind_lab(m);
}
