#include "slot/etcd_requests.h"

#include <openssl/evp.h>

#include <charconv>
#include <utility>

namespace lastword::etcd {
namespace {

using nlohmann::json;
using Repeat = EtcdClient::Repeat;

std::string base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // with the terminator
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

/// Throws json::exception's base where the text is none, as reading any other wrong answer does.
std::string from_base64(const std::string& text) {
  std::string bytes(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  if (size < 0) throw std::invalid_argument("not base64");
  const auto padding = text.size() - text.find_last_not_of('=') - 1;
  bytes.resize(static_cast<std::size_t>(size) - (text.empty() ? 0 : padding));
  return bytes;
}

/// The gateway writes 64-bit numbers as strings.
std::int64_t number(const json& object, const char* name) {
  return std::stoll(object.at(name).get<std::string>());
}

/// Calls, and makes a value of the answer; an answer that can't be read may be to anything.
template <class Read>
auto ask(EtcdClient& client, const std::string& path, const json& body, Repeat repeat, Read read)
    -> EtcdResult<decltype(read(json()))> {
  const auto answer = client.call(path, body, repeat);
  if (!answer) return tl::unexpected(answer.error());
  try {
    if constexpr (std::is_void_v<decltype(read(json()))>) {
      return {};
    } else {
      return read(*answer);
    }
  } catch (const std::exception& error) {
    return tl::unexpected(EtcdError{true, true, std::string("etcd's answer: ") + error.what()});
  }
}

void nothing(const json&) {}

std::optional<std::string> value_in(const json& range) {
  const auto found = range.find("kvs");
  if (found == range.end() || found->empty()) return std::nullopt;
  return from_base64(found->at(0).value("value", ""));
}

json guarded(const Guard& guard, const json& request) {
  return {{"compare",
           {{{"target", "CREATE"},
             {"result", "EQUAL"},
             {"key", base64(guard.key)},
             {"create_revision", std::to_string(guard.revision)}}}},
          {"success", json::array({request})}};
}

json range_of(std::string_view key) { return {{"key", base64(key)}, {"serializable", false}}; }

}  // namespace

EtcdResult<void> put(EtcdClient& client, std::string_view key, std::string_view value) {
  return ask(client, "/v3/kv/put", {{"key", base64(key)}, {"value", base64(value)}},
             Repeat::unless_sent, nothing);
}

EtcdResult<std::optional<std::string>> get(EtcdClient& client, std::string_view key) {
  return ask(client, "/v3/kv/range", range_of(key), Repeat::always, value_in);
}

EtcdResult<bool> put_guarded(EtcdClient& client, const Guard& guard, std::string_view key,
                             std::string_view value) {
  const json put = {{"request_put", {{"key", base64(key)}, {"value", base64(value)}}}};
  return ask(client, "/v3/kv/txn", guarded(guard, put), Repeat::unless_sent,
             [](const json& answer) { return answer.value("succeeded", false); });
}

EtcdResult<Seen> get_guarded(EtcdClient& client, const Guard& guard, std::string_view key) {
  return ask(client, "/v3/kv/txn", guarded(guard, {{"request_range", range_of(key)}}),
             Repeat::always, [](const json& answer) {
               if (!answer.value("succeeded", false)) return Seen{};
               return Seen{true, value_in(answer.at("responses").at(0).at("response_range"))};
             });
}

EtcdResult<std::int64_t> grant_lease(EtcdClient& client, std::chrono::seconds time_to_live) {
  // Sent twice it may grant a second one, which nobody uses and which ends by itself.
  return ask(client, "/v3/lease/grant", {{"TTL", std::to_string(time_to_live.count())}},
             Repeat::always, [](const json& answer) { return number(answer, "ID"); });
}

EtcdResult<bool> keep_alive(EtcdClient& client, std::int64_t lease) {
  return ask(client, "/v3/lease/keepalive", {{"ID", std::to_string(lease)}}, Repeat::always,
             [](const json& answer) { return answer.at("result").contains("TTL"); });
}

EtcdResult<void> revoke_lease(EtcdClient& client, std::int64_t lease) {
  return ask(client, "/v3/lease/revoke", {{"ID", std::to_string(lease)}}, Repeat::always, nothing);
}

EtcdResult<std::int64_t> create(EtcdClient& client, std::string_view key, std::int64_t lease) {
  const json put = {{"request_put", {{"key", base64(key)}, {"lease", std::to_string(lease)}}}};
  json body = guarded({std::string(key), 0}, put);
  body["failure"] = json::array({{{"request_range", range_of(key)}}});
  return ask(client, "/v3/kv/txn", body, Repeat::unless_sent, [](const json& answer) {
    if (answer.value("succeeded", false)) return number(answer.at("header"), "revision");
    const json& range = answer.at("responses").at(0).at("response_range");
    return number(range.at("kvs").at(0), "create_revision");
  });
}

EtcdResult<void> remove(EtcdClient& client, std::string_view key) {
  return ask(client, "/v3/kv/deleterange", {{"key", base64(key)}}, Repeat::unless_sent, nothing);
}

EtcdResult<std::optional<Guard>> first_of(EtcdClient& client, std::string_view prefix) {
  std::string behind(prefix);  // the first key that does not begin with it
  ++behind.back();
  json range = range_of(prefix);
  range["range_end"] = base64(behind);
  range["sort_target"] = "CREATE";
  range["sort_order"] = "ASCEND";
  range["limit"] = "1";
  return ask(client, "/v3/kv/range", range, Repeat::always,
             [](const json& answer) -> std::optional<Guard> {
               const auto found = answer.find("kvs");
               if (found == answer.end() || found->empty()) return std::nullopt;
               const json& first = found->at(0);
               return Guard{from_base64(first.at("key").get<std::string>()),
                            number(first, "create_revision")};
             });
}

}  // namespace lastword::etcd
