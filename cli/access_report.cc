#include "engine/release/access_report.h"

#include "cli/commands.h"
#include "cli/terminal.h"

namespace ringscope::cli {

std::function<int()> setup_access_report(CLI::App& app, const Globals& globals) {
  const auto account = std::make_shared<std::string>();
  app.add_option("ACCOUNT", *account, "Whose account")->required();
  app.footer("Prints one JSON document, with --json or without.");
  return [account, &globals] {
    print_line(access_report(*open_store(globals, OpenMode::read_only), *account));
    return 0;
  };
}

}  // namespace ringscope::cli
