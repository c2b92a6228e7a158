// Sources are recognised by their content: the hash of their first bytes and of all that has been read of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/store.h"

struct XXH3_state_s;

namespace ringscope {

inline constexpr std::size_t kHeadBytes = std::size_t{64} << 10;

// 128-bit XXH3 of bytes that come piece by piece; a copy goes on by itself.
class PrefixHasher {
 public:
  PrefixHasher();
  PrefixHasher(const PrefixHasher& other);
  PrefixHasher& operator=(const PrefixHasher& other);
  PrefixHasher(PrefixHasher&&) noexcept = default;
  PrefixHasher& operator=(PrefixHasher&&) noexcept = default;
  ~PrefixHasher() = default;

  void update(std::string_view bytes);
  std::uint64_t bytes() const { return bytes_; }
  std::string hex() const;

 private:
  struct Free {
    void operator()(XXH3_state_s* state) const;
  };
  std::unique_ptr<XXH3_state_s, Free> state_;
  std::uint64_t bytes_ = 0;
};

// What a source is and how far it has been read.
struct Recognition {
  SourcePosition position;  // offset 0: a new source
  PrefixHasher hasher;      // of the first `position.offset` bytes
  char last_byte = '\n';    // the one before the offset
};

// The stored positions of sources that begin like this one. `head` is its first kHeadBytes, or all of it.
std::vector<SourcePosition> candidates(std::span<const SourcePosition> stored, std::string_view head);

// A position at the start of a source with this head: its identity differs from that of all `stored`.
Recognition new_source(std::span<const SourcePosition> stored, std::string_view head, const std::string& label);

// Reads a source from its start and tells which candidate fits best: feed() it piece by piece until done().
class PrefixMatcher {
 public:
  explicit PrefixMatcher(std::vector<SourcePosition> candidates);

  // Bytes until the next place of interest; 0 when there is none.
  std::uint64_t wants() const;
  void feed(std::string_view bytes);  // at most wants()
  const std::optional<Recognition>& best() const { return best_; }

 private:
  void check();

  std::vector<SourcePosition> candidates_;  // ascending by offset
  std::size_t next_ = 0;
  PrefixHasher hasher_;
  char last_byte_ = '\n';
  std::optional<Recognition> best_;
};

}  // namespace ringscope
