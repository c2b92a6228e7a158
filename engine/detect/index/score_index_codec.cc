#include "engine/detect/index/score_index_codec.h"

#include "base/error.h"
#include "storage/codec.h"

namespace ringscope {
namespace {

constexpr const char* kWhat = "index for scoring";
// First byte of a key: a layer's number, or one of these.
constexpr char kHeadKey = '\xff';
constexpr char kPromptKey = '\xfe';

void append_u64(std::string& key, std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) key.push_back(static_cast<char>(value >> shift));
}

void encode_facets(const FacetConfig& facets, Encoder& out) {
  out.number(facets.on.size());
  for (const std::string& name : facets.on) out.string(name);
  for (const std::uint32_t number :
       {facets.v4_prefix, facets.v6_prefix, facets.v6_subnet, facets.issuer_digits, facets.signup_hours})
    out.number(number);
}

FacetConfig decode_facets(Decoder& in) {
  FacetConfig facets;
  facets.on.resize(in.count());
  for (std::string& name : facets.on) name = in.string();
  for (std::uint32_t* number :
       {&facets.v4_prefix, &facets.v6_prefix, &facets.v6_subnet, &facets.issuer_digits, &facets.signup_hours})
    *number = static_cast<std::uint32_t>(in.number());
  return facets;
}

void encode_ring(const IndexRing& ring, Encoder& out) {
  out.fixed64(ring.member);
  out.byte(static_cast<std::uint8_t>(ring.tier));
  out.real(ring.score);
  out.number(ring.size);
  for (const float amount : ring.amounts) out.real(amount);
  for (const float bits : ring.others) out.real(bits);
  for (const auto& habit : ring.habits) {
    out.number(habit.size());
    for (const auto& [value, ratio] : habit) {
      out.fixed64(value);
      out.real(ratio);
    }
  }
}

IndexRing decode_ring(std::size_t layers, Decoder& in) {
  IndexRing ring;
  ring.member = in.fixed64();
  const std::uint8_t tier = in.byte();
  if (tier > static_cast<std::uint8_t>(Tier::ban)) in.fail();
  ring.tier = static_cast<Tier>(tier);
  ring.score = in.real();
  ring.size = static_cast<std::uint32_t>(in.number());
  for (std::size_t k = 0; k < layers; ++k) ring.amounts.push_back(in.real());
  for (std::size_t k = 0; k < layers; ++k) ring.others.push_back(in.real());
  ring.habits.resize(layers);
  for (auto& habit : ring.habits) {
    for (std::size_t n = in.count(); n > 0; --n) {
      const std::uint64_t value = in.fixed64();
      habit.emplace_back(value, in.real());
    }
  }
  return ring;
}

}  // namespace

std::string index_head_key() { return {kHeadKey}; }

std::string index_value_key(std::size_t layer, std::uint64_t value) {
  std::string key(1, static_cast<char>(layer));
  append_u64(key, value);
  return key;
}

std::string index_prompt_key(KeyHash prompt) {
  std::string key(1, kPromptKey);
  append_u64(key, prompt);
  return key;
}

std::string encode_index_head(const IndexHead& head) {
  std::string bytes;
  Encoder out(bytes);
  out.number(head.accounts);
  encode_facets(head.facets, out);
  out.number(head.kinds.size());
  for (const IndexKind& kind : head.kinds) {
    out.string(kind.name);
    out.byte(static_cast<std::uint8_t>((kind.habit ? 1 : 0) | (kind.tangible ? 2 : 0)));
  }
  out.number(head.layers.size());
  for (const IndexLayer& layer : head.layers) {
    out.string(layer.name);
    out.number(layer.kind);
    out.real(layer.most_bits);
    out.real(layer.weight);
    out.byte(layer.kept_with_ring ? 1 : 0);
    out.real(static_cast<float>(layer.all));
  }
  out.number(head.rings.size());
  for (const IndexRing& ring : head.rings) encode_ring(ring, out);
  return bytes;
}

IndexHead decode_index_head(std::string_view bytes) {
  Decoder in(bytes, kWhat);
  IndexHead head;
  head.accounts = in.number();
  head.facets = decode_facets(in);
  head.kinds.resize(in.count());
  for (IndexKind& kind : head.kinds) {
    kind.name = in.string();
    const std::uint8_t flags = in.byte();
    kind.habit = (flags & 1) != 0;
    kind.tangible = (flags & 2) != 0;
  }
  head.layers.resize(in.count());
  for (IndexLayer& layer : head.layers) {
    layer.name = in.string();
    layer.kind = static_cast<std::uint32_t>(in.number());
    if (layer.kind >= head.kinds.size()) in.fail();
    layer.most_bits = in.real();
    layer.weight = in.real();
    layer.kept_with_ring = in.byte() != 0;
    layer.all = static_cast<double>(in.real());
  }
  const std::size_t rings = in.count();
  for (std::size_t i = 0; i < rings; ++i) head.rings.push_back(decode_ring(head.layers.size(), in));
  in.expect_end();
  return head;
}

std::string encode_indexed_value(const IndexedValue& value) {
  std::string bytes;
  Encoder out(bytes);
  out.number(std::uint64_t{value.accounts} << 1 | (value.cut ? 1U : 0U));
  std::uint32_t last = 0;
  for (const Posting& posting : value.postings) {
    out.number(posting.ring - last);
    out.number(posting.members);
    last = posting.ring;
  }
  return bytes;
}

IndexedValue decode_indexed_value(std::string_view bytes) {
  Decoder in(bytes, kWhat);
  IndexedValue value;
  const std::uint64_t head = in.number();
  value.accounts = static_cast<std::uint32_t>(head >> 1);
  value.cut = (head & 1) != 0;
  std::uint32_t ring = 0;
  while (!in.done()) {
    ring += static_cast<std::uint32_t>(in.number());
    value.postings.push_back({ring, static_cast<std::uint32_t>(in.number())});
  }
  return value;
}

std::string encode_index_prompt(KeyHash leader) {
  std::string bytes;
  Encoder(bytes).fixed64(leader);
  return bytes;
}

KeyHash decode_index_prompt(std::string_view bytes) { return Decoder(bytes, kWhat).fixed64(); }

}  // namespace ringscope
