#include <algorithm>
#include <string>
#include <vector>

#include "base/parallel.h"
#include "engine/lab/world/output.h"
#include "engine/lab/world/traffic.h"
#include "engine/lab/world/writer.h"

namespace ringscope::world {
namespace {

constexpr std::size_t kAccountsAChunk = 4096;
constexpr Offset kSliceSeconds = 600;  // a day is sorted and rendered in slices
constexpr std::size_t kSlices = kDaySeconds / kSliceSeconds;
constexpr std::size_t kSlicesAWave = 24;
constexpr std::size_t kLineBytes = 300;
constexpr std::array<std::string_view, 4> kPlanNames = {"free", "pro", "team", "api"};

class JsonLine {
 public:
  JsonLine(const World& world, std::string& text) : world_(world), text_(text) {}

  void add(const Request& request) {
    text_ += "{\"ts\":";
    append_number(text_, static_cast<std::uint64_t>(world_.start + request.at));
    text_ += ",\"account\":\"";
    append_account(text_, request.id);
    if (request.mark == Mark::banned) {
      text_ += "\",\"status\":\"banned\"}\n";
      return;
    }
    text_ += "\",\"ip\":\"";
    append_address(text_, request.address);
    if (request.payment != 0) {
      text_ += "\",\"payment\":\"";
      append_payment(text_, request.payment);
    }
    text_ += "\",\"fingerprint\":\"fp_";
    append_opaque(text_, request.device);
    text_ += "\",\"capability\":\"";
    text_ += kCapabilityNames[request.capability];
    if (request.templates != 0) {
      text_ += "\",\"template\":\"t_";
      append_opaque(text_, request.templates);
    }
    text_ += "\",\"model\":\"";
    text_ += kModelNames[request.model];
    text_ += "\",\"tokens\":";
    append_number(text_, request.tokens);
    text_ += ",\"tokens_out\":";
    append_number(text_, request.tokens_out);
    if (request.mark == Mark::first) facts(world_.accounts[request.account]);
    text_ += "}\n";
  }

 private:
  void facts(const Account& account) {
    text_ += ",\"email\":\"";
    append_mail(text_, account.id, account.mail_domain);
    text_ += "\",\"plan\":\"";
    text_ += kPlanNames[static_cast<std::size_t>(account.plan)];
    text_ += "\",\"created\":";
    append_number(text_, static_cast<std::uint64_t>(world_.start + account.created));
  }

  const World& world_;
  std::string& text_;
};

constexpr std::string_view kCsvHeader =
    "ts,account,ip,payment,fingerprint,email,capability,template,model,tokens,tokens_out,plan,created,status\n";

class CsvLine {
 public:
  CsvLine(const World& world, std::string& text) : world_(world), text_(text) {}

  void add(const Request& request) {
    append_number(text_, static_cast<std::uint64_t>(world_.start + request.at));
    text_ += ',';
    append_account(text_, request.id);
    if (request.mark == Mark::banned) {
      text_ += ",,,,,,,,,,,,banned\n";
      return;
    }
    const Account* facts = request.mark == Mark::first ? &world_.accounts[request.account] : nullptr;
    text_ += ',';
    append_address(text_, request.address);
    text_ += ',';
    if (request.payment != 0) append_payment(text_, request.payment);
    text_ += ",fp_";
    append_opaque(text_, request.device);
    text_ += ',';
    if (facts != nullptr) append_mail(text_, facts->id, facts->mail_domain);
    text_ += ',';
    text_ += kCapabilityNames[request.capability];
    text_ += ',';
    if (request.templates != 0) {
      text_ += "t_";
      append_opaque(text_, request.templates);
    }
    text_ += ',';
    text_ += kModelNames[request.model];
    text_ += ',';
    append_number(text_, request.tokens);
    text_ += ',';
    append_number(text_, request.tokens_out);
    text_ += ',';
    if (facts != nullptr) {
      text_ += kPlanNames[static_cast<std::size_t>(facts->plan)];
      text_ += ',';
      append_number(text_, static_cast<std::uint64_t>(world_.start + facts->created));
    } else {
      text_ += ',';
    }
    text_ += ",\n";
  }

 private:
  const World& world_;
  std::string& text_;
};

template <class Line>
std::string render(const World& world, std::vector<Request>& requests) {
  // Stable: requests of one account and second keep the order they were drawn in.
  std::ranges::stable_sort(requests,
                           [](const Request& a, const Request& b) { return a.at != b.at ? a.at < b.at : a.id < b.id; });
  std::string text;
  text.reserve(requests.size() * kLineBytes);
  Line line(world, text);
  for (const Request& request : requests) line.add(request);
  return text;
}

// One day's requests by slice of the day.
std::vector<std::vector<Request>> draw_slices(const World& world, int day, unsigned threads, std::uint64_t& requests) {
  const auto chunks = parallel_map_chunks<std::vector<Request>>(
      world.accounts.size(), kAccountsAChunk, threads, [&](const Chunk& chunk, unsigned) {
        std::vector<Request> drawn;
        for (std::size_t a = chunk.begin; a < chunk.end; ++a)
          draw_day(world, static_cast<std::uint32_t>(a), day, drawn);
        return drawn;
      });
  std::vector<std::vector<Request>> slices(kSlices);
  for (const auto& chunk : chunks) {
    for (const Request& request : chunk) {
      slices[static_cast<std::size_t>((request.at - day * kDaySeconds) / kSliceSeconds)].push_back(request);
      requests += request.mark != Mark::banned ? 1 : 0;
    }
  }
  return slices;
}

}  // namespace

Written write_events(const World& world, const std::filesystem::path& file) {
  const bool csv = world.options.format == "csv";
  const unsigned threads = world.options.threads;
  Output output(file);
  Written written;
  if (csv) output.write(kCsvHeader);
  for (int day = 0; day < world.options.days; ++day) {
    std::vector<std::vector<Request>> slices = draw_slices(world, day, threads, written.requests);
    for (std::size_t wave = 0; wave < kSlices; wave += kSlicesAWave) {
      const auto texts = parallel_map_chunks<std::string>(
          std::min(kSlicesAWave, kSlices - wave), 1, threads, [&](const Chunk& chunk, unsigned) {
            std::vector<Request>& slice = slices[wave + chunk.index];
            return csv ? render<CsvLine>(world, slice) : render<JsonLine>(world, slice);
          });
      for (const std::string& text : texts) output.write(text);
    }
  }
  written.bytes = output.close();
  return written;
}

}  // namespace ringscope::world
