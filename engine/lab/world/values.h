// From a pool's element to the value written in the log. Nothing in a value tells who made it.
#pragma once

#include <cstdint>
#include <string>

#include "base/random.h"
#include "engine/lab/world/world.h"

namespace ringscope::world {

inline constexpr std::uint32_t kMailProviders = 16;  // mail domains below are public providers

// A value as a number: an IPv4 address, a card (issuer << 40 | 40 bits), or 40 opaque bits. 0: none.
using Word = std::uint64_t;

Word value_of(const World& world, PoolId pool, std::uint32_t element);

// Draws a value of the source on a day. The n-th request of a first day shows the n-th element of a spread (nth >= 0).
Word draw(const World& world, const Source& source, int day, int nth, Random& random);

// As they are written: "203.0.113.7", "538877-d367a1b2c3", "fp_…" / "t_…" (10 hex digits), 13 letters, "….@domain".
void append_address(std::string& text, Word word);
void append_payment(std::string& text, Word word);
void append_opaque(std::string& text, Word word);
void append_account(std::string& text, std::uint64_t id);
void append_mail(std::string& text, std::uint64_t id, std::uint32_t domain);
void append_number(std::string& text, std::uint64_t number);

}  // namespace ringscope::world
