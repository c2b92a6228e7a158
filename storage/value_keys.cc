#include "storage/value_keys.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <span>

#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/disk.h"
#include "base/error.h"
#include "base/hex.h"
#include "storage/sha256.h"

namespace ringscope {
namespace {

using KeyBytes = std::array<unsigned char, ValueKeys::kKeyBytes>;
constexpr std::size_t kMacBytes = 16;

std::string hex_of(std::span<const unsigned char> bytes) {
  return to_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

bool parse_key(std::string_view text, KeyBytes& key) {
  const std::optional<std::string> bytes = from_hex(text);
  if (!bytes || bytes->size() != key.size()) return false;
  std::memcpy(key.data(), bytes->data(), key.size());
  return true;
}

std::string new_key_line() { return random_hex(ValueKeys::kKeyBytes) + "\n"; }

// Writes a line at the end of a file and waits until it is on the disk.
void append_line(const std::filesystem::path& file, const std::string& line) {
  const int descriptor = open(file.c_str(), O_WRONLY | O_CLOEXEC | O_APPEND);
  if (descriptor < 0)
    throw Error(ErrorCode::io, std::string("cannot write the key file: ") + std::strerror(errno), file.string());
  const bool done =
      write(descriptor, line.data(), line.size()) == static_cast<ssize_t>(line.size()) && fsync(descriptor) == 0;
  close(descriptor);
  if (!done) throw Error(ErrorCode::io, "cannot write the key file", file.string());
}

// BLAKE2b-MAC contexts with their keys set; one a key and thread, for a context is changed by its use.
struct Mac {
  EVP_MAC_CTX* context = nullptr;
  explicit Mac(const KeyBytes& key) {
    EVP_MAC* const mac = EVP_MAC_fetch(nullptr, "BLAKE2BMAC", nullptr);
    context = mac == nullptr ? nullptr : EVP_MAC_CTX_new(mac);
    EVP_MAC_free(mac);
    std::size_t size = kMacBytes;
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size), OSSL_PARAM_construct_end()};
    if (context == nullptr || EVP_MAC_init(context, key.data(), key.size(), params) != 1)
      throw Error(ErrorCode::internal, "the BLAKE2b of OpenSSL does not work");
  }
  ~Mac() { EVP_MAC_CTX_free(context); }
  Mac(const Mac&) = delete;
  Mac& operator=(const Mac&) = delete;

  std::string of(std::string_view head, std::string_view text) const {
    EVP_MAC_CTX* const one = EVP_MAC_CTX_dup(context);
    std::array<unsigned char, 64> out{};
    std::size_t size = 0;
    const auto add = [&](std::string_view bytes) {
      return EVP_MAC_update(one, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()) == 1;
    };
    const bool done = one != nullptr && add(head) && add(std::string_view("\0", 1)) && add(text) &&
                      EVP_MAC_final(one, out.data(), &size, out.size()) == 1;
    EVP_MAC_CTX_free(one);
    if (!done || size != kMacBytes) throw Error(ErrorCode::internal, "the BLAKE2b of OpenSSL does not work");
    return hex_of(std::span(out).first(size));
  }
};

}  // namespace

struct ValueKeys::Keys {
  std::vector<KeyBytes> keys;
  std::vector<std::unique_ptr<Mac>> macs;
  ~Keys() {
    for (KeyBytes& key : keys) OPENSSL_cleanse(key.data(), key.size());
  }
};

ValueKeys::ValueKeys(std::unique_ptr<Keys> keys) : keys_(std::move(keys)) {}
ValueKeys::ValueKeys(ValueKeys&&) noexcept = default;
ValueKeys& ValueKeys::operator=(ValueKeys&&) noexcept = default;
ValueKeys::~ValueKeys() = default;

std::filesystem::path suppress_key_file(const std::filesystem::path& store) { return store / "keys" / "suppress.key"; }

void require_private(const std::filesystem::path& file, std::string_view what) {
  struct stat status {};
  if (stat(file.c_str(), &status) != 0)
    throw Error(ErrorCode::io, std::string("cannot read the ").append(what), file.string());
  if (!S_ISREG(status.st_mode))
    throw Error(ErrorCode::refused, std::string("the ").append(what) + " is no file", file.string());
  if ((status.st_mode & 077) != 0)
    throw Error(ErrorCode::refused, std::string("the ").append(what) + " is not its owner's alone; chmod 600 it",
                file.string());
  if (status.st_uid != geteuid() && geteuid() != 0)
    throw Error(ErrorCode::refused, std::string("the ").append(what) + " belongs to somebody else", file.string());
}

std::string random_hex(std::size_t bytes) {
  std::vector<unsigned char> random(bytes);
  if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1)
    throw Error(ErrorCode::internal, "the system gives no random numbers");
  return hex_of(random);
}

ValueKeys ValueKeys::read(const std::filesystem::path& file) {
  require_private(file, "key file");
  std::ifstream in(file);
  auto keys = std::make_unique<Keys>();
  std::size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (const auto comment = line.find('#'); comment != std::string::npos) line.resize(comment);
    while (!line.empty() && (line.back() == ' ' || line.back() == '\r' || line.back() == '\t')) line.pop_back();
    if (line.empty()) continue;
    KeyBytes key;
    if (!parse_key(line, key))
      throw Error(ErrorCode::config, "a key is 64 hex digits", file.string() + ":" + std::to_string(number));
    keys->keys.push_back(key);
    keys->macs.push_back(std::make_unique<Mac>(key));
    OPENSSL_cleanse(key.data(), key.size());
    OPENSSL_cleanse(line.data(), line.size());
  }
  if (in.bad()) throw Error(ErrorCode::io, "cannot read the key file", file.string());
  if (keys->keys.empty()) throw Error(ErrorCode::config, "there is no key in the key file", file.string());
  return ValueKeys(std::move(keys));
}

void ValueKeys::create(const std::filesystem::path& file) {
  const auto refuse = [&] {
    throw Error(ErrorCode::refused, "there is a key file already; it stays as it is", file.string());
  };
  if (std::filesystem::exists(std::filesystem::symlink_status(file))) refuse();
  AtomicFile made(file, FileMode::owner_only);
  made.write(new_key_line());
  if (!made.commit_new()) refuse();
}

void ValueKeys::create_beside(const std::filesystem::path& store, const std::filesystem::path& file) {
  const auto directory = file.parent_path();
  std::error_code error;
  if (std::filesystem::create_directories(directory, error))
    std::filesystem::permissions(directory, std::filesystem::perms::owner_all, error);
  if (error) throw Error(ErrorCode::io, "cannot make the directory of keys: " + error.message(), directory.string());
  sync_to_disk(store);
  create(file);
}

void ValueKeys::append(const std::filesystem::path& file) {
  (void)read(file);
  append_line(file, new_key_line());
}

std::size_t ValueKeys::count() const { return keys_->keys.size(); }

std::string ValueKeys::id(std::size_t generation) const {
  Sha256 hash;
  hash.add("ringscope key id");
  for (std::size_t i = 0; i < generation && i < keys_->macs.size(); ++i) hash.add(keys_->macs[i]->of("id", ""));
  return hash.hex().substr(0, 16);
}

std::string ValueKeys::token(std::string_view kind, std::string_view value, std::size_t generation) const {
  if (generation < 1 || generation > keys_->macs.size())
    throw Error(ErrorCode::internal, "there is no key of this generation");
  const std::string first = keys_->macs.front()->of(std::string("value/").append(kind), value);
  return generation == 1 ? first : next_token(first, 1, generation);
}

std::string ValueKeys::next_token(std::string_view token, std::size_t from_generation,
                                  std::size_t to_generation) const {
  std::string value(token);
  for (std::size_t g = from_generation; g < to_generation; ++g) value = keys_->macs.at(g)->of("next", value);
  return value;
}

std::string ValueKeys::mark(std::string_view purpose, std::string_view text) const {
  return keys_->macs.front()->of(std::string("mark/").append(purpose), text);
}

bool is_value_token(std::string_view text) {
  const std::size_t head = text.find_first_not_of("0123456789");
  if ((head == 6 || head == 8) && text[head] == '-') text.remove_prefix(head + 1);
  return text.size() == 2 * kMacBytes + 1 && text.front() == 'k' &&
         text.find_first_not_of("0123456789abcdef", 1) == std::string_view::npos;
}

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Of digits as people group a card's: by four, or four, six and the rest. Other groups are of a token:
// 538877-8912345678.
bool is_grouped_as_card(std::span<const std::size_t> groups) {
  if (groups.size() == 1) return true;
  if (groups.size() == 3 && groups[0] == 4 && groups[1] == 6) return groups[2] == 4 || groups[2] == 5;
  return std::all_of(groups.begin(), groups.end() - 1, [](std::size_t size) { return size == 4; }) &&
         groups.back() <= 4;
}

}  // namespace

bool is_card_number(std::string_view text) {
  if (text.size() < 12 || text.size() > kLongestCard || text[0] < '2' || text[0] > '6') return false;
  if (!is_digit(text[1]) || !is_digit(text[2]) || !is_digit(text[3])) return false;  // an address ends here
  std::array<int, 19> digits{};
  std::size_t count = 0;
  std::array<std::size_t, 5> groups{};
  std::size_t last = 0;
  for (const char c : text) {
    if (is_digit(c)) {
      if (count == digits.size()) return false;
      digits[count++] = c - '0';
      ++groups[last];
    } else if ((c == ' ' || c == '-') && groups[last] > 0 && last + 1 < groups.size()) {
      ++last;
    } else {
      return false;
    }
  }
  if (count < 12 || groups[last] == 0 || !is_grouped_as_card({groups.data(), last + 1})) return false;
  int sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const int digit = digits[count - 1 - i];
    sum += i % 2 == 0 ? digit : digit < 5 ? 2 * digit : 2 * digit - 9;
  }
  return sum % 10 == 0;
}

namespace {

// Where the longest card's number ends that begins at `begin`; `begin` when none does.
std::size_t end_of_card(std::string_view text, std::size_t begin) {
  std::size_t end = begin;
  for (std::size_t at = begin + 1; at <= std::min(text.size(), begin + kLongestCard); ++at) {
    const bool is_end = is_digit(text[at - 1]) && (at == text.size() || !is_digit(text[at]));
    if (is_end && is_card_number(text.substr(begin, at - begin))) end = at;
  }
  return end;
}

}  // namespace

std::string without_card_numbers(std::string_view text) {
  std::string clean(text);
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!is_digit(text[at]) || (at > 0 && is_digit(text[at - 1]))) continue;
    const std::size_t end = end_of_card(text, at);
    std::replace_if(clean.begin() + static_cast<std::ptrdiff_t>(at), clean.begin() + static_cast<std::ptrdiff_t>(end),
                    is_digit, 'x');
    at = std::max(at + 1, end) - 1;
  }
  return clean;
}

}  // namespace ringscope
