// A town whose every account is drawn by hand: people, offices, and pools that buy from dealers.
#pragma once

#include <cstdint>
#include <vector>

#include "base/random.h"
#include "engine/detect/cluster/pools.h"
#include "tests/engine/detect/worlds.h"

namespace ringscope::testing {

inline constexpr Vertex kPeople = 3000;
inline constexpr std::size_t kIp = 0, kCard = 1, kMachine = 2;
inline constexpr std::size_t kDomain = 0, kNet = 1, kIssuer = 2, kTemplate = 3, kHour = 4;
inline constexpr std::uint64_t kPopularDomains = 8, kIssuers = 150, kPublicPrompts = 1500;

// Accounts in order: those of the town first, then whoever is added.
class PoolTown {
 public:
  explicit PoolTown(std::uint64_t seed = 1) : random_(seed), things_(0, 3), habits_(0, 5) {
    for (Vertex i = 0; i < kPeople; ++i) person();
  }

  Random& random() { return random_; }

  // Somebody with a home, a card, a machine, a mail provider and prompts of everybody's.
  Vertex person() {
    const Vertex account = blank();
    address(account, 1'000'000 + account);
    address(account, 500 + random_.below(4000));
    habits_.touch(account, kDomain, random_.below(kPopularDomains));
    for (int i = 0; i < 6; ++i) ask(account, random_.below(kPublicPrompts));
    return account;
  }

  struct Dealer {
    std::uint64_t addresses = 0, issuer = 0, domains = 0;  // where his goods begin
  };

  // Accounts with a card and a machine each, six of the dealer's sixty addresses, and three of ten prompts.
  std::vector<Vertex> pool(Vertex count, const Dealer& dealer, std::uint64_t prompts) {
    std::vector<Vertex> accounts;
    for (Vertex i = 0; i < count; ++i) {
      const Vertex account = blank(dealer.issuer + random_.below(2));
      for (int a = 0; a < 6; ++a) address(account, dealer.addresses + random_.below(60));
      habits_.touch(account, kDomain, dealer.domains + random_.below(3));
      for (int t = 0; t < 4; ++t) ask(account, prompts + random_.below(10));
      ask(account, random_.below(kPublicPrompts));
      accounts.push_back(account);
    }
    return accounts;
  }

  // One with a home, and a card and a mail address of the dealer's that nobody else has.
  Vertex bought(const Dealer& dealer) {
    const Vertex account = blank(dealer.issuer + random_.below(2));
    address(account, 1'000'000 + 30 * account);
    habits_.touch(account, kDomain, dealer.domains + random_.below(3));
    for (int i = 0; i < 6; ++i) ask(account, random_.below(kPublicPrompts));
    return account;
  }

  // One with a card and a machine, and no mail that is known.
  Vertex nameless() { return blank(); }
  // One at an office, by its address and its domain, who asks nothing that is known.
  Vertex silent_colleague(std::uint64_t number) {
    const Vertex account = blank();
    address(account, 2'000'000 + number);
    habits_.touch(account, kDomain, 3'000'000 + number);
    return account;
  }

  // Colleagues: one address, one image, a domain and prompts of the house; they also use the dealer's addresses.
  std::vector<Vertex> office(Vertex count, std::uint64_t number, std::uint64_t addresses) {
    std::vector<Vertex> accounts;
    for (Vertex i = 0; i < count; ++i) {
      const Vertex account = blank();
      address(account, 2'000'000 + number);
      address(account, addresses + random_.below(60));
      address(account, addresses + random_.below(60));
      things_.touch(account, kMachine, 3'000'000 + number);
      habits_.touch(account, kDomain, 3'000'000 + number);
      for (std::uint64_t t = 0; t < 3; ++t) ask(account, 3'000'000 + 10 * number + t);
      for (int t = 0; t < 3; ++t) ask(account, random_.below(kPublicPrompts));
      accounts.push_back(account);
    }
    return accounts;
  }

  // Accounts with a home, a card and a machine each, and three to six of twelve prompts of their own.
  std::vector<Vertex> bare(Vertex count, std::uint64_t prompts) {
    std::vector<Vertex> accounts;
    for (Vertex i = 0; i < count; ++i) {
      const Vertex account = person();
      for (int t = 0; t < 9; ++t) ask(account, prompts + random_.below(12));
      accounts.push_back(account);
    }
    return accounts;
  }

  void name(Vertex account, std::uint64_t domain) { habits_.touch(account, kDomain, 4'000'000 + domain); }
  void share_card(Vertex account, std::uint64_t card) { things_.touch(account, kCard, 5'000'000 + card); }
  void machine(Vertex account, std::uint64_t machine) { things_.touch(account, kMachine, 7'000'000 + machine); }
  void address(Vertex account, std::uint64_t value) {
    things_.touch(account, kIp, value);
    habits_.touch(account, kNet, value / 30);
  }
  void ask(Vertex account, std::uint64_t prompt) { habits_.touch(account, kTemplate, prompt); }

  std::vector<Group> find(std::vector<Group> groups = {}, bool activity = true, unsigned threads = 1,
                          std::vector<Vertex> banned = {}) const {
    const Snapshot things = snapshot();
    measure_cohesion(things.graph(), groups, threads);
    return with_pools(things, habits(activity), std::move(groups), {.threads = threads, .banned = std::move(banned)});
  }

  Snapshot snapshot() const {
    Snapshot snapshot;
    snapshot.arrays = things_.build();
    snapshot.accounts.resize(things_.accounts());
    for (Vertex a = 0; a < things_.accounts(); ++a) snapshot.accounts[a] = a;
    snapshot.layers = {{KindId{1}, "ip"}, {KindId{2}, "payment"}, {KindId{3}, "fingerprint"}};
    return snapshot;
  }

  Habits habits(bool activity = true) const {
    World world = habits_;
    for (Vertex a = 0; activity && a < world.accounts(); ++a) world.touch(a, kHour, a % 24);
    Habits likes;
    likes.arrays = world.build();
    likes.amounts.assign(likes.arrays.left_targets.size(), 1);
    likes.layers = {"email/domain", "ip/net", "payment/issuer", "template", "hour"};
    return likes;
  }

 private:
  // With a card and a machine of its own.
  Vertex blank() { return blank(random_.below(kIssuers)); }
  Vertex blank(std::uint64_t issuer) {
    const Vertex account = things_.add_account();
    habits_.add_account();
    things_.touch(account, kCard, 6'000'000 + account);
    things_.touch(account, kMachine, 6'000'000 + account);
    habits_.touch(account, kIssuer, issuer);
    return account;
  }

  Random random_;
  World things_, habits_;
};

inline constexpr PoolTown::Dealer kDealer{.addresses = 100'000, .issuer = 1000, .domains = 1000};
inline constexpr PoolTown::Dealer kOther{.addresses = 200'000, .issuer = 2000, .domains = 2000};

}  // namespace ringscope::testing
