#include "storage/sha256.h"

#include <openssl/evp.h>

#include "base/error.h"
#include "base/hex.h"

namespace ringscope {
namespace {

void require(int done) {
  if (done != 1) throw Error(ErrorCode::internal, "the SHA-256 of OpenSSL does not work");
}

}  // namespace

struct Sha256::Context {
  EVP_MD_CTX* of = EVP_MD_CTX_new();
  Context() = default;
  ~Context() { EVP_MD_CTX_free(of); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
  require(EVP_DigestInit_ex(context_->of, EVP_sha256(), nullptr));
}
Sha256::~Sha256() = default;

void Sha256::add(std::string_view bytes) { require(EVP_DigestUpdate(context_->of, bytes.data(), bytes.size())); }

std::string Sha256::hex() {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  require(EVP_DigestFinal_ex(context_->of, digest, &size));
  return to_hex({reinterpret_cast<const char*>(digest), size});
}

std::string check_digits(std::string_view text) {
  Sha256 hash;
  hash.add(text);
  return hash.hex().substr(0, 16);
}

}  // namespace ringscope
