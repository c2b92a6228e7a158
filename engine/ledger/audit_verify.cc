// Looks whether anything was done to the audit.
#include <fstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/error.h"
#include "base/hex.h"
#include "engine/ledger/audit_internal.h"

namespace ringscope {

using namespace audit;

namespace {

class Verifier {
 public:
  explicit Verifier(const std::filesystem::path& store) : store_(store) {
    if (const auto bytes = from_hex(read_small(public_file(store)))) key_ = public_key(*bytes);
  }

  AuditCheck run(const std::optional<AuditHead>& kept) {
    const Seen seen = see();
    if (!key_ && seen.whole > 0) wrong("the public key cannot be read");  // before the first line it need not be there
    std::ifstream in(log_file(store_), std::ios::binary);
    std::uint64_t at = 0;
    for (std::string line; key_ && at < seen.whole && std::getline(in, line); at += line.size() + 1)
      check_line(line, seen.head, kept);
    check_heads(seen.head, kept);
    return std::move(check_);
  }

 private:
  // Log and head of one moment, whoever writes meanwhile. What a write left unfinished is no line: nobody was told that
  // it is there, and the next one takes its place. Of a line that was told of, the head knows.
  struct Seen {
    std::uint64_t whole = 0;  // bytes of whole lines
    std::optional<AuditHead> head;
  };
  Seen see() const {
    const int file = open(log_file(store_).c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) throw Error(ErrorCode::io, "cannot read the audit", store_.string());
    const std::unique_ptr<const int, void (*)(const int*)> closed(&file, [](const int* one) { close(*one); });
    const Locked lock(file, Hold::read);
    return {line_begin(file, size_of(file)), audit_head(store_)};
  }

  void wrong(std::string what) { check_.wrong.push_back(std::move(what)); }

  void check_line(const std::string& line, const std::optional<AuditHead>& head, const std::optional<AuditHead>& kept) {
    const std::uint64_t number = ++check_.lines;
    const auto parsed = parse_line(line);
    if (!parsed) {
      wrong(fmt::format("line {} cannot be read", number));
      hash_.clear();
      return;
    }
    if (parsed->entry.seq != seq_ + 1)
      wrong(fmt::format("line {} has the number {} where {} follows: lines were taken out, put in or moved", number,
                        parsed->entry.seq, seq_ + 1));
    if (!hash_.empty() && parsed->before != hash_)
      wrong(fmt::format("line {} does not follow the line before it", number));
    if (hash_of(parsed->hashed) != parsed->hash) wrong(fmt::format("line {} was changed", number));
    if (!is_signed(key_.get(), signed_text(parsed->entry.seq, parsed->hash), parsed->signature))
      wrong(fmt::format("line {} is not signed by this store's key", number));
    seq_ = parsed->entry.seq;
    hash_ = parsed->hash;
    if (head && head->seq == seq_ && head->hash != hash_)
      wrong(fmt::format("line {} is not the one of the head", number));
    if (kept && kept->seq == seq_ && kept->hash != hash_)
      wrong(fmt::format("line {} is not the one of the head that was kept", number));
  }

  // After a power cut the head may be some lines behind: they are on the disk before it is.
  void check_heads(const std::optional<AuditHead>& head, const std::optional<AuditHead>& kept) {
    if (!head && check_.lines > 0 && !std::filesystem::exists(head_file(store_))) wrong("the head is gone");
    if (head && key_ && !is_signed(key_.get(), signed_text(head->seq, head->hash), head->signature))
      wrong("the head is not signed by this store's key");
    if (head && head->seq > seq_)
      wrong(fmt::format("the log ends with line {}, its head says {}: lines were cut off", seq_, head->seq));
    if (kept && kept->seq > seq_)
      wrong(fmt::format("the log ends with line {}, the head that was kept says {}: lines were cut off", seq_,
                        kept->seq));
  }

  std::filesystem::path store_;
  Key key_;
  AuditCheck check_;
  std::uint64_t seq_ = 0;
  std::string hash_ = kNoHash;
};

}  // namespace

AuditCheck verify_audit(const std::filesystem::path& store, const std::optional<AuditHead>& kept) {
  if (!std::filesystem::exists(log_file(store))) {
    AuditCheck check;
    if (kept && kept->seq > 0) check.wrong.push_back("the log is gone");
    if (audit_head(store)) check.wrong.push_back("the log is gone, its head is there");
    return check;
  }
  return Verifier(store).run(kept);
}

}  // namespace ringscope
