#include <array>

#include <fmt/format.h>

#include "base/error.h"
#include "engine/export/export.h"
#include "engine/export/shares.h"

namespace ringscope {
namespace {

constexpr auto kFormats = std::to_array<ExportFormat>({
    {"accounts", "csv", "account,ring,score,tier,membership,reasons", write_accounts_csv},
    {"accounts", "parquet", "the same as a table, reasons as a list", write_accounts_parquet},
    {"shares", "jsonl", "an account's share in each ring it has to do with, schema ringscope.account-share/1", nullptr,
     write_shares_jsonl},
    {"shares", "parquet", "the same as a table", nullptr, write_shares_parquet},
    {"rings", "jsonl", "one ring a line, schema ringscope.ring/1", write_rings_jsonl},
    {"rings", "parquet", "rings as a table", write_rings_parquet},
    {"evidence", "parquet", "what rings share, one row a ring and thing", write_evidence_parquet},
    {"rings", "stix", "a STIX 2.1 bundle: a grouping, accounts, addresses, indicators", nullptr, write_rings_stix,
     false, "stix.json"},
    {"rings", "graphml", "rings, accounts and shared things as a graph", nullptr, write_rings_graphml},
    {"events", "jsonl", "the feed: all that happened, was decided and told", nullptr, write_events_jsonl, true},
    {"actions", "jsonl", "of the feed only what machines are to do", nullptr, write_actions_jsonl, true},
    {"actions", "osprey", "the same as actions for ROOST Osprey", nullptr, write_actions_osprey, true, "osprey.jsonl"},
    {"actions", "coop", "the same as items for ROOST Coop", nullptr, write_actions_coop, true, "coop.jsonl"},
    {"bans", "csv", "what machines were told to ban and is banned still", nullptr, write_bans_csv},
    {"bans", "jsonl", "the same with reasons, schema ringscope.action-event/1", nullptr, write_bans_jsonl},
    {"bans", "ids", "the accounts alone, one a line", nullptr, write_bans_ids, false, "txt"},
    {"state", "jsonl", "what the feed has led to, to begin a consumer with", nullptr, write_state_jsonl},
    {"labels", "csv", "what people and appeals decided: account,label,source,…", nullptr, write_labels_csv},
    {"indicators", "stix", "what rings share, without accounts and payments, to share with others", nullptr,
     write_indicators_stix, false, "stix.json"},
    {"indicators", "jsonl", "the same as 'indicators import' reads it", nullptr, write_indicators_jsonl},
});

}  // namespace

std::span<const ExportFormat> export_formats() { return kFormats; }

const ExportFormat& find_export_format(std::string_view level, std::string_view name) {
  std::string known;
  for (const ExportFormat& format : kFormats) {
    if (format.level == level && format.name == name) return format;
    known += fmt::format("{}--level {} --format {}", known.empty() ? "" : ", ", format.level, format.name);
  }
  const std::string as = name.empty() ? "" : fmt::format(" as \"{}\"", name);
  throw Error(ErrorCode::usage, fmt::format("cannot export level \"{}\"{}; there is: {}", level, as, known));
}

}  // namespace ringscope
