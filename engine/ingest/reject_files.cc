#include "engine/ingest/reject_files.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>
#include <vector>

#include "base/atomic_file.h"
#include "base/error.h"
#include "engine/json.h"
#include "storage/sha256.h"

namespace ringscope {
namespace {

namespace fs = std::filesystem;

// The line without its text, if it has one that speaks; whether it had.
bool empty_line(std::string& line, const std::function<bool(std::string_view raw)>& speaks) {
  Json json = Json::parse(line, nullptr, false);
  if (!json.is_object() || !json.contains("raw") || !json["raw"].is_string()) return false;
  Json& raw = json["raw"];
  if (raw.get_ref<const std::string&>().empty() || !speaks(raw.get_ref<const std::string&>())) return false;
  raw = "";
  json.erase("check");
  line = with_check(json.dump(-1, ' ', false, Json::error_handler_t::replace));
  return true;
}

std::uint64_t empty_file(const fs::path& file, const std::function<bool(std::string_view raw)>& speaks) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw Error(ErrorCode::io, "cannot read the rejected lines", file.string());
  AtomicFile cleaned(file);
  std::uint64_t emptied = 0;
  for (std::string line; std::getline(in, line);) {
    emptied += empty_line(line, speaks) ? 1 : 0;
    cleaned.write(line);
    cleaned.write("\n");
  }
  if (in.bad()) throw Error(ErrorCode::io, "cannot read the rejected lines", file.string());
  if (emptied > 0) cleaned.commit();
  return emptied;
}

constexpr std::string_view kCheck = ",\"check\":\"";
constexpr std::size_t kCheckBytes = kCheck.size() + 16 + 2;

// Earlier programs wrote no digits behind the text.
bool is_as_written(const std::string& line) {
  const std::size_t at = line.size() - std::min(line.size(), kCheckBytes);
  if (line.compare(at, kCheck.size(), kCheck) != 0) {
    const Json json = Json::parse(line, nullptr, false);
    return json.is_object() && !json.empty() && std::prev(json.end()).key() == "raw";
  }
  return with_check(line.substr(0, at) + "}") == line;
}

}  // namespace

std::string with_check(std::string entry) {
  const std::string digits = check_digits(entry);
  entry.pop_back();
  return entry.append(kCheck).append(digits).append("\"}");
}

std::string reject_trouble(const fs::path& directory, const SourcePosition& position) {
  std::ifstream in(directory / (position.source + ".jsonl"), std::ios::binary);
  if (!in) return "";
  std::uint64_t number = 0;
  for (std::string line; number < position.rejected && std::getline(in, line);)
    if (++number; !is_as_written(line)) return "line " + std::to_string(number) + " of " + position.source + ".jsonl";
  return number < position.rejected ? position.source + ".jsonl ends too early" : "";
}

std::uint64_t empty_rejects(const fs::path& directory, const std::function<bool(std::string_view raw)>& speaks) {
  std::vector<fs::path> files;
  if (!fs::exists(directory)) return 0;
  for (const auto& entry : fs::directory_iterator(directory)) files.push_back(entry.path());
  std::uint64_t emptied = 0;
  for (const fs::path& file : files) {
    std::error_code error;
    if (file.extension() == ".jsonl" && !file.filename().string().starts_with('.')) {
      emptied += empty_file(file, speaks);
    } else if (fs::remove_all(file, error); error) {  // a copy of a stream, or a file that was not finished
      throw Error(ErrorCode::io, "cannot remove what was left there: " + error.message(), file.string());
    }
  }
  return emptied;
}

}  // namespace ringscope
