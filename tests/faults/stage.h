// A stage for faults: a small world, the operations that people and pipelines do on it one after the other, what each
// leads to when nothing goes wrong, and the real program to do them again while something does.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "state.h"

#include "base/random.h"

namespace ringscope::faults {

using Arguments = std::vector<std::string>;
using Environment = std::map<std::string, std::string>;

// From $RINGSCOPE_FAULT_SEED (1) and $RINGSCOPE_FAULT_ROUNDS (30).
std::uint64_t seed();
std::uint64_t rounds();
// From $RINGSCOPE_FAULT_STRIDE: every so many-th call of every operation is made to fail; 0 (when it is not set):
// drawn.
std::uint64_t stride();

struct Operation {
  const char* name;
  Arguments arguments;
  const char* output = "";   // a file that it writes beside the store; empty: none
  const char* backups = "";  // a directory of backups that it writes; empty: none
};

// In their order. 'erase' has a test of its own: the name that it gives is drawn.
const std::vector<Operation>& operations();
std::size_t number_of(std::string_view operation);

struct Ending {
  int status = 0;  // exit status; 128 + the signal when it was killed
  std::string out, err;
  bool fired = false;  // the library between made a fault
  bool killed() const { return status > 128; }
};

// A directory with the log files and a store in the state before an operation, to be broken.
class Place {
 public:
  Place();
  ~Place();
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  std::filesystem::path operator/(const std::string& name) const { return root_ / name; }
  // Puts everything as it was before (or, for the number of operations, after) operation `at`.
  void set_before(std::size_t at) const;
  // Runs the program here with its store "db"; with an environment beside the interposed library, see
  // tests/faultline/machine.h.
  Ending run(const Arguments& arguments, const Environment& environment = {}) const;
  // The same, killed after so many microseconds if it still runs.
  Ending run_for(const Arguments& arguments, std::uint64_t microseconds) const;
  // Limits the address space of the program (ulimit -v).
  Ending run_within(const Arguments& arguments, std::uint64_t bytes) const;
  // Starts it and does not wait.
  int start(const Arguments& arguments) const;
  static int wait_for(int process);

 private:
  std::filesystem::path root_;
};

// What nobody disturbed: made once, all operations one after the other.
class Reference {
 public:
  static const Reference& get();
  ~Reference();
  Reference(const Reference&) = delete;
  Reference& operator=(const Reference&) = delete;
  const State& before(std::size_t at) const { return states_[at]; }
  const State& after(std::size_t at) const { return states_[at + 1]; }
  const std::string& output(std::size_t at) const { return outputs_[at]; }  // of the operation's file
  // All that DB/rejects holds after the operation.
  const std::string& rejects(std::size_t at) const { return rejects_[at]; }
  const std::filesystem::path& saved(std::size_t at) const { return saved_[at]; }
  // How many calls of each kind the operation makes.
  const std::map<std::string, std::uint64_t>& calls(std::size_t at) const { return calls_[at]; }
  std::uint64_t microseconds(std::size_t at) const { return microseconds_[at]; }

 private:
  Reference();
  std::filesystem::path root_;
  std::vector<State> states_;
  std::vector<std::string> outputs_, rejects_;
  std::vector<std::filesystem::path> saved_;
  std::vector<std::map<std::string, std::uint64_t>> calls_;
  std::vector<std::uint64_t> microseconds_;
};

// A row of the table.
struct Tally {
  std::string fault{};
  std::uint64_t rounds = 0;
  std::uint64_t acknowledged = 0;  // operations that said they were done
  std::uint64_t lost = 0;          // of them, not there afterwards
  std::uint64_t wrong = 0;         // something else was there, or an invariant did not hold
  std::uint64_t unreported = 0;    // damage or failure that nobody was told of
  std::uint64_t fired = 0;         // rounds in which a fault was really made
  std::string first{};             // the first round that went wrong, in words
};
// What a tally does not show: no round, no fault in most of them, something lost, wrong or unreported.
std::vector<std::string> complaints(const Tally& tally);
// Prints the row and appends it to $RINGSCOPE_FAULTS_TABLE; fails the test when there are complaints.
void conclude(const Tally& tally);
void note(Tally& tally, std::uint64_t& counter, const std::string& what);

// After operation `at` ended so: what is there must be what was before or what was to come, all invariants must hold,
// and doing it again must lead to what was to come.
void judge(const Place& place, std::size_t at, const Ending& ending, Tally& tally);

// What is wrong with the store's audit; empty: nothing, or there is none.
std::string audit_trouble(const Place& place);

// The lines of DB/rejects.
std::string rejects_of(const std::filesystem::path& store);
std::string read_bytes(const std::filesystem::path& file);

}  // namespace ringscope::faults
