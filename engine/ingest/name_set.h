// The names that a run has seen: each is handed to the writer once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"

#include "storage/rows.h"

namespace ringscope {

class NameSet {
 public:
  NameSet();

  // Remembers the value behind a key. `kind` is any number that tells kinds apart. Two values of one key are both kept,
  // so that the writer can report the collision.
  void add(std::uint16_t kind, KeyHash hash, std::string_view value);

  // Calls visit(kind, hash, value) for what was added since the last take().
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

  std::size_t bytes() const { return new_names_.capacity() + seen_.capacity() * (sizeof(std::uint64_t) + 1); }

 private:
  struct Header {
    KeyHash hash;
    std::uint32_t length;
    std::uint16_t kind;
  };
  std::size_t read_header(std::size_t at, Header& header) const;

  static constexpr std::size_t kRecent = std::size_t{1} << 14;
  std::unique_ptr<std::array<std::uint64_t, kRecent>> recent_;  // spares the look-up of names that come again and again
  absl::flat_hash_set<std::uint64_t> seen_;
  std::string new_names_;
};

}  // namespace ringscope
