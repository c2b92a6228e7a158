// A small log with an obvious ring, made from a seed.
#pragma once

#include <string>
#include <vector>

namespace ringscope {

class Program;

struct WorldOptions {
  int honest = 200;  // accounts with an address and a card of their own, and a shared office address
  int ring = 12;     // accounts "ring-0" … that share cards, fingerprints and addresses
  int events_each = 12;
};

// JSON Lines, one event each, in order of time.
std::vector<std::string> world_lines(const WorldOptions& options = {});
std::string joined(const std::vector<std::string>& lines);

// Ingests this log into the program's "db" and detects: one ring, at ban.
void make_store(const Program& program);

// Checks that lines of an account that was erased from a store ("db", …) are not taken in again, that it is said, and
// that others are.
void check_stays_away(const Program& program, const std::string& account, const std::string& store);

}  // namespace ringscope
