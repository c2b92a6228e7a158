// A command of several verbs ("verdicts list", "verdicts undo"), one function each over the same options.
#pragma once

#include <functional>
#include <memory>

#include "cli/command.h"

namespace ringscope::cli {

template <class Options>
class Verbs {
 public:
  using Action = int (*)(const Globals& globals, const Options& options);

  explicit Verbs(CLI::App& app) : app_(app) {
    app.require_subcommand(1);
    app.get_formatter()->label("SUBCOMMAND", "VERB");
  }

  Options* operator->() const { return options_.get(); }

  CLI::App* add(const char* name, const char* summary, Action action) const {
    CLI::App* const verb = app_.add_subcommand(name, summary);
    verb->callback([chosen = chosen_, action] { *chosen = action; });
    return verb;
  }

  // What runs the verb that the command line names.
  std::function<int()> runner(const Globals& globals) const {
    return [options = options_, chosen = chosen_, &globals] { return (*chosen)(globals, *options); };
  }

 private:
  CLI::App& app_;
  std::shared_ptr<Options> options_ = std::make_shared<Options>();
  std::shared_ptr<Action> chosen_ = std::make_shared<Action>(nullptr);
};

}  // namespace ringscope::cli
