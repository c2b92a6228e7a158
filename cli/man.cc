#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/command_tree.h"
#include "cli/commands.h"
#include "cli/terminal.h"

namespace ringscope::cli {
namespace {

// The character that begins at `at`, of valid UTF-8; moves on to the next.
unsigned code_point(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const unsigned first = byte(at);
  const std::size_t more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
  unsigned code = more == 0 ? first : first & (0x3fU >> more);
  for (std::size_t i = 1; i <= more; ++i) code = code << 6U | (byte(at + i) & 0x3fU);
  at += more + 1;
  return code;
}

// As roff reads it, in ASCII: no line of it is a request, no dash becomes a hyphen.
std::string roff(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const unsigned code = code_point(text, at);
    const char c = static_cast<char>(code);
    if (code >= 0x80) {
      out += fmt::format("\\[u{:04X}]", code);
    } else if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n')) out += "\\&";
      out += c;
    }
  }
  return out;
}

std::string bold(std::string_view text) { return "\\fB" + roff(text) + "\\fR"; }

std::string option_text(const OptionSpec& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.names) names.push_back(bold(name));
  std::string text = fmt::format(".TP\n{}", fmt::join(names, ", "));
  if (!option.value.empty() && !option.positional) text += " \\fI" + roff(option.value) + "\\fR";
  text += "\n" + roff(option.help);
  if (!option.help.ends_with('.') && !(option.choices.empty() && option.initial.empty())) text += ".";
  if (!option.choices.empty()) text += roff(fmt::format(" One of: {}.", fmt::join(option.choices, ", ")));
  if (!option.initial.empty()) text += roff(fmt::format(" Unless said: {}.", option.initial));
  return text + "\n";
}

std::string usage_of(const std::string& path, const CommandSpec& command) {
  std::string text = bold("ringscope " + path);
  if (!command.commands.empty()) return text + " \\fIVERB\\fR " + roff("…");
  text += " [\\fIoptions\\fR]";
  for (const OptionSpec& option : command.options) {
    if (!option.positional) continue;
    const std::string name = " \\fI" + roff(option.names.front()) + "\\fR";
    text += option.required ? name : " [" + name.substr(1) + "]";
  }
  return text;
}

void add_command(const std::string& path, const CommandSpec& command, std::string& out) {
  out += fmt::format(".SS {}\n{}\n.PP\n{}.\n", roff(path), usage_of(path, command), roff(command.summary));
  for (const OptionSpec& option : command.options) {
    if (option.names.front() != "--help") out += option_text(option);
  }
  if (!command.footer.empty()) out += ".PP\n" + roff(command.footer) + "\n";
  for (const CommandSpec& verb : command.commands) add_command(path + " " + verb.name, verb, out);
}

constexpr std::string_view kEnd = R"(.SH EXIT STATUS
.TP
.B 0
Done.
.TP
.B 1
Failed.
.TP
.B 2
Wrong usage.
.TP
.B 3
Done, but some input was rejected.
.TP
.B 4
Refused: another process holds the store, or the work would not fit into \-\-memory.
.SH ENVIRONMENT
.TP
.B RINGSCOPE_DB
The store, unless \-\-db names one.
.TP
.B NO_COLOR
Set to anything: no colours. There are none where standard output is no terminal either.
.TP
.B COLUMNS
Width that tables are fitted to, instead of the terminal's.
.SH FILES
.TP
.I ./ringscope.db
The store: a directory.
.SH SEE ALSO
The documents under docs/ of the source, and JSON Schemas of all that \-\-json prints under docs/schema/.
)";

std::string manual(const CommandSpec& program) {
  std::string out = ".TH RINGSCOPE 1 \"\" \"ringscope " RINGSCOPE_VERSION "\" \"User Commands\"\n";
  out += ".SH NAME\nringscope \\- find rings of coordinated accounts in an activity log and explain them\n";
  out += ".SH SYNOPSIS\n.B ringscope\n[\\fIoptions\\fR] \\fICOMMAND\\fR " + roff("…") + "\n";
  out += ".SH DESCRIPTION\n" + roff(program.summary) +
         "\nResults go to standard output, progress and logs to standard error. The options of the program may also "
         "follow the command.\n";
  out += ".SH OPTIONS\n";
  for (const OptionSpec& option : program.options) out += option_text(option);
  out += ".SH COMMANDS\n";
  for (const CommandSpec& command : program.commands) add_command(command.name, command, out);
  return out + std::string(kEnd);
}

}  // namespace

std::function<int()> setup_man(CLI::App& app, const Globals&) {
  app.footer("ringscope man | man -l -");
  return [&app] {
    print(manual(describe(*app.get_parent())));
    return 0;
  };
}

}  // namespace ringscope::cli
