#include <algorithm>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>

#include "base/error.h"
#include "base/parallel.h"
#include "engine/ingest/account_rows.h"
#include "engine/ingest/fold.h"
#include "engine/profile.h"

namespace ringscope {
namespace {

// Lets threads write one after the other in the order of their partitions.
class Turnstile {
 public:
  // Runs `pass` when all turns before `turn` are over. Does nothing once a turn has failed.
  template <class Pass>
  void pass(std::size_t turn, const Pass& pass) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return broken_ || next_ == turn; });
    if (broken_) return;
    pass();
    ++next_;
    changed_.notify_all();
  }
  void give_up() {
    const std::scoped_lock lock(mutex_);
    broken_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t next_ = 0;
  bool broken_ = false;
};

void collect(const RecordBuffer& buffer, std::vector<RecordAt>& records) {
  for (const RecordBuffer::Piece& piece : buffer.pieces()) {
    for (std::size_t at = 0; at < piece.used; at += record_words(unpack(piece.words[at + 2])))
      records.push_back({piece.words[at], piece.words.get() + at});
  }
}

}  // namespace

Fold::Kinds Fold::number_kinds(const std::function<KindId(std::string_view)>& number_of) const {
  std::map<std::string_view, KindId>
      ids;  // ascending, so that the numbers do not depend on which thread saw a kind first
  for (const auto& shard : shards_) {
    if (shard->too_many_kinds_)
      throw Error(ErrorCode::input, "more than 250 entity kinds; does the field kind hold values?");
    for (const std::string& kind : shard->kinds_) ids.emplace(kind, KindId{});
  }
  for (auto& [name, id] : ids) id = number_of(name);
  Kinds kinds;
  for (const auto& shard : shards_) {
    std::vector<KindId>& numbers = kinds.map.emplace_back();
    for (const std::string& kind : shard->kinds_) numbers.push_back(ids.at(kind));
  }
  // A kind that no event has named is the kind of no tag.
  if (const auto at = ids.find("capability"); at != ids.end()) kinds.capability = at->second;
  if (const auto at = ids.find("model"); at != ids.end()) kinds.model = at->second;
  return kinds;
}

void Fold::write_rows(const Kinds& kinds, BatchWriter& writer) {
  RecordMeaning meaning;
  for (std::size_t s = 0; s < shards_.size(); ++s) meaning.shards.push_back({kinds.map[s], shards_[s]->words_});
  meaning.capability = kinds.capability;
  meaning.model = kinds.model;
  Turnstile turnstile;
  parallel_chunks(kPartitions, 1, threads(), [&](const Chunk& chunk, unsigned) {
    try {
      std::vector<RecordAt> records;
      for (const auto& shard : shards_) collect(shard->partitions_[chunk.index], records);
      const std::vector<AccountRow> rows = build_rows(records, meaning);
      for (const auto& shard : shards_) shard->partitions_[chunk.index].clear();
      writer.add_rows(rows, [&](const std::function<void()>& add) { turnstile.pass(chunk.index, add); });
    } catch (...) {
      turnstile.give_up();
      throw;
    }
  });
}

void Fold::write_names(const KindMap& kinds, BatchWriter& writer) {
  for (std::size_t s = 0; s < shards_.size(); ++s) {
    Name name;
    shards_[s]->names_.visit_new([&](std::uint16_t kind, KeyHash hash, std::string_view value) {
      name.key = {kind == kAccountNumber ? kAccountKind : kinds[s][kind], hash};
      name.value = value;
      writer.add_name(name);
    });
    shards_[s]->names_.forget_new(memory_bytes_ / shards_.size() / 4);
  }
}

void Fold::write_seals(const KindMap& kinds, BatchWriter& writer) {
  for (std::size_t s = 0; s < shards_.size(); ++s) {
    Name name;
    shards_[s]->seals_.visit(
        [&](std::uint16_t kind, KeyHash hash, const std::string& stored, Day day, const std::string& value) {
          name.key = {kinds[s][kind], hash};
          name.value = stored;
          writer.add_sealed(name, day, value);
        });
    shards_[s]->seals_.clear();
  }
}

void Fold::flush(Store& store, BatchWriter& writer) {
  flush([&](std::string_view kind) { return store.intern_kind(kind); }, writer);
}

void Fold::flush(const std::function<KindId(std::string_view)>& number_of, BatchWriter& writer) {
  const Stage stage("flush");
  const Kinds kinds = number_kinds(number_of);
  {
    const Stage rows("rows");
    write_rows(kinds, writer);
  }
  {
    const Stage names("names");
    write_names(kinds.map, writer);
    write_seals(kinds.map, writer);
  }
  for (const auto& shard : shards_) {
    shard->record_bytes_ = 0;
    shard->words_.clear();
    shard->word_numbers_.clear();
    shard->words_bytes_ = 0;
  }
}

}  // namespace ringscope
