#include "engine/ledger/stix_pattern.h"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

namespace ringscope {
namespace {

enum class TokenType { word, text, symbol, end };
struct Token {
  TokenType type = TokenType::end;
  std::string text;
};

constexpr int kMostParentheses = 1000;

// Ends the reading of a pattern.
struct Unsupported {
  std::string reason;
};

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == ':' || c == '.' || c == '%';
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : rest_(text) {}

  Token next() {
    while (!rest_.empty() && std::isspace(static_cast<unsigned char>(rest_.front())) != 0) rest_.remove_prefix(1);
    if (rest_.empty()) return {};
    if (rest_.front() == '\'') return {TokenType::text, quoted()};
    std::size_t length = 0;
    while (length < rest_.size() && is_word(rest_[length])) ++length;
    if (length > 0) return {TokenType::word, take(length)};
    const bool two =
        rest_.size() > 1 && rest_[1] == '=' && std::string_view("!<>").find(rest_.front()) != std::string_view::npos;
    return {TokenType::symbol, take(two ? 2 : 1)};
  }

 private:
  std::string take(std::size_t length) {
    std::string text(rest_.substr(0, length));
    rest_.remove_prefix(length);
    return text;
  }
  std::string quoted() {
    std::string text;
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == '\\' && i + 1 < rest_.size()) {
        text.push_back(rest_[++i]);
      } else if (rest_[i] == '\'') {
        rest_.remove_prefix(i + 1);
        return text;
      } else {
        text.push_back(rest_[i]);
      }
    }
    throw Unsupported{"a quoted text does not end"};
  }

  std::string_view rest_;
};

struct Path {
  std::string_view path;
  std::string_view kind;
};
constexpr std::array kPaths = std::to_array<Path>({
    {"ipv4-addr:value", "ip"},
    {"ipv6-addr:value", "ip"},
    {"domain-name:value", "email_domain"},
    {"email-addr:value", "email"},
    {"autonomous-system:number", "asn"},
    {"user-account:user_id", "account"},
    {"user-account:account_login", "account"},
});
constexpr std::string_view kOwnPaths = "x-ringscope:";

std::string kind_of(std::string_view path) {
  const auto found = std::ranges::find(kPaths, path, &Path::path);
  if (found != kPaths.end()) return std::string(found->kind);
  return path.starts_with(kOwnPaths) ? std::string(path.substr(kOwnPaths.size())) : std::string();
}

class Parser {
 public:
  explicit Parser(std::string_view text) : lexer_(text) { advance(); }

  StixPattern parse() {
    for (;;) {
      expect_symbol("[");
      alternatives("]");
      if (now_.type == TokenType::end) return std::move(result_);
      expect_or("observations");
    }
  }

 private:
  void advance() { now_ = lexer_.next(); }
  bool at_symbol(std::string_view symbol) const { return now_.type == TokenType::symbol && now_.text == symbol; }
  void expect_symbol(std::string_view symbol) {
    if (!at_symbol(symbol)) throw Unsupported{fmt::format("not a pattern: '{}' is missing", symbol)};
    advance();
  }
  void expect_or(std::string_view what) {
    if (now_.type == TokenType::word && now_.text == "OR") return advance();
    const bool known = now_.type == TokenType::word;
    throw Unsupported{fmt::format("{} joined by {}; only OR is understood", what, known ? now_.text : "another sign")};
  }

  void alternatives(std::string_view end) {
    for (;;) {
      if (at_symbol("(")) {
        advance();
        if (++depth_ > kMostParentheses) throw Unsupported{"too many parentheses"};
        alternatives(")");
      } else {
        comparison();
      }
      if (at_symbol(end)) return advance();
      if (now_.type == TokenType::end) throw Unsupported{fmt::format("not a pattern: '{}' is missing", end)};
      expect_or("comparisons");
    }
  }

  void comparison() {
    if (now_.type != TokenType::word) throw Unsupported{"not a pattern: an object path is missing"};
    if (now_.text == "NOT") throw Unsupported{"NOT is not understood"};
    const std::string path = now_.text;
    advance();
    const std::string sign = now_.text;
    if (sign == "NOT") throw Unsupported{"NOT is not understood"};
    advance();
    const std::vector<std::string> values = sign == "IN" ? list() : std::vector<std::string>{constant()};
    for (const std::string& value : values) add(path, sign, value);
  }

  std::vector<std::string> list() {
    std::vector<std::string> values;
    expect_symbol("(");
    for (;;) {
      values.push_back(constant());
      if (at_symbol(")")) break;
      expect_symbol(",");
    }
    advance();
    return values;
  }

  std::string constant() {
    if (now_.type != TokenType::text && now_.type != TokenType::word)
      throw Unsupported{"not a pattern: a constant is missing"};
    std::string text = now_.text;
    advance();
    return text;
  }

  void add(std::string_view path, std::string_view sign, std::string_view value) {
    const std::string kind = kind_of(path);
    const auto fault = [&](std::string reason) { result_.faults.push_back(std::move(reason)); };
    if (kind.empty()) return fault(fmt::format("the object path {} is not understood", path));
    if (sign == "=" || sign == "IN" || (sign == "ISSUBSET" && kind == "ip")) {
      result_.comparisons.push_back({kind, std::string(value)});
    } else if (sign == "LIKE" && kind == "email" && value.starts_with("%@") &&
               value.find_first_of("%_", 2) == std::string_view::npos) {
      result_.comparisons.push_back({"email_domain", std::string(value.substr(2))});
    } else {
      fault(fmt::format("{} on {} is not understood", sign, path));
    }
  }

  Lexer lexer_;
  Token now_;
  int depth_ = 0;  // parentheses so far: a bound on the recursion
  StixPattern result_;
};

}  // namespace

StixPattern parse_stix_pattern(std::string_view pattern) {
  try {
    return Parser(pattern).parse();
  } catch (const Unsupported& unsupported) {
    return {{}, {unsupported.reason}};
  }
}

}  // namespace ringscope
