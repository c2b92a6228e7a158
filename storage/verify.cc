// Looking for damage in what each file and each value says by itself.
#include "base/error.h"
#include "storage/codec.h"
#include "storage/log_files.h"
#include "storage/roll.h"
#include "storage/store_internal.h"
#include "storage/vault.h"

namespace ringscope {
namespace {

using Decode = void (*)(std::string_view value);

// How a value is read of which nothing is asked but that it can be.
Decode decode_of(schema::Family family) {
  switch (family) {
    case schema::kCells:
      return [](std::string_view value) {
        std::vector<Cell> cells;
        decode_cells(value, DayWindow{}, cells);
      };
    case schema::kActivity:
      return [](std::string_view value) {
        std::vector<ActivityDay> days;
        decode_activity(value, DayWindow{}, days);
      };
    case schema::kFacts:
      return [](std::string_view value) { (void)decode_facts(value); };
    case schema::kPositions:
      return [](std::string_view value) { (void)decode_position(value); };
    case schema::kRejects:
      return [](std::string_view value) { (void)decode_reject(value); };
    case schema::kLinks:
      return [](std::string_view value) {
        if (!value.empty()) (void)decode_links(value);
      };
    case schema::kMembers:
      return [](std::string_view value) {
        if (!value.empty()) (void)decode_place(value);
      };
    case schema::kRolls:
      return [](std::string_view value) {
        if (!value.empty()) (void)visit_piece(value, [](KeyHash, std::string_view) {});
      };
    case schema::kTouched:
      return [](std::string_view value) {
        for (Decoder in(value, "touched accounts"); !in.done();) (void)in.fixed64();
      };
    case schema::kVault:
      return [](std::string_view value) { (void)decode_sealed(value); };
    default:
      return [](std::string_view) {};
  }
}

}  // namespace

void decode_value(schema::Family family, std::string_view value) { decode_of(family)(value); }

std::vector<std::string> verify(const Store::Impl& store) {
  std::vector<std::string> damage;
  const auto attempt = [&](const std::string& what, const auto& action) {
    try {
      action();
    } catch (const Error& error) {
      damage.push_back(what + ": " + error.what());
    }
  };
  for (const LogDamage& one : find_log_damage(store.path))
    damage.push_back(one.file + ": " + one.what + " at byte " + std::to_string(one.at));
  attempt("files", [&] { check(store.db->VerifyChecksum(), "verifying the checksums of blocks"); });
  attempt("files", [&] {
    const rocksdb::Status status = store.db->VerifyFileChecksums({});
    // One that is gone was let go by a writer meanwhile: whoever opens a store finds all that it needs.
    if (!status.IsPathNotFound()) check(status, "verifying the checksums of files");
  });
  for (std::size_t f = 0; f < schema::kFamilies; ++f) {
    const auto family = static_cast<schema::Family>(f);
    attempt(schema::kFamilyNames[f], [&] {
      store.scan(family, "", "", [&](std::string_view, std::string_view value) { decode_value(family, value); });
    });
  }
  return damage;
}

std::vector<std::string> Store::verify() const { return ringscope::verify(*impl_); }

}  // namespace ringscope
