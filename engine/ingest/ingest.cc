#include "engine/ingest/ingest.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <numeric>

#include "engine/ingest/bytes.h"
#include "engine/ingest/source.h"
#include "engine/ingest/value_policy.h"
#include "engine/profile.h"

namespace ringscope {
namespace {

struct Input {
  std::string label;
  bool regular = false;
  std::uint64_t size = 0;
};

// Opens each file once, so that a missing one is found before anything is read.
std::vector<Input> look_at(std::span<const std::string> files) {
  std::vector<Input> inputs;
  for (const std::string& label : files) {
    if (label == "-") {
      inputs.push_back({label, false, 0});
      continue;
    }
    const FileBytes file(label);
    inputs.push_back({label, file.is_regular(), file.size()});
  }
  return inputs;
}

// Shorter files first: a copy of the beginning of another must be known before the other is read on from there.
std::vector<std::size_t> order_of(const std::vector<Input>& inputs) {
  std::vector<std::size_t> order(inputs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return inputs[i].size; });
  return order;
}

std::uint64_t total_bytes(const std::vector<Input>& inputs) {
  std::uint64_t bytes = 0;
  for (const Input& input : inputs) {
    if (!input.regular) return 0;
    bytes += input.size;
  }
  return bytes;
}

// What the commits of one ingest come to. An account is in many batches of a stream, and counts once.
class Commits {
 public:
  void add(const CommitInfo& info) {
    accounts_.insert(accounts_.end(), info.accounts.begin(), info.accounts.end());
    if (accounts_.size() >= 2 * distinct_) count();
    collisions_.insert(collisions_.end(), info.collisions.begin(), info.collisions.end());
  }
  void report_to(IngestReport& report) {
    count();
    report.accounts = distinct_;
    report.collisions = std::move(collisions_);
  }

 private:
  void count() {
    std::ranges::sort(accounts_);
    accounts_.erase(std::unique(accounts_.begin(), accounts_.end()), accounts_.end());
    distinct_ = accounts_.size();
  }

  std::vector<KeyHash> accounts_;
  std::size_t distinct_ = 0;  // of them when they were last counted
  std::vector<Name> collisions_;
};

void read_files(IngestJob& job, const std::vector<Input>& inputs, std::vector<SourceResult>& results,
                Commits& commits) {
  if (std::ranges::none_of(inputs, &Input::regular)) return;
  const auto writer = job.store.bulk_writer();
  {
    const Stage stage("read");
    for (const std::size_t i : order_of(inputs))
      if (inputs[i].regular) results[i] = read_file(job, *writer, inputs[i].label, inputs[i].label);
    job.pipeline.flush(job.store, *writer);
  }
  const auto consumed = [](const SourceResult& result) { return result.report.bytes > 0; };
  const Stage stage("commit");
  if (std::ranges::any_of(results, consumed)) commits.add(writer->commit());
}

void read_streams(IngestJob& job, const std::vector<Input>& inputs, std::vector<SourceResult>& results,
                  Commits& commits) {
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].regular) continue;
    const Stage stage("stream");
    results[i] = read_stream(job, inputs[i].label, [&](const CommitInfo& info) { commits.add(info); });
  }
}

void sum_up(IngestReport& report, std::vector<SourceResult>& results) {
  for (SourceResult& result : results) {
    report.events += result.report.events;
    report.rejected += result.report.rejected;
    for (Reject& reject : result.first_rejects)
      if (report.first_rejects.size() < kFirstRejects) report.first_rejects.push_back(std::move(reject));
    report.sources.push_back(std::move(result.report));
  }
}

}  // namespace

IngestReport ingest(Store& store, std::span<const std::string> files, const IngestOptions& options,
                    IngestProgress& progress) {
  const Stage stage("ingest");
  const auto begin = std::chrono::steady_clock::now();
  const std::vector<Input> inputs = look_at(files);
  progress.bytes_total = total_bytes(inputs);
  const ValuePolicy policy(store, PolicyFor::ingest);
  IngestJob job{store, options, progress, Pipeline(options, policy, progress), store.positions()};
  std::vector<SourceResult> results(inputs.size());
  IngestReport report;
  Commits commits;
  read_files(job, inputs, results, commits);
  read_streams(job, inputs, results, commits);
  commits.report_to(report);
  sum_up(report, results);
  report.suppressed = job.pipeline.suppressed();
  report.unknown_fields = job.pipeline.ignored_fields();
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return report;
}

}  // namespace ringscope
