#include "peers/dialogues.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <string>

#include "bench/message_code.h"
#include "protocol/escape.h"

namespace lastword {
namespace {

Judgement unexpected(std::string_view bytes) {
  return Judgement::wrong(ErrorKind::wrong_answer, escaped(bytes.substr(0, 200)));
}

/// Whether so much as came of an answer can become one that begins with `head`.
bool can_begin_with(std::string_view head, std::string_view bytes) {
  return head.substr(0, bytes.size()) == bytes.substr(0, head.size());
}

/// A dialogue of two steps that stores a message and loads one.
class StoreThenLoad : public Dialogue {
 public:
  explicit StoreThenLoad(std::uint64_t run) : code_(run) {}
  int steps() const final { return 2; }

 protected:
  std::string message_of(const SessionId& session) const {
    std::string message;
    code_.append(session, message);
    return message;
  }

  Judgement judge_loaded(std::string_view message) const {
    switch (code_.decode(message).state) {
      case MessageCode::Decoded::State::whole: return Judgement::right();
      case MessageCode::Decoded::State::torn:
        return Judgement::wrong(ErrorKind::torn, escaped(message));
      case MessageCode::Decoded::State::foreign:
        return Judgement::wrong(ErrorKind::foreign, escaped(message));
    }
    return unexpected(message);
  }

  /// The answer has to be `expected`.
  static Judgement judge_exactly(std::string_view bytes, std::string_view expected) {
    if (bytes == expected) return Judgement::right();
    return expected.starts_with(bytes) ? Judgement::more() : unexpected(bytes);
  }

 private:
  MessageCode code_;
};

class Redis final : public StoreThenLoad {
 public:
  using StoreThenLoad::StoreThenLoad;

  void request(const SessionId& session, int step, std::string& bytes) override {
    if (step == 1) {
      bytes += "*2\r\n$3\r\nGET\r\n$4\r\nslot\r\n";
      return;
    }
    const std::string message = message_of(session);
    bytes += fmt::format("*3\r\n$3\r\nSET\r\n$4\r\nslot\r\n${}\r\n{}\r\n", message.size(), message);
  }

  Judgement judge(const SessionId&, int step, std::string_view bytes, bool) override {
    if (step == 0) return judge_exactly(bytes, "+OK\r\n");
    if (!can_begin_with("$", bytes) || bytes.starts_with("$-")) return unexpected(bytes);
    const auto head = bytes.find("\r\n");  // $SIZE, then the value
    if (!bytes.ends_with("\r\n") || head + 2 == bytes.size()) return Judgement::more();
    return judge_loaded(bytes.substr(head + 2, bytes.size() - head - 4));
  }
};

class Memcached final : public StoreThenLoad {
 public:
  using StoreThenLoad::StoreThenLoad;

  void request(const SessionId& session, int step, std::string& bytes) override {
    if (step == 1) {
      bytes += "get slot\r\n";
      return;
    }
    const std::string message = message_of(session);
    bytes += fmt::format("set slot 0 0 {}\r\n{}\r\n", message.size(), message);
  }

  Judgement judge(const SessionId&, int step, std::string_view bytes, bool) override {
    if (step == 0) return judge_exactly(bytes, "STORED\r\n");
    constexpr std::string_view tail = "\r\nEND\r\n";
    if (!can_begin_with("VALUE slot ", bytes)) return unexpected(bytes);
    if (!bytes.ends_with(tail)) return Judgement::more();
    const auto head = bytes.find("\r\n");  // VALUE KEY FLAGS SIZE
    if (head + tail.size() > bytes.size()) return unexpected(bytes);
    return judge_loaded(bytes.substr(head + 2, bytes.size() - head - 2 - tail.size()));
  }
};

/// Packets are a type, a length in one byte (all are short), and the rest: MQTT 3.1.1.
class Mosquitto final : public StoreThenLoad {
 public:
  using StoreThenLoad::StoreThenLoad;

  void request(const SessionId& session, int step, std::string& bytes) override {
    const std::string message = message_of(session);
    if (step == 0) {
      using namespace std::string_literals;
      // Clean session, no keep-alive; the client's name is its message.
      append_packet(0x10, "\0\4MQTT\4\2\0\0"s + text(message), bytes);
      return;
    }
    append_packet(0x31, text(topic) + message, bytes);  // retained, at most once: not answered
    append_packet(0x82, std::string("\0\1", 2) + text(topic) + '\0', bytes);
  }

  Judgement judge(const SessionId&, int step, std::string_view bytes, bool) override {
    if (step == 0) return judge_exactly(bytes, {"\x20\2\0\0", 4});
    // The confirmation and the retained message, in this order or, from other publishers, not.
    bool confirmed = false;
    std::optional<Judgement> loaded;
    while (!bytes.empty()) {
      const bool is_message = (bytes[0] & 0xf0) == 0x30;
      if (!is_message && bytes[0] != confirmation[0]) return unexpected(bytes);
      if (bytes.size() < 2 || bytes.size() < size_of_packet(bytes)) break;
      const std::string_view packet = bytes.substr(0, size_of_packet(bytes));
      if (is_message && packet.size() > 4) {
        const auto topic_size = static_cast<std::size_t>(packet[3]);
        if (packet.size() < 4 + topic_size) return unexpected(packet);
        if (!loaded) loaded = judge_loaded(packet.substr(4 + topic_size));
      } else if (packet == confirmation) {
        confirmed = true;
      } else {
        return unexpected(packet);
      }
      bytes.remove_prefix(packet.size());
    }
    return confirmed && loaded ? *loaded : Judgement::more();
  }

 private:
  static constexpr std::string_view topic = "slot";
  static constexpr std::string_view confirmation{"\x90\3\0\1\0", 5};

  static std::string text(std::string_view of) {
    return std::string{'\0', static_cast<char>(of.size())} + std::string(of);
  }
  static void append_packet(int type, std::string_view rest, std::string& bytes) {
    bytes += static_cast<char>(type);
    bytes += static_cast<char>(rest.size());
    bytes += rest;
  }
  static std::size_t size_of_packet(std::string_view bytes) {
    return 2 + static_cast<unsigned char>(bytes[1]);
  }
};

/// Its gateway wants keys and values in base 64. The digits of a message are digits of base 64 too,
/// so, filled up to a multiple of four, a message goes through as it is.
class Etcd final : public StoreThenLoad {
 public:
  using StoreThenLoad::StoreThenLoad;

  void request(const SessionId& session, int step, std::string& bytes) override {
    if (step == 1) return append_post("range", R"({"key":"c2xvdA=="})", bytes);
    std::string value = message_of(session);
    while (value.size() % 4 != 0) value += filler;
    append_post("put", fmt::format(R"({{"key":"c2xvdA==","value":"{}"}})", value), bytes);
  }

  Judgement judge(const SessionId&, int step, std::string_view bytes, bool) override {
    const auto head = bytes.find("\r\n\r\n");
    if (head == std::string_view::npos) return Judgement::more();
    if (!bytes.starts_with("HTTP/1.1 200 ")) return unexpected(bytes);
    constexpr std::string_view length = "Content-Length: ";
    const auto at = bytes.find(length);
    std::size_t size = 0;
    if (at >= head) return unexpected(bytes);
    std::from_chars(&bytes[at + length.size()], &bytes[head], size);
    if (bytes.size() < head + 4 + size) return Judgement::more();
    if (step == 0) return Judgement::right();

    constexpr std::string_view before_value = R"("value":")";
    const auto begin = bytes.find(before_value, head);
    if (begin == std::string_view::npos) return unexpected(bytes);
    std::string_view value = bytes.substr(begin + before_value.size());
    value = value.substr(0, value.find('"'));
    return judge_loaded(value.substr(0, value.find(filler)));
  }

 private:
  static constexpr char filler = 'A';  // no digit of a message

  static void append_post(std::string_view what, std::string_view body, std::string& bytes) {
    bytes += fmt::format(
        "POST /v3/kv/{} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        "Content-Length: {}\r\n\r\n{}",
        what, body.size(), body);
  }
};

}  // namespace

std::unique_ptr<Dialogue> peer_dialogue(std::string_view peer, std::uint64_t run) {
  if (peer == "redis") return std::make_unique<Redis>(run);
  if (peer == "memcached") return std::make_unique<Memcached>(run);
  if (peer == "mosquitto") return std::make_unique<Mosquitto>(run);
  if (peer == "etcd") return std::make_unique<Etcd>(run);
  return nullptr;
}

}  // namespace lastword
