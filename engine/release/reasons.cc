#include "engine/release/reasons.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

namespace ringscope {
namespace {

constexpr std::string_view kHuman = "human_review";

constexpr auto kCodes = std::to_array<ReasonCode>({
    {"shared_payment", "the payment methods used"},
    {"shared_device", "the devices used"},
    {"shared_network", "the network addresses used"},
    {"shared_contact", "the contact details given"},
    {"shared_other", "other details that accounts were set up with"},
    {"same_requests", "what was asked for"},
    {"same_times", "when requests were made"},
    {"automated", "the way in which requests were made by a program"},
    {"model_extraction", "the kind of output that was collected"},
    {"replaces_banned", "its taking over from an account that was closed before"},
    {kHuman, "the decision of a person who looked at it"},
});

std::string_view code_of_kind(std::string_view kind) {
  if (kind == "payment" || kind.starts_with("payment/")) return "shared_payment";
  if (kind == "fingerprint" || kind.starts_with("fingerprint/") || kind == "device") return "shared_device";
  if (kind == "ip" || kind.starts_with("ip/")) return "shared_network";
  if (kind == "email" || kind.starts_with("email/") || kind == "phone") return "shared_contact";
  if (kind == "template") return "same_requests";
  if (kind == "signup" || kind == "hour" || kind == "coaction" || kind == "arrival") return "same_times";
  if (kind == "capability") return "same_requests";
  return "shared_other";
}

// Of a feature of the score that speaks for the ring.
std::string_view code_of_feature(std::string_view feature) {
  if (feature == "prompts" || feature == "prompts_alone" || feature == "capability_focus") return "same_requests";
  if (feature == "synchrony" || feature == "turns") return "same_times";
  if (feature == "one_program" || feature == "round_the_clock" || feature == "smooth_traffic") return "automated";
  return {};
}

constexpr double kTelling = 0.5;      // nats
constexpr double kExtracting = 0.75;  // probability

std::string listed(const std::vector<std::string_view>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " and " : ", ";
    text += words[i];
  }
  return text;
}

}  // namespace

std::span<const ReasonCode> reason_codes() { return kCodes; }

std::vector<std::string> codes_of(const Ring& ring, const Member& member) {
  std::set<std::string_view> found;
  for (const std::string& kind : ring.kinds) found.insert(code_of_kind(kind));
  for (const auto& [feature, nats] : ring.features) {
    if (nats >= kTelling) found.insert(code_of_feature(feature));
  }
  if (member.extraction.value_or(0) >= kExtracting) found.insert("model_extraction");
  if (member.replaces) found.insert("replaces_banned");
  const bool confirmed = member.verdict && member.verdict->word == VerdictWord::confirm;
  if (confirmed) found.insert(kHuman);
  std::vector<std::string> codes;
  for (const ReasonCode& one : kCodes) {
    if (found.contains(one.code)) codes.emplace_back(one.code);
  }
  if (codes.empty()) codes.emplace_back("shared_other");
  return codes;
}

std::vector<std::string> sentences_of(std::span<const std::string> codes) {
  std::vector<std::string_view> words;
  bool human = false;
  for (const ReasonCode& one : kCodes) {
    if (std::ranges::find(codes, one.code) == codes.end()) continue;
    if (one.code == kHuman) {
      human = true;
    } else {
      words.push_back(one.words);
    }
  }
  std::string first = "This account was closed because it was run together with other accounts as one";
  first += words.empty() ? "." : fmt::format(", which shows in {}.", listed(words));
  std::string second = human ? "A person has looked at the case and decided it; "
                             : "The decision was made by a system that looks at how accounts are used; ";
  second += "if you think that it is wrong, answer this message and a person will look at it again.";
  return {std::move(first), std::move(second)};
}

}  // namespace ringscope
