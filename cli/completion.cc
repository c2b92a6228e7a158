#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/command_tree.h"
#include "cli/commands.h"
#include "cli/terminal.h"

namespace ringscope::cli {
namespace {

// In single quotes of a shell.
std::string in_quotes(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

std::string words_of(const std::vector<std::string>& words) { return fmt::format("{}", fmt::join(words, " ")); }

std::vector<std::string> option_names(const CommandSpec& command) {
  std::vector<std::string> names;
  for (const OptionSpec& option : command.options) {
    if (!option.positional) names.insert(names.end(), option.names.begin(), option.names.end());
  }
  return names;
}

std::vector<std::string> command_names(const CommandSpec& command) {
  std::vector<std::string> names;
  for (const CommandSpec& one : command.commands) names.push_back(one.name);
  return names;
}

// Calls visit(path, command) for the program ("") and every command under it ("rings", "verdicts list").
template <class Visit>
void walk(const CommandSpec& command, const std::string& path, const Visit& visit) {
  visit(path, command);
  for (const CommandSpec& one : command.commands) walk(one, path.empty() ? one.name : path + " " + one.name, visit);
}

// -- bash

std::string bash_values(const std::string& path, const CommandSpec& command) {
  std::string text;
  for (const OptionSpec& option : command.options) {
    if (option.positional || option.value.empty()) continue;
    for (const std::string& name : option.names) {
      const std::string words = option.choices.empty() ? (option.file ? "@file" : "@none") : words_of(option.choices);
      text += fmt::format("    {}) values={} ;;\n", in_quotes(path + ":" + name), in_quotes(words));
    }
  }
  return text;
}

std::string bash_script(const CommandSpec& program) {
  const std::vector<std::string> globals = option_names(program);
  std::string paths, words, values;
  walk(program, "", [&](const std::string& path, const CommandSpec& command) {
    if (!path.empty()) paths += fmt::format("      {}) path=\"$try\" ;;\n", in_quotes(path));
    std::vector<std::string> all = command_names(command);
    const std::vector<std::string> own = option_names(command);
    all.insert(all.end(), own.begin(), own.end());
    if (!path.empty()) all.insert(all.end(), globals.begin(), globals.end());
    words += fmt::format("    {}) words={} ;;\n", in_quotes(path), in_quotes(words_of(all)));
    values += bash_values(path, command);
  });
  return fmt::format(R"(# bash completion of ringscope; made by 'ringscope completion bash'
_ringscope() {{
  local cur="${{COMP_WORDS[COMP_CWORD]}}" prev="" path="" try="" word="" words="" values="" i
  ((COMP_CWORD > 0)) && prev="${{COMP_WORDS[COMP_CWORD - 1]}}"
  for ((i = 1; i < COMP_CWORD; ++i)); do
    word="${{COMP_WORDS[i]}}"
    try="${{path:+$path }}$word"
    case "$try" in
{}    esac
  done
  case "$path:$prev" in
{}  esac
  [[ -z $values && -n $path ]] && case ":$prev" in
{}  esac
  case "$values" in
    @file) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    @none) return ;;
    ?*) mapfile -t COMPREPLY < <(compgen -W "$values" -- "$cur"); return ;;
  esac
  case "$path" in
{}  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
  [[ $cur != -* && -n $path ]] && mapfile -t -O "${{#COMPREPLY[@]}}" COMPREPLY < <(compgen -f -- "$cur")
}}
complete -o filenames -F _ringscope ringscope
)",
                     paths, values, bash_values("", program), words);
}

// -- zsh

// In brackets of _arguments.
std::string zsh_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string zsh_action(const OptionSpec& option) {
  if (!option.choices.empty()) return "(" + words_of(option.choices) + ")";
  return option.file ? "_files" : " ";
}

std::string zsh_arguments(const CommandSpec& command, const CommandSpec& program) {
  std::string text;
  const auto add = [&](const OptionSpec& option) {
    for (const std::string& name : option.names) {
      const std::string value =
          option.value.empty() ? "" : fmt::format(":{}:{}", zsh_escaped(option.value), zsh_action(option));
      text += " \\\n        " + in_quotes(fmt::format("*{}[{}]{}", name, zsh_escaped(option.help), value));
    }
  };
  for (const OptionSpec& option : command.options) {
    if (!option.positional) add(option);
  }
  for (const OptionSpec& option : program.options) add(option);
  return text + " \\\n        '*:argument:_files'";
}

std::string zsh_commands(const CommandSpec& command) {
  std::string text;
  for (const CommandSpec& one : command.commands)
    text += "\n      " + in_quotes(zsh_escaped(one.name) + ":" + one.summary);
  return text;
}

std::string zsh_script(const CommandSpec& program) {
  std::string cases;
  walk(program, "", [&](const std::string& path, const CommandSpec& command) {
    if (path.empty()) return;
    if (command.commands.empty()) {
      cases += fmt::format("    {})\n      _arguments{}\n      ;;\n", in_quotes(path), zsh_arguments(command, program));
    } else {
      cases += fmt::format("    {})\n      local -a verbs=({}\n      )\n      _describe verb verbs\n      ;;\n",
                           in_quotes(path), zsh_commands(command));
    }
  });
  std::string known;
  walk(program, "", [&](const std::string& path, const CommandSpec&) {
    if (!path.empty()) known += fmt::format("      {}) path=$try ;;\n", in_quotes(path));
  });
  return fmt::format(R"(#compdef ringscope
# zsh completion of ringscope; made by 'ringscope completion zsh'
_ringscope() {{
  local path='' try='' word
  local -i i
  for ((i = 2; i < CURRENT; ++i)); do
    try="${{path:+$path }}${{words[i]}}"
    case $try in
{}    esac
  done
  case $path in
    '')
      if [[ $words[CURRENT] == -* ]]; then
        _arguments{}
        return
      fi
      local -a commands=({}
      )
      _describe command commands
      ;;
{}  esac
}}
_ringscope "$@"
)",
                     known, zsh_arguments(CommandSpec{}, program), zsh_commands(program), cases);
}

// -- fish

std::string fish_option(const std::string& condition, const OptionSpec& option) {
  std::string text = "complete -c ringscope";
  if (!condition.empty()) text += " -n " + in_quotes(condition);
  for (const std::string& name : option.names)
    text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  if (!option.value.empty()) text += option.file ? " -rF" : " -x";
  if (!option.choices.empty()) text += " -a " + in_quotes(words_of(option.choices));
  return text + " -d " + in_quotes(option.help) + "\n";
}

std::string fish_script(const CommandSpec& program) {
  std::string text = "# fish completion of ringscope; made by 'ringscope completion fish'\n";
  for (const OptionSpec& option : program.options) text += fish_option("", option);
  for (const CommandSpec& command : program.commands) {
    text += fmt::format("complete -c ringscope -n __fish_use_subcommand -a {} -d {}\n", command.name,
                        in_quotes(command.summary));
    const std::string seen = "__fish_seen_subcommand_from " + command.name;
    for (const OptionSpec& option : command.options) {
      if (!option.positional) text += fish_option(seen, option);
    }
    for (const CommandSpec& verb : command.commands) {
      text += fmt::format("complete -c ringscope -f -n {} -a {} -d {}\n", in_quotes(seen), verb.name,
                          in_quotes(verb.summary));
      for (const OptionSpec& option : verb.options) {
        if (!option.positional) text += fish_option(seen + "; and __fish_seen_subcommand_from " + verb.name, option);
      }
    }
  }
  return text;
}

}  // namespace

std::function<int()> setup_completion(CLI::App& app, const Globals&) {
  const auto shell = std::make_shared<std::string>();
  app.add_option("SHELL", *shell, "The shell that is to complete commands, options and their values")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  app.footer("Once: ringscope completion bash > ~/.local/share/bash-completion/completions/ringscope");
  return [shell, &app] {
    const CommandSpec program = describe(*app.get_parent());
    print(*shell == "bash" ? bash_script(program) : *shell == "zsh" ? zsh_script(program) : fish_script(program));
    return 0;
  };
}

}  // namespace ringscope::cli
