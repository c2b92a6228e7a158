// A planned world: who exists, which things each account can draw on, and when it is awake. Traffic is drawn from it
// day by day. All times here are seconds since the world's start.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/lab/simulate.h"

namespace ringscope::world {

using PoolId = std::uint32_t;
using Offset = std::int64_t;  // seconds since the start of the world

inline constexpr PoolId kNoPool = ~PoolId{0};
inline constexpr Offset kHourSeconds = 3600;
inline constexpr Offset kDaySeconds = 24 * kHourSeconds;

enum class PoolStyle : std::uint8_t {
  blocks,   // addresses filling /24 blocks, `detail` of them a block
  proxies,  // addresses rented: a share lies in home networks, the rest in `detail` /24 blocks of the operator's
  cards,    // payments; `detail` issuers, 0: whatever the public uses
  opaque,   // fingerprints and templates
};
enum class Popularity : std::uint8_t { uniform, zipf };

// A family of entity values; element e's value is computed, never stored.
struct Pool {
  std::uint64_t salt = 0;
  std::uint32_t size = 1;
  std::uint32_t detail = 1;
  float residential = 0;
  PoolStyle style = PoolStyle::opaque;
  Popularity popularity = Popularity::uniform;
};

// Where an account takes a value from: elements [first, first + span) of a pool. With spread k > 0 only k of them,
// chosen by `key` (who has the same key has the same k). hold_days > 0: a draw is kept so many days.
struct Source {
  PoolId pool = kNoPool;
  std::uint32_t first = 0;
  std::uint32_t span = 1;
  std::uint32_t key = 0;
  std::uint16_t spread = 0;
  std::uint8_t hold_days = 0;
};

enum class Schedule : std::uint8_t { human, office, student, clock, lesson, dispatcher, queue };
enum class Profile : std::uint8_t {
  everyday,
  developer,
  pupil,
  batch,
  extraction,
  extraction_tools,
  content,  // a content farm: writing, chat, translation
  even,     // all capabilities alike
};
enum class Plan : std::uint8_t { free, pro, team, api };

// A situation an account sends requests from: at home, at work, through the pool, …
struct Context {
  Source address, device, templates;
  float rate = 1;                     // requests on a day it is on
  float on = 1;                       // chance of a day to be on
  float template_chance = 0;          // else an ordinary prompt
  float output = 1;                   // tokens out, of an ordinary request's
  float keen = 0.03F;                 // share of traffic that moves to a new model within a day
  std::uint16_t slot = 0, slots = 1;  // dispatcher, queue: whose turn among how many
  std::int16_t first_day = 0, last_day = 32767;
  Schedule schedule = Schedule::human;
  Profile profile = Profile::everyday;
  std::uint8_t hour = 0;  // lesson: when it starts
};

struct Account {
  std::uint64_t id = 0;
  std::uint32_t group = 0;
  std::uint32_t first_context = 0;
  std::uint8_t contexts = 0;
  std::uint8_t least = 1;  // requests on the first day
  std::int8_t zone = 0;    // hours east of UTC
  Plan plan = Plan::free;
  bool banned = false;  // at `end`
  Source payment;
  std::uint32_t mail_domain = 0;
  Offset created = 0;         // may be before the start
  Offset begin = 0, end = 0;  // first and last moment of activity
};

struct Group {
  std::string name = {};  // "office12"; empty: individuals; rings "thin-1"
  std::string_view kind = {};
  bool is_ring = false;
  std::uint32_t size = 0;
  double hardness = 0;
  std::vector<std::pair<std::string, double>> knobs = {};
};

struct Succession {
  std::uint32_t banned, successor;
};

// A pool whose traffic moved to another when it was banned; groups.
struct PoolSuccession {
  std::uint32_t banned, successor;
  bool exact;  // some things of the banned are used again
};

struct World {
  SimulateOptions options;
  std::int64_t start = 0;  // epoch seconds
  Offset length = 0;
  std::vector<Pool> pools;
  std::vector<Account> accounts;
  std::vector<Context> contexts;
  std::vector<Group> groups;
  std::vector<Succession> successions;
  std::vector<PoolSuccession> pool_successions;
  PoolId popular_templates = 0;
  std::vector<PoolId> home_networks;  // where residential proxies live
};

}  // namespace ringscope::world
