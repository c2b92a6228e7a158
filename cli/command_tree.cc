#include "cli/command_tree.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace ringscope::cli {
namespace {

// "TEXT:{ban,review}" -> ban, review.
std::vector<std::string> choices_in(const std::string& type) {
  std::vector<std::string> choices;
  const std::size_t begin = type.find(":{"), end = type.rfind('}');
  if (begin == std::string::npos || end == std::string::npos) return choices;
  std::string_view rest = std::string_view(type).substr(begin + 2, end - begin - 2);
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    choices.emplace_back(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return choices;
}

bool names_a_file(const OptionSpec& option, const std::string& type) {
  constexpr std::array<std::string_view, 6> kNames{"--out", "--config", "--db", "--svg", "FILE", "TRUTH"};
  return type == "FILE" || std::ranges::any_of(option.names, [&](const std::string& name) {
           return std::ranges::find(kNames, name) != kNames.end();
         });
}

OptionSpec describe(const CLI::Option& option) {
  OptionSpec spec;
  for (const std::string& name : option.get_lnames()) spec.names.push_back("--" + name);
  for (const std::string& name : option.get_snames()) spec.names.push_back("-" + name);
  spec.positional = spec.names.empty();
  if (spec.positional) spec.names.push_back(option.get_name(true));
  const std::string type = option.get_type_name();
  if (option.get_items_expected_max() > 0) {
    spec.value = type.substr(0, type.find_first_of(":[( "));
    spec.choices = choices_in(type);
    spec.initial = option.get_default_str();
  }
  spec.file = names_a_file(spec, type);
  spec.help = option.get_description();
  spec.required = option.get_required();
  return spec;
}

}  // namespace

CommandSpec describe(const CLI::App& app) {
  CommandSpec spec{app.get_name(), app.get_description(), app.get_footer(), {}, {}};
  for (const CLI::Option* option : app.get_options([](const CLI::Option*) { return true; }))
    spec.options.push_back(describe(*option));
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    spec.commands.push_back(describe(*command));
  return spec;
}

}  // namespace ringscope::cli
