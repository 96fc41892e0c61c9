#include "slot/simulated_register.h"

#include <algorithm>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <random>
#include <utility>
#include <vector>

#include "slot/combiner.h"

namespace lastword::test {
namespace {

using Time = std::int64_t;  // in milliseconds

constexpr std::int64_t ns = 1'000'000;
constexpr Time call_timeout = 100;

class World {
 public:
  explicit World(const Simulation& simulation)
      : simulation_(simulation), random_(simulation.seed), hold_(between(0, 40)) {}

  History run();

 private:
  struct Server {
    Combiner combiner;
  };

  /// One session: it stores, holds and loads, and is recorded.
  struct Session final : Completion {
    explicit Session(Server& its_server) : server(its_server) {}
    void set() noexcept override { is_done = true; }

    Server& server;
    Access access{*this, nullptr, {}, {}};
    SessionRecord record;
    bool is_done = false;
    bool is_loading = false;
    bool has_ended = false;
  };

  void at(Time when, std::function<void()> what) { events_.emplace(when, std::move(what)); }
  Time between(Time least, Time most) {
    return std::uniform_int_distribution<Time>(least, most)(random_);
  }
  bool perhaps(int percent) { return between(1, 100) <= percent; }

  void begin(Session& session);
  void take_notice();
  void go_on(Session& session);
  void end(Session& session, Outcome outcome);
  void give_up(Session& session);

  void drive(Server& server);
  void send_put(Server& server);
  void send_put_again(const Message& message);
  void end_put(Server& server, std::optional<Refusal> refusal);
  void send_read(Server& server);
  void end_read(Server& server, std::optional<Message> seen);
  void apply(const Message& message) { held_.emplace(now_, message); }
  Message held_at(Time when) const {
    const auto behind = held_.upper_bound(when);
    return behind == held_.begin() ? Message() : std::prev(behind)->second;
  }

  const Simulation simulation_;
  std::mt19937 random_;
  const Time hold_;
  Time now_ = 0;
  std::multimap<Time, std::function<void()>> events_;
  std::multimap<Time, Message> held_;  // since when
  std::list<Server> servers_;
  std::list<Session> sessions_;
};

void World::begin(Session& session) {
  session.record.sent_ns = now_ * ns;
  session.access.message = *Message::from(session.record.message);
  session.server.combiner.store(session.access);
  drive(session.server);
}

void World::take_notice() {
  for (Session& session : sessions_) {
    if (std::exchange(session.is_done, false)) go_on(session);
  }
}

void World::go_on(Session& session) {
  if (session.access.refusal) {
    const bool is_stored = *session.access.refusal != Refusal::not_stored;
    return end(session, is_stored ? Outcome::unknown : Outcome::refused);
  }
  if (!session.is_loading) {
    session.is_loading = true;
    return at(now_ + hold_, [this, &session] {
      if (session.has_ended) return;
      session.server.combiner.load(session.access);
      drive(session.server);
    });
  }
  session.record.reply = session.access.message.text();
  session.record.first_byte_ns = now_ * ns;
  end(session, Outcome::replied);
}

void World::end(Session& session, Outcome outcome) {
  session.has_ended = true;
  session.record.outcome = outcome;
  session.record.ended_ns = now_ * ns;
}

void World::give_up(Session& session) {
  if (session.has_ended || !session.record.sent_ns) return;
  session.access.refusal.reset();
  session.server.combiner.give_up(session.access);
  const bool is_stored = session.access.refusal != Refusal::not_stored;
  end(session, is_stored ? Outcome::unknown : Outcome::refused);
}

void World::drive(Server& server) {
  if (server.combiner.wants_put()) send_put(server);
  if (server.combiner.wants_read()) send_read(server);
}

void World::send_put(Server& server) {
  const Message message = server.combiner.begin_put();
  const Time there = between(1, 30);
  const Time back = between(0, 30);
  const int fate = static_cast<int>(between(1, 100));
  if (fate <= 80) {
    at(now_ + there, [=, this] { apply(message); });
    if (simulation_.flaw == Flaw::put_not_awaited) return end_put(server, std::nullopt);
    at(now_ + there + back, [=, this, &server] { end_put(server, std::nullopt); });
  } else if (fate <= 87) {
    at(now_ + there, [=, this, &server] { end_put(server, Refusal::not_stored); });
  } else {
    const Time late = fate <= 91 ? there : call_timeout + between(1, 300);
    if (fate <= 96) at(now_ + late, [=, this] { apply(message); });
    at(now_ + call_timeout, [=, this, &server] {
      if (simulation_.flaw == Flaw::repeats_put) send_put_again(message);
      end_put(server, Refusal::unknown);
    });
  }
}

void World::send_put_again(const Message& message) {
  // Applied twice: by the first, and by this one.
  at(now_ + 1, [=, this] { apply(message); });
  at(now_ + between(50, 200), [=, this] { apply(message); });
}

void World::end_put(Server& server, std::optional<Refusal> refusal) {
  server.combiner.end_put(refusal);
  if (simulation_.flaw == Flaw::joins_put && !refusal && server.combiner.wants_put()) {
    server.combiner.begin_put();
    server.combiner.end_put(std::nullopt);
  }
  take_notice();
  drive(server);
}

void World::send_read(Server& server) {
  server.combiner.begin_read();
  const Time there = between(1, 30);
  const Time back = perhaps(80) ? between(0, 30) : between(30, 120);
  const Time age = simulation_.flaw == Flaw::serializable_read ? between(0, 200) : 0;
  if (perhaps(5)) {
    return at(now_ + call_timeout, [=, this, &server] { end_read(server, std::nullopt); });
  }
  at(now_ + there, [=, this, &server] {
    const Message seen = held_at(now_ - age);
    at(now_ + back, [=, this, &server] { end_read(server, seen); });
  });
}

void World::end_read(Server& server, std::optional<Message> seen) {
  server.combiner.end_read(seen);
  if (simulation_.flaw == Flaw::joins_read && seen && server.combiner.wants_read()) {
    server.combiner.begin_read();
    server.combiner.end_read(seen);
  }
  take_notice();
  drive(server);
}

History World::run() {
  servers_.resize(static_cast<std::size_t>(simulation_.servers));
  for (int i = 0; i < simulation_.sessions; ++i) {
    auto server = servers_.begin();
    std::advance(server, between(0, simulation_.servers - 1));
    Session& session = sessions_.emplace_back(*server);
    session.record.number = static_cast<std::uint64_t>(i + 1);
    session.record.message = "m" + std::to_string(i + 1);
    at(between(0, 8 * simulation_.sessions), [this, &session] { begin(session); });
    if (perhaps(5)) {
      at(between(0, 9 * simulation_.sessions), [this, &session] { give_up(session); });
    }
  }
  while (!events_.empty()) {
    const auto next = events_.begin();
    now_ = next->first;
    const auto what = std::move(next->second);
    events_.erase(next);
    what();
  }
  History history;
  history.name = "simulated, seed " + std::to_string(simulation_.seed);
  history.hold_ns = hold_ * ns;
  for (const Session& session : sessions_) history.sessions.push_back(session.record);
  return history;
}

}  // namespace

std::string name_of(Flaw flaw) {
  switch (flaw) {
    case Flaw::none: return "none";
    case Flaw::put_not_awaited: return "put_not_awaited";
    case Flaw::joins_put: return "joins_put";
    case Flaw::joins_read: return "joins_read";
    case Flaw::serializable_read: return "serializable_read";
    case Flaw::repeats_put: return "repeats_put";
  }
  return "";
}

History history_of(const Simulation& simulation) { return World(simulation).run(); }

}  // namespace lastword::test
