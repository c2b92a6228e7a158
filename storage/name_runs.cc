#include "storage/name_runs.h"

#include <algorithm>
#include <fstream>
#include <memory>
#include <queue>
#include <tuple>

#include "base/error.h"

namespace ringscope {
namespace {

auto order_of(const Name& name) { return std::tie(name.key, name.value); }
bool before(const Name& a, const Name& b) { return order_of(a) < order_of(b); }
bool equal(const Name& a, const Name& b) { return order_of(a) == order_of(b); }

void sort_unique(std::vector<Name>& names) {
  std::sort(names.begin(), names.end(), before);
  names.erase(std::unique(names.begin(), names.end(), equal), names.end());
}

// A spilled run: kind, hash, length of the value, the value; native byte order, the file never leaves the process.
class SpillReader {
 public:
  explicit SpillReader(const std::filesystem::path& file) : in_(file, std::ios::binary) { next(); }
  bool done() const { return done_; }
  const Name& name() const { return name_; }
  void next() {
    std::uint32_t size = 0;
    std::uint8_t kind = 0;
    in_.read(reinterpret_cast<char*>(&kind), sizeof kind);
    in_.read(reinterpret_cast<char*>(&name_.key.hash), sizeof name_.key.hash);
    in_.read(reinterpret_cast<char*>(&size), sizeof size);
    if (!in_) {
      done_ = true;
      return;
    }
    name_.key.kind = static_cast<KindId>(kind);
    name_.value.resize(size);
    in_.read(name_.value.data(), size);
    if (!in_) throw Error(ErrorCode::io, "a temporary file of names ended early");
  }

 private:
  std::ifstream in_;
  Name name_;
  bool done_ = false;
};

}  // namespace

void NameRuns::add(const Name& name) {
  names_.push_back(name);
  bytes_ += sizeof(Name) + name.value.size();
  if (bytes_ < most_bytes_) return;
  sort_unique(names_);
  bytes_ = 0;
  for (const Name& kept : names_) bytes_ += sizeof(Name) + kept.value.size();
  if (bytes_ >= most_bytes_ / 2) spill();
}

void NameRuns::spill() {
  const std::filesystem::path file = directory_ / ("names-" + std::to_string(spills_.size()));
  std::ofstream out(file, std::ios::binary);
  for (const Name& name : names_) {
    const auto size = static_cast<std::uint32_t>(name.value.size());
    const auto kind = static_cast<std::uint8_t>(name.key.kind);
    out.write(reinterpret_cast<const char*>(&kind), sizeof kind);
    out.write(reinterpret_cast<const char*>(&name.key.hash), sizeof name.key.hash);
    out.write(reinterpret_cast<const char*>(&size), sizeof size);
    out.write(name.value.data(), static_cast<std::streamsize>(name.value.size()));
  }
  out.flush();
  if (!out) throw Error(ErrorCode::io, "cannot write " + file.string() + "; is the disk full?");
  spills_.push_back(file);
  names_.clear();
  bytes_ = 0;
}

void NameRuns::merge(const std::function<void(const Name&)>& visit) {
  sort_unique(names_);
  if (spills_.empty()) {
    for (const Name& name : names_) visit(name);
    return;
  }
  spill();
  std::vector<std::unique_ptr<SpillReader>> readers;
  const auto later = [&](std::size_t a, std::size_t b) { return before(readers[b]->name(), readers[a]->name()); };
  std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(later)> next(later);
  for (const auto& file : spills_) {
    readers.push_back(std::make_unique<SpillReader>(file));
    if (!readers.back()->done()) next.push(readers.size() - 1);
  }
  Name last;
  for (bool first = true; !next.empty(); first = false) {
    const std::size_t reader = next.top();
    next.pop();
    if (first || !equal(readers[reader]->name(), last)) {
      last = readers[reader]->name();
      visit(last);
    }
    readers[reader]->next();
    if (!readers[reader]->done()) next.push(reader);
  }
}

}  // namespace ringscope
