#include "storage/vault.h"

#include <array>
#include <memory>

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "base/error.h"

namespace ringscope {
namespace {

constexpr std::size_t kDayBytes = 4;
constexpr std::size_t kIdBytes = 8;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kHeadBytes = kDayBytes + kIdBytes + kNonceBytes;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kFill = 16;
constexpr std::uint32_t kUndated = 0xffffffff;
constexpr std::uint32_t kDayBias = 0x80000000;

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
int size_of(std::string_view text) { return static_cast<int>(text.size()); }

const EVP_CIPHER* cipher() {
  static const EVP_CIPHER* const one = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  return one;
}

[[noreturn]] void fail() { throw Error(ErrorCode::internal, "the AES-256-GCM of OpenSSL does not work"); }

std::uint32_t rank_of(Day day) { return day == kNoDay ? kUndated : static_cast<std::uint32_t>(day) ^ kDayBias; }

std::string head_of(const DayKey& key) {
  std::string head;
  for (int shift = 24; shift >= 0; shift -= 8) head.push_back(static_cast<char>(rank_of(key.day) >> shift));
  for (int shift = 56; shift >= 0; shift -= 8) head.push_back(static_cast<char>(key.id >> shift));
  return head;
}

std::uint64_t read_number(std::string_view bytes) {
  std::uint64_t number = 0;
  for (const char c : bytes) number = number << 8 | static_cast<unsigned char>(c);
  return number;
}

// Kinds and names have no byte 0.
std::string bound_to(const SealedName& whose, std::string_view head) {
  return std::string(whose.kind).append(1, '\0').append(whose.name).append(1, '\0').append(head);
}

}  // namespace

SealedRow decode_sealed(std::string_view bytes) {
  if (bytes.size() < kHeadBytes + kFill + kTagBytes || (bytes.size() - kHeadBytes - kTagBytes) % kFill != 0)
    throw Error(ErrorCode::corrupt, "damaged row of the vault; run 'ringscope doctor'");
  const auto rank = static_cast<std::uint32_t>(read_number(bytes.substr(0, kDayBytes)));
  SealedRow row;
  row.day = rank == kUndated ? kNoDay : static_cast<Day>(rank ^ kDayBias);
  if (rank == 0) throw Error(ErrorCode::corrupt, "damaged day in the vault; run 'ringscope doctor'");
  row.key_id = read_number(bytes.substr(kDayBytes, kIdBytes));
  row.nonce = bytes.substr(kDayBytes + kIdBytes, kNonceBytes);
  row.sealed = bytes.substr(kHeadBytes);
  return row;
}

bool is_later(Day day, Day than) { return rank_of(day) > rank_of(than); }

std::string seal_value(const DayKey& key, const SealedName& whose, std::string_view value) {
  std::string row = head_of(key);
  const std::string bound = bound_to(whose, row);
  std::array<unsigned char, kNonceBytes> nonce{};
  std::string filled(value);
  filled.resize((value.size() / kFill + (value.size() % kFill != 0 || value.empty() ? 1 : 0)) * kFill, '\0');
  std::string sealed(filled.size(), '\0'), tag(kTagBytes, '\0');
  int done = 0;
  const Context context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  const bool good = context && cipher() != nullptr && RAND_bytes(nonce.data(), kNonceBytes) == 1 &&
                    EVP_EncryptInit_ex2(context.get(), cipher(), key.bytes.data(), nonce.data(), nullptr) == 1 &&
                    EVP_EncryptUpdate(context.get(), nullptr, &done, bytes_of(bound), size_of(bound)) == 1 &&
                    EVP_EncryptUpdate(context.get(), bytes_of(sealed), &done, bytes_of(filled), size_of(filled)) == 1 &&
                    static_cast<std::size_t>(done) == filled.size() &&
                    EVP_EncryptFinal_ex(context.get(), bytes_of(tag), &done) == 1 && done == 0 &&
                    EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, bytes_of(tag)) == 1;
  if (!good) fail();
  return row.append(reinterpret_cast<const char*>(nonce.data()), nonce.size()).append(sealed).append(tag);
}

std::string open_sealed(const DayKey& key, const SealedName& whose, std::string_view row) {
  const SealedRow parts = decode_sealed(row);
  const std::string bound = bound_to(whose, row.substr(0, kDayBytes + kIdBytes));
  const std::string_view sealed = parts.sealed.substr(0, parts.sealed.size() - kTagBytes);
  std::string tag(parts.sealed.substr(sealed.size())), value(sealed.size(), '\0');
  int done = 0;
  const Context context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  const bool works =
      context && cipher() != nullptr &&
      EVP_DecryptInit_ex2(context.get(), cipher(), key.bytes.data(), bytes_of(parts.nonce), nullptr) == 1 &&
      EVP_DecryptUpdate(context.get(), nullptr, &done, bytes_of(bound), size_of(bound)) == 1 &&
      EVP_DecryptUpdate(context.get(), bytes_of(value), &done, bytes_of(sealed), size_of(sealed)) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, bytes_of(tag)) == 1;
  if (!works) fail();
  if (EVP_DecryptFinal_ex(context.get(), bytes_of(tag), &done) != 1)
    throw Error(ErrorCode::corrupt,
                "a row of the vault is damaged, or was not made under this key; run 'ringscope doctor'",
                std::string(whose.kind).append(" ").append(whose.name));
  value.resize(value.find_last_not_of('\0') + 1);
  return value;
}

Revealed open_value(const DayKeys& keys, const SealedName& whose, std::string_view row) {
  const SealedRow parts = decode_sealed(row);
  const DayKey* const key = keys.find(parts.day, parts.key_id);
  if (key == nullptr) return {parts.day, std::nullopt};
  return {parts.day, open_sealed(*key, whose, row)};
}

}  // namespace ringscope
