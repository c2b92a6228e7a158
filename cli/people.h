// Options of commands that people answer for: --by and --reason.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

namespace ringscope::cli {

// Adds both, required.
inline void add_person_options(CLI::App& app, std::string& by, std::string& reason) {
  app.add_option("--by", by, "Who says so")->required();
  app.add_option("--reason", reason, "Why, for whoever looks at it later")->required();
}

}  // namespace ringscope::cli
