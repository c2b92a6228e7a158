// What a release says of itself: a page for people, and Croissant's JSON-LD for machines.
#include <fmt/format.h>

#include "engine/export/share/share.h"
#include "engine/json.h"

namespace ringscope {
namespace {

const char* words_of(AddressMode mode) {
  switch (mode) {
    case AddressMode::prefix:
      return "addresses under names that keep common prefixes: who knows one address of a network knows which others "
             "are "
             "in it";
    case AddressMode::net:
      return "of addresses the network alone (/24, /48), under a name that keeps common prefixes";
    case AddressMode::token:
      break;
  }
  return "addresses as words that say nothing of networks";
}

Json context() {
  return Json::parse(R"({"@language":"en","@vocab":"https://schema.org/","sc":"https://schema.org/",
"cr":"http://mlcommons.org/croissant/","rai":"http://mlcommons.org/croissant/RAI/","dct":"http://purl.org/dc/terms/",
"citeAs":"cr:citeAs","column":"cr:column","conformsTo":"dct:conformsTo",
"data":{"@id":"cr:data","@type":"@json"},"dataType":{"@id":"cr:dataType","@type":"@vocab"},
"equivalentProperty":"cr:equivalentProperty","examples":{"@id":"cr:examples","@type":"@json"},"extract":"cr:extract","field":"cr:field",
"fileProperty":"cr:fileProperty","fileObject":"cr:fileObject","fileSet":"cr:fileSet","format":"cr:format",
"includes":"cr:includes","isLiveDataset":"cr:isLiveDataset","jsonPath":"cr:jsonPath","key":"cr:key","md5":"cr:md5",
"parentField":"cr:parentField","path":"cr:path","recordSet":"cr:recordSet","references":"cr:references",
"regex":"cr:regex","repeated":"cr:repeated","replace":"cr:replace","samplingRate":"cr:samplingRate","separator":"cr:separator","source":"cr:source",
"subField":"cr:subField","transform":"cr:transform"})");
}

struct FieldText {
  const char *name, *type, *text;
};

Json record_set(const char* id, const char* file, std::initializer_list<FieldText> fields) {
  Json list = Json::array();
  for (const FieldText& one : fields) {
    list.push_back({{"@type", "cr:Field"},
                    {"@id", fmt::format("{}/{}", id, one.name)},
                    {"name", one.name},
                    {"description", one.text},
                    {"dataType", one.type},
                    {"source", {{"fileObject", {{"@id", file}}}, {"extract", {{"column", one.name}}}}}});
  }
  return {{"@type", "cr:RecordSet"}, {"@id", id}, {"name", id}, {"field", list}};
}

}  // namespace

std::string share_readme(const ShareRisk& risk, const SharedGraph& shared, const ShareOptions& options,
                         const ShareSource& source) {
  std::uint64_t rare = 0;
  for (const auto& [kind, one] : shared.rare) rare += one.things;
  return fmt::format(
      R"(# Release {0}: who touched what, under pseudonyms

Made by ringscope {1} (commit {2}) from a run with digest {3}, settings {4}.

- `edges.csv`: {5} edges of {6} accounts and {7} things: account, kind, value, count, ts (first), last. `ringscope ingest edges.csv` reads it.
- `accounts.csv`: the ring, its tier and the score of each account; empty: in no ring.
- `risk.json`: the figures below. `croissant.json`: this card for machines, with SHA-256 of every file.

## What was done

- Every account, thing and ring has a pseudonym: HMAC-SHA256 under a key for this release and kind, cut to 128 bits. Without the owner's key, names can be neither computed nor checked; two releases do not join.
- In this release: {8}.
- Times are moved by up to {9} seconds, an edge as a whole.
- Things of fewer than {10} accounts are left out ({11} of them), and {12} accounts of which nothing was left, {13} of them in rings.
- No prompts, templates, models, volumes, plans, reasons or summaries are in it. Scores are rounded to 0.01.

## What risk is left

- Who knows how many things of each kind an account has finds {14:.1f}% of the accounts for certain, and one with a chance of {15:.1f}% in the mean; the smallest group that these numbers cannot tell apart has {16}.
- Who holds the **same log with names** finds {17:.1f}% for certain by the shape of the graph alone. Pseudonyms do not help against that: give the release to nobody who has the log.
- Prefix-preserving addresses give way to whoever plants traffic from addresses of their own in the log before the release, or recognises large networks by their size.
- Times are not hidden beyond the shift: a burst at a known moment can be recognised.
)",
      options.release, source.version, source.commit.empty() ? "unknown" : source.commit,
      source.digest.empty() ? "none" : source.digest, source.config_hash, shared.graph.edges.size(),
      shared.graph.accounts, shared.graph.nodes.size() - shared.graph.accounts, words_of(options.addresses),
      options.jitter, options.least, rare, shared.accounts_dropped, shared.ring_accounts_dropped,
      100 * risk.unique_share, 100 * risk.marketer, risk.smallest_class, 100 * risk.structure_unique_share);
}

std::string share_croissant(const SharedGraph& shared, const ShareOptions& options, const ShareSource& source,
                            const std::vector<SharedFile>& files) {
  Json distribution = Json::array();
  for (const SharedFile& file : files) {
    const char* format = file.name.ends_with(".csv")    ? "text/csv"
                         : file.name.ends_with(".json") ? "application/json"
                                                        : "text/markdown";
    distribution.push_back({{"@type", "cr:FileObject"},
                            {"@id", file.name},
                            {"name", file.name},
                            {"contentUrl", file.name},
                            {"contentSize", fmt::format("{} B", file.bytes)},
                            {"encodingFormat", format},
                            {"sha256", file.sha256}});
  }
  const Json json = {
      {"@context", context()},
      {"@type", "sc:Dataset"},
      {"conformsTo", "http://mlcommons.org/croissant/1.0"},
      {"name", options.release},
      {"description",
       fmt::format(
           "Who touched what, pseudonymous: {} accounts, {} edges; rings of coordinated accounts as ringscope {} "
           "(commit {}) found them, run digest {}, settings {}.",
           shared.graph.accounts, shared.graph.edges.size(), source.version, source.commit, source.digest,
           source.config_hash)},
      {"version", "1.0.0"},
      {"rai:personalSensitiveInformation",
       "Pseudonyms of accounts, addresses, cards and devices; see README.md and risk.json"},
      {"distribution", distribution},
      {"recordSet",
       {record_set("edges", "edges.csv",
                   {{"account", "sc:Text", "pseudonym"},
                    {"kind", "sc:Text", "kind of the thing: ip, payment, …"},
                    {"value", "sc:Text", "pseudonym of the thing"},
                    {"count", "sc:Integer", "sightings"},
                    {"ts", "sc:Integer", "first sighting, seconds since 1970, moved"},
                    {"last", "sc:Integer", "last sighting, moved by the same"}}),
        record_set("accounts", "accounts.csv",
                   {{"account", "sc:Text", "pseudonym"},
                    {"ring", "sc:Text", "pseudonym of the ring; empty: none"},
                    {"tier", "sc:Text", "ban, review or watch"},
                    {"score", "sc:Float", "probability that the account is one of a coordinated ring"}})}}};
  return json.dump(2) + "\n";
}

}  // namespace ringscope
