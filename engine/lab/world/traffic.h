// Requests, drawn from a planned world one account and day at a time, each from its own random stream.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/lab/world/values.h"
#include "engine/lab/world/world.h"

namespace ringscope::world {

enum class Mark : std::uint8_t { none, first, banned };  // an account's first request; the line that says it is banned

struct Request {
  Offset at = 0;
  std::uint64_t id = 0;       // the account's; orders requests of one second
  std::uint32_t account = 0;  // index in the world
  std::uint32_t address = 0;
  Word payment = 0, device = 0, templates = 0;
  std::uint32_t tokens = 0, tokens_out = 0;
  std::uint8_t capability = 0, model = 0;
  Mark mark = Mark::none;
};

inline constexpr std::size_t kCapabilities = 8;
inline constexpr std::size_t kModels = 3;
extern const std::array<std::string_view, kCapabilities> kCapabilityNames;
extern const std::array<std::string_view, kModels> kModelNames;
inline constexpr double kRelease = 0.6;  // of the month: the last model comes out

// Expected requests of one context on a day, at its present rate; 0 outside the account's life.
double expected_requests(const World& world, const Account& account, const Context& context, int day);

// Appends the account's requests of a day, in no order but with the marks right.
void draw_day(const World& world, std::uint32_t account, int day, std::vector<Request>& requests);

}  // namespace ringscope::world
