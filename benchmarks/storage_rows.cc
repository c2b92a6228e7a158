// Packed rows against one key a cell: time to write sorted files and take them in, bytes on disk, time to scan.
//
// The same cells are written both ways into fresh databases with the store's own codec and options, scanned, and the
// scans' sums compared before anything is printed. usage: storage_rows [ACCOUNTS] [ROUNDS]
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include <fmt/format.h>
#include <rocksdb/db.h>
#include <rocksdb/sst_file_writer.h>
#include <rocksdb/table.h>
#include <unistd.h>

#include "base/random.h"
#include "storage/codec.h"
#include "storage/schema.h"

using namespace ringscope;

namespace {

struct Row {
  KeyHash account;
  std::vector<Cell> cells;
};

// About 50 cells an account: a device every day, a card now and then, an address or two a day.
std::vector<Row> make_rows(std::size_t accounts) {
  std::vector<Row> rows(accounts);
  for (std::size_t a = 0; a < accounts; ++a) {
    Random random(7, a);
    rows[a].account = random();
    const KeyHash card = random(), device = random();
    for (Day day = 20454; day < 20484; ++day) {
      if (random.chance(0.3)) continue;
      const auto add = [&](int kind, KeyHash hash) {
        const Seconds first = start_of_day(day) + static_cast<Seconds>(random.below(80000));
        merge_cells(rows[a].cells, {{{static_cast<KindId>(kind), hash},
                                     day,
                                     static_cast<std::uint32_t>(1 + random.below(40)),
                                     first,
                                     first + static_cast<Seconds>(random.below(5000))}});
      };
      add(1, random());
      add(2, device);
      if (random.chance(0.5)) add(3, card);
    }
  }
  std::sort(rows.begin(), rows.end(), [](const Row& x, const Row& y) { return x.account < y.account; });
  return rows;
}

rocksdb::Options options() {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.compression = rocksdb::kLZ4Compression;
  rocksdb::BlockBasedTableOptions table;
  table.block_size = 16 << 10;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

void require(const rocksdb::Status& status) {
  if (status.ok()) return;
  fmt::print(stderr, "storage_rows: {}\n", status.ToString());
  std::exit(1);
}

std::string cell_key(KeyHash account, const Cell& cell) {
  std::string key = schema::key_u64(account) + schema::key_vertex(cell.entity);
  for (int shift = 24; shift >= 0; shift -= 8)
    key.push_back(static_cast<char>(static_cast<std::uint32_t>(cell.day) >> shift));
  return key;
}

std::string cell_value(const Cell& cell) {
  std::string value;
  Encoder out(value);
  out.number(cell.count);
  out.number(static_cast<std::uint64_t>(cell.first - start_of_day(cell.day)));
  out.number(static_cast<std::uint64_t>(cell.last - cell.first));
  return value;
}

void write_packed(const Row& row, rocksdb::SstFileWriter& file) {
  require(file.Put(schema::key_u64_u64(row.account, 1), encode_cells(row.cells)));
}
void write_cells(const Row& row, rocksdb::SstFileWriter& file) {
  for (const Cell& cell : row.cells) require(file.Put(cell_key(row.account, cell), cell_value(cell)));
}

std::uint64_t scan_packed(rocksdb::Iterator& it) {
  std::uint64_t sum = 0;
  std::vector<Cell> cells;
  for (it.SeekToFirst(); it.Valid(); it.Next()) {
    cells.clear();
    decode_cells(it.value().ToStringView(), DayWindow{}, cells);
    for (const Cell& cell : cells)
      sum += cell.count * (cell.entity.hash & 0xFF) + static_cast<std::uint64_t>(cell.last);
  }
  return sum;
}
std::uint64_t scan_cells(rocksdb::Iterator& it) {
  std::uint64_t sum = 0;
  for (it.SeekToFirst(); it.Valid(); it.Next()) {
    const std::string_view key = it.key().ToStringView();
    Decoder in(it.value().ToStringView(), "cell");
    const std::uint64_t count = in.number(), first = in.number(), last = first + in.number();
    const auto day = static_cast<Day>(schema::read_u64(key, key.size() - 8) & 0xFFFFFFFF);
    sum += count * (schema::read_u64(key, 9) & 0xFF) + last + static_cast<std::uint64_t>(start_of_day(day));
  }
  return sum;
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

struct Measured {
  double write = 0, scan = 0;
  std::uint64_t bytes = 0, sum = 0;
};

template <class Write, class Scan>
Measured measure(const std::vector<Row>& rows, const std::filesystem::path& directory, const Write& write,
                 const Scan& scan) {
  std::filesystem::create_directories(directory);
  Measured measured;
  auto start = std::chrono::steady_clock::now();
  rocksdb::SstFileWriter file(rocksdb::EnvOptions(), options());
  require(file.Open(directory / "rows.sst"));
  for (const Row& row : rows) write(row, file);
  require(file.Finish());
  measured.bytes = file.FileSize();
  rocksdb::DB* db = nullptr;
  require(rocksdb::DB::Open(options(), directory / "db", &db));
  rocksdb::IngestExternalFileOptions move;
  move.move_files = true;
  require(db->IngestExternalFile({directory / "rows.sst"}, move));
  measured.write = seconds_since(start);
  start = std::chrono::steady_clock::now();
  rocksdb::ReadOptions reading;
  reading.fill_cache = false;
  const std::unique_ptr<rocksdb::Iterator> it(db->NewIterator(reading));
  measured.sum = scan(*it);
  measured.scan = seconds_since(start);
  require(it->status());
  return measured;  // the database is left to the end of the process: closing is not measured
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t accounts = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100'000;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 5;
  const std::vector<Row> rows = make_rows(accounts);
  std::size_t cells = 0;
  for (const Row& row : rows) cells += row.cells.size();
  const std::filesystem::path directory =
      std::filesystem::temp_directory_path() / fmt::format("storage-rows-{}", getpid());
  fmt::print("{} accounts, {} cells\nround  layout   write Mcells/s  scan Mcells/s  bytes/cell\n", accounts, cells);
  const double millions = static_cast<double>(cells) / 1e6;
  for (int round = 0; round < rounds; ++round) {
    const Measured packed = measure(rows, directory / fmt::format("packed{}", round), write_packed, scan_packed);
    const Measured single = measure(rows, directory / fmt::format("single{}", round), write_cells, scan_cells);
    if (packed.sum != single.sum) {
      fmt::print(stderr, "storage_rows: the two layouts gave different sums\n");
      return 1;
    }
    for (const auto& [name, m] : {std::pair("packed", packed), std::pair("per cell", single)}) {
      fmt::print("{:5}  {:8} {:14.1f} {:14.1f} {:11.1f}\n", round, name, millions / m.write, millions / m.scan,
                 static_cast<double>(m.bytes) / static_cast<double>(cells));
    }
    fmt::print("       packed / per cell: write {:.2f}x, scan {:.2f}x, bytes {:.2f}x\n", single.write / packed.write,
               single.scan / packed.scan, static_cast<double>(packed.bytes) / static_cast<double>(single.bytes));
  }
  std::filesystem::remove_all(directory);
  return 0;
}
