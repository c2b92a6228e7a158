// The names that a run has seen: each is handed to the writer once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "storage/rows.h"

namespace ringscope {

// A set of random 64-bit words: one memory access a look-up, which can be started before it is needed.
class WordSet {
 public:
  void prefetch(std::uint64_t word) const {
    if (!slots_.empty()) __builtin_prefetch(&slots_[word & (slots_.size() - 1)]);
  }
  // Whether the word is new.
  bool insert(std::uint64_t word);
  void clear();
  std::size_t bytes() const { return slots_.size() * sizeof(std::uint64_t); }

 private:
  void grow();

  std::vector<std::uint64_t> slots_;  // a power of two of them, 0 is free
  std::size_t used_ = 0;
};

class NameSet {
 public:
  // A name on its way into the set.
  struct Entry {
    std::uint64_t id = 0;  // of kind, key and value
    KeyHash hash = 0;
    std::string_view value;
    std::uint16_t kind = 0;
  };

  // Starts to look for a name; `kind` is any number that tells kinds apart.
  Entry prepare(std::uint16_t kind, KeyHash hash, std::string_view value) const;
  // Remembers the value behind a key. Two values of one key are both kept, so that the writer can report the collision.
  void add(const Entry& entry);

  // Calls visit(kind, hash, value) for what was added since the last forget_new().
  template <class Visit>
  void visit_new(const Visit& visit) const {
    for (std::size_t at = 0; at < new_names_.size();) {
      Header header;
      at = read_header(at, header);
      visit(header.kind, header.hash, std::string_view(new_names_).substr(at, header.length));
      at += header.length;
    }
  }
  // Forgets the new names; the keys are remembered while they take less than `keep_bytes`.
  void forget_new(std::size_t keep_bytes);

  std::size_t bytes() const { return new_names_.capacity() + seen_.bytes(); }

 private:
  struct Header {
    KeyHash hash;
    std::uint32_t length;
    std::uint16_t kind;
  };
  std::size_t read_header(std::size_t at, Header& header) const;

  WordSet seen_;
  std::string new_names_;
};

}  // namespace ringscope
