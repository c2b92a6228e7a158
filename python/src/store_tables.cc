// Tables of the log and of the feed: entities, accounts, cells, activity, events.
#include <unordered_map>

#include "tables.h"

#include "engine/export/feed.h"
#include "engine/ledger/feed_json.h"

namespace ringscope::python {
namespace {

struct KeyBits {
  std::size_t operator()(const VertexKey& key) const {
    return std::hash<std::uint64_t>()(key.hash + static_cast<std::uint8_t>(key.kind));
  }
};

// Names as a dictionary, and the code of a key; what has none is called "".
struct Names {
  std::unordered_map<VertexKey, std::int32_t, KeyBits> code;
  TextColumn texts;

  std::int32_t code_of(VertexKey key, std::string_view name) {
    const auto [at, is_new] = code.try_emplace(key, static_cast<std::int32_t>(code.size()));
    if (is_new) texts.add(name);
    return at->second;
  }
};

// All names of a kind, ascending by hash.
void read_names(const Store& store, KindId kind, Names& names) {
  store.scan_names(kind, [&](KeyHash hash, std::string_view value) { (void)names.code_of({kind, hash}, value); });
}

std::shared_ptr<const Column> dictionary_of(Names&& names) {
  return std::make_shared<Column>(std::move(names.texts).finish("values"));
}

struct Totals {
  std::uint64_t requests = 0, tokens_in = 0, tokens_out = 0;
  std::uint32_t days = 0;
  Day first = kNoDay, last = kNoDay;
};

std::unordered_map<KeyHash, Totals> totals_of(const Store& store) {
  std::unordered_map<KeyHash, Totals> totals;
  store.scan_activity({}, 0, 1, [&](KeyHash account, std::span<const ActivityDay> activity) {
    Totals& sum = totals[account];
    for (const ActivityDay& day : activity) {
      sum.requests += day.requests;
      sum.tokens_in += day.tokens_in;
      sum.tokens_out += day.tokens_out;
      if (day.day == kNoDay) continue;
      ++sum.days;
      if (sum.first == kNoDay) sum.first = day.day;
      sum.last = day.day;
    }
  });
  return totals;
}

}  // namespace

Table entities_table(const Store& store, const Snapshot& snapshot, std::span<const double> bits) {
  const BipartiteGraph graph = snapshot.graph();
  const std::size_t count = snapshot.entities.size();
  std::vector<std::string> values(count);
  std::vector<std::int32_t> kind(count);
  TextColumn kinds;
  for (std::size_t layer = 0; layer < snapshot.layers.size(); ++layer) {
    kinds.add(snapshot.layers[layer].name);
    for (Vertex r = graph.layer_begin(layer); r < graph.layer_end(layer); ++r)
      kind[r] = static_cast<std::int32_t>(layer);
    scan_names_of(store, snapshot, layer, [&](Vertex r, std::string_view value) { values[r] = value; });
  }
  TextColumn texts;
  std::vector<std::uint64_t> keys;
  std::vector<std::uint64_t> accounts;
  for (Vertex r = 0; r < count; ++r) {
    texts.add(values[r]);
    keys.push_back(snapshot.entities[r].hash);
    accounts.push_back(graph.right_degree(r));
  }
  std::vector<Column> columns;
  columns.push_back(coded("kind", std::move(kind), std::make_shared<Column>(std::move(kinds).finish("values"))));
  columns.push_back(std::move(texts).finish("value"));
  columns.push_back(numbers("key", std::move(keys)));
  columns.push_back(numbers("accounts", std::move(accounts)));
  if (!bits.empty()) columns.push_back(numbers("bits", std::vector<double>(bits.begin(), bits.end())));
  return table_of(std::move(columns));
}

Table account_names_table(const Store& store, const Snapshot& snapshot) {
  TextColumn names;
  std::size_t next = 0;
  const auto pass_to = [&](KeyHash hash) {  // accounts without a name have an empty one
    for (; next < snapshot.accounts.size() && snapshot.accounts[next] < hash; ++next) names.add("");
  };
  store.scan_names(kAccountKind, [&](KeyHash hash, std::string_view name) {
    pass_to(hash);
    if (next < snapshot.accounts.size() && snapshot.accounts[next] == hash) {
      names.add(name);
      ++next;
    }
  });
  for (; next < snapshot.accounts.size(); ++next) names.add("");
  std::vector<Column> columns;
  columns.push_back(std::move(names).finish("account"));
  columns.push_back(numbers("key", std::vector<std::uint64_t>(snapshot.accounts)));
  return table_of(std::move(columns));
}

Table accounts_table(const Store& store, std::uint64_t run) {
  std::unordered_map<KeyHash, Totals> totals = totals_of(store);
  std::unordered_map<KeyHash, AccountFacts> facts;
  store.scan_facts([&](KeyHash account, const AccountFacts& one) { facts.emplace(account, one); });
  std::unordered_map<KeyHash, std::string> rings;
  if (run != 0) store.scan_places(run, [&](const StoredPlace& member) { rings.emplace(member.account, member.ring); });
  TextColumn account, plan, status, ring;
  std::vector<std::uint64_t> key, requests, tokens_in, tokens_out;
  std::vector<std::uint32_t> active_days;
  std::vector<Seconds> created;
  std::vector<Day> first, last;
  store.scan_names(kAccountKind, [&](KeyHash hash, std::string_view name) {
    account.add(name);
    key.push_back(hash);
    const AccountFacts& fact = facts[hash];
    created.push_back(fact.created);
    plan.add(fact.plan.value());
    status.add(fact.status.value());
    const Totals& sum = totals[hash];
    requests.push_back(sum.requests);
    tokens_in.push_back(sum.tokens_in);
    tokens_out.push_back(sum.tokens_out);
    active_days.push_back(sum.days);
    first.push_back(sum.first);
    last.push_back(sum.last);
    const auto at = rings.find(hash);
    ring.add(at == rings.end() ? "" : at->second);
  });
  std::vector<Column> columns;
  columns.push_back(std::move(account).finish("account"));
  columns.push_back(numbers("key", std::move(key)));
  columns.push_back(times("created", std::move(created)));
  columns.push_back(std::move(plan).finish("plan"));
  columns.push_back(std::move(status).finish("status"));
  columns.push_back(numbers("requests", std::move(requests)));
  columns.push_back(numbers("tokens_in", std::move(tokens_in)));
  columns.push_back(numbers("tokens_out", std::move(tokens_out)));
  columns.push_back(numbers("active_days", std::move(active_days)));
  columns.push_back(days("first_day", std::move(first)));
  columns.push_back(days("last_day", std::move(last)));
  columns.push_back(std::move(ring).finish("ring"));
  return table_of(std::move(columns));
}

Table cells_table(const Store& store, const DayWindow& window) {
  std::unordered_map<KindId, std::int32_t> kind_codes;
  TextColumn kind_names;
  Names accounts;
  read_names(store, kAccountKind, accounts);
  for (const KindInfo& info : store.kinds()) {
    kind_codes.emplace(info.id, static_cast<std::int32_t>(kind_names.size()));
    kind_names.add(info.name);
  }
  // One dictionary of values for all kinds, so that a column has one.
  Names values;
  for (const KindInfo& info : store.kinds()) read_names(store, info.id, values);
  std::vector<std::int32_t> account, kind, value;
  std::vector<std::uint32_t> count;
  std::vector<Day> day;
  std::vector<Seconds> first, last;
  store.scan_cells(window, [&](KeyHash hash, std::span<const Cell> cells) {
    const std::int32_t code = accounts.code_of({kAccountKind, hash}, {});
    for (const Cell& cell : cells) {
      account.push_back(code);
      kind.push_back(kind_codes.at(cell.entity.kind));
      value.push_back(values.code_of(cell.entity, {}));
      day.push_back(cell.day);
      count.push_back(cell.count);
      first.push_back(cell.first);
      last.push_back(cell.last);
    }
  });
  std::vector<Column> columns;
  columns.push_back(coded("account", std::move(account), dictionary_of(std::move(accounts))));
  columns.push_back(coded("kind", std::move(kind), std::make_shared<Column>(std::move(kind_names).finish("values"))));
  columns.push_back(coded("value", std::move(value), dictionary_of(std::move(values))));
  columns.push_back(days("day", std::move(day)));
  columns.push_back(numbers("count", std::move(count)));
  columns.push_back(times("first", std::move(first)));
  columns.push_back(times("last", std::move(last)));
  return table_of(std::move(columns));
}

Table activity_table(const Store& store, const DayWindow& window) {
  Names accounts;
  read_names(store, kAccountKind, accounts);
  std::vector<std::int32_t> account;
  std::vector<Day> day;
  std::vector<std::uint64_t> requests, tokens_in, tokens_out, templated;
  store.scan_activity(window, 0, 1, [&](KeyHash hash, std::span<const ActivityDay> activity) {
    const std::int32_t code = accounts.code_of({kAccountKind, hash}, {});
    for (const ActivityDay& one : activity) {
      account.push_back(code);
      day.push_back(one.day);
      requests.push_back(one.requests);
      tokens_in.push_back(one.tokens_in);
      tokens_out.push_back(one.tokens_out);
      templated.push_back(one.templated);
    }
  });
  std::vector<Column> columns;
  columns.push_back(coded("account", std::move(account), dictionary_of(std::move(accounts))));
  columns.push_back(days("day", std::move(day)));
  columns.push_back(numbers("requests", std::move(requests)));
  columns.push_back(numbers("tokens_in", std::move(tokens_in)));
  columns.push_back(numbers("tokens_out", std::move(tokens_out)));
  columns.push_back(numbers("templated", std::move(templated)));
  return table_of(std::move(columns));
}

namespace {

struct EventColumns {
  TextColumn type, ring, document;
  std::vector<std::uint64_t> seq, run;

  void add(std::uint64_t number, const FeedEvent& event, std::string_view json) {
    seq.push_back(number);
    std::visit([&](const auto& one) { name(one); }, event);
    document.add(json);
  }
  void name(const RingEvent& event) {
    type.add(to_string(event.change));
    ring.add(event.ring);
    run.push_back(event.run);
  }
  void name(const ActionEvent& event) {
    type.add(to_string(event.type));
    ring.add(event.ring);
    run.push_back(event.run);
  }
  void name(const VerdictNotice&) { name_plain("verdict"); }
  void name(const SwitchEvent& event) { name_plain(event.halted ? "halt" : "resume"); }
  void name_plain(const char* text) {
    type.add(text);
    ring.add("");
    run.push_back(0);
  }
};

}  // namespace

Table events_table(const Store& store, std::uint64_t after, std::uint64_t limit) {
  EventColumns c;
  const std::uint64_t last = limit == 0 ? store.last_event() : std::min(store.last_event(), after + limit);
  store.scan_events(after + 1, last, [&](const StoredEvent& stored) {
    const FeedEvent event = feed_event_from_json(stored);
    c.add(stored.seq, event, event_to_json(event, store));
  });
  std::vector<Column> columns;
  columns.push_back(numbers("seq", std::move(c.seq)));
  columns.push_back(std::move(c.type).finish("type"));
  columns.push_back(std::move(c.ring).finish("ring"));
  columns.push_back(numbers("run", std::move(c.run)));
  columns.push_back(std::move(c.document).finish("event"));
  return table_of(std::move(columns));
}

}  // namespace ringscope::python
