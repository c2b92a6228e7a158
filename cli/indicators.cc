#include "engine/ledger/indicators.h"

#include <algorithm>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "engine/json.h"

namespace ringscope::cli {
namespace {

constexpr int kSomeRejected = 3;
constexpr std::size_t kRejectsShown = 20;

enum class Verb { import, list, remove };

struct Options {
  Verb verb = Verb::list;
  std::string file;
  std::string campaign;
};

std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

// -- import

void warn(const IndicatorImport& result) {
  const std::size_t shown = std::min(result.rejects.size(), kRejectsShown);
  for (std::size_t i = 0; i < shown; ++i) {
    const IndicatorReject& reject = result.rejects[i];
    spdlog::warn("{}: {}{}", escaped(reject.place), reject.field.empty() ? "" : escaped(reject.field) + ": ",
                 escaped(reject.reason));
  }
  if (shown < result.rejects.size())
    spdlog::warn("… and {} more; --json lists them all", thousands(result.rejects.size() - shown));
}

std::string import_json(const std::string& file, const IndicatorImport& result) {
  Json rejects = Json::array();
  for (const IndicatorReject& reject : result.rejects) {
    rejects.push_back({{"place", reject.place}, {"field", reject.field}, {"reason", reject.reason}});
  }
  return dump({{"schema", "ringscope.indicators-import/1"},
               {"file", file},
               {"read", result.read},
               {"added", result.added},
               {"rejected", result.rejects.size()},
               {"campaigns", result.campaigns},
               {"rejects", std::move(rejects)}});
}

int import(const Globals& globals, const Options& options) {
  const auto store = open_store(globals, OpenMode::create);
  const IndicatorImport result = import_indicators(*store, options.file, options.campaign);
  warn(result);
  if (globals.json) {
    print_line(import_json(options.file, result));
  } else {
    print_line(fmt::format("{} of {}: {} new, {} known already, {} rejected",
                           count_of(result.read, "indicator", "indicators"),
                           count_of(result.campaigns.size(), "campaign", "campaigns"), thousands(result.added),
                           thousands(result.read - result.added), thousands(result.rejects.size())));
    if (result.added > 0) print_line("The next 'ringscope detect' looks for them.");
  }
  return result.rejects.empty() ? 0 : kSomeRejected;
}

// -- list

void print_campaigns(const std::vector<StoredIndicator>& indicators, bool has_asn_table) {
  if (indicators.empty()) {
    print_line("No indicators. 'ringscope indicators import FILE' reads some.");
    return;
  }
  Table table({{"campaign", Align::left, 16}, {"kind"}, {"value", Align::left, 16}, {"", Align::left, 10}});
  std::size_t campaigns = 0;
  for (std::size_t i = 0; i < indicators.size(); ++i) {
    const bool first = i == 0 || indicators[i].campaign != indicators[i - 1].campaign;
    campaigns += first ? 1 : 0;
    table.add({{first ? indicators[i].campaign : "", Style::bold},
               {indicators[i].kind},
               {indicators[i].value},
               {indicator_note(indicators[i], has_asn_table), Style::dim}});
  }
  table.print();
  print_line(styled(fmt::format("{} of {}.", count_of(indicators.size(), "indicator", "indicators"),
                                count_of(campaigns, "campaign", "campaigns")),
                    Style::dim));
}

int list(const Globals& globals) {
  const bool has_asn_table = !globals.config().detect.asn_table.empty();
  const auto indicators = open_store(globals, OpenMode::read_only)->indicators();
  if (globals.json) {
    for (const std::string& line : indicators_to_json(indicators, has_asn_table)) print_line(line);
  } else {
    print_campaigns(indicators, has_asn_table);
  }
  return 0;
}

// -- remove

int remove(const Globals& globals, const Options& options) {
  const auto store = open_store(globals, OpenMode::write);
  const std::uint64_t removed = store->remove_indicators(options.campaign);
  if (removed == 0) {
    throw Error(ErrorCode::not_found,
                fmt::format("no campaign is called \"{}\"; 'ringscope indicators list' names them", options.campaign));
  }
  if (globals.json) {
    print_line(
        dump({{"schema", "ringscope.indicators-remove/1"}, {"campaign", options.campaign}, {"removed", removed}}));
  } else {
    print_line(
        fmt::format("{} removed. Published runs keep what they said.", count_of(removed, "indicator", "indicators")));
  }
  return 0;
}

int run(const Globals& globals, const Options& options) {
  switch (options.verb) {
    case Verb::import:
      return import(globals, options);
    case Verb::remove:
      return remove(globals, options);
    case Verb::list:
      break;
  }
  return list(globals);
}

}  // namespace

std::function<int()> setup_indicators(CLI::App& app, const Globals& globals) {
  const auto options = std::make_shared<Options>();
  app.require_subcommand(1);
  app.get_formatter()->label("SUBCOMMAND", "VERB");
  CLI::App* const reads = app.add_subcommand("import", "Read indicators from a file; a second time changes nothing");
  reads->add_option("FILE", options->file, "JSON, JSON Lines or a STIX 2.1 bundle; - is standard input")->required();
  reads->add_option("--campaign", options->campaign, "Campaign of the indicators that name none");
  reads->footer("Exit status 3: done, but some entries were rejected.");
  reads->callback([options] { options->verb = Verb::import; });
  CLI::App* const lists = app.add_subcommand("list", "Print all indicators by campaign");
  lists->callback([options] { options->verb = Verb::list; });
  CLI::App* const removes = app.add_subcommand("remove", "Remove a campaign with all its indicators");
  removes->add_option("CAMPAIGN", options->campaign, "Its name")->required();
  removes->callback([options] { options->verb = Verb::remove; });
  return [options, &globals] { return run(globals, *options); };
}

}  // namespace ringscope::cli
