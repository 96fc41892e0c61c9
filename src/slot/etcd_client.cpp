#include "slot/etcd_client.h"

#include <fmt/format.h>
#include <httplib.h>

#include <algorithm>
#include <cassert>
#include <thread>

namespace lastword {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using Clock = std::chrono::steady_clock;

/// Between two rounds of endpoints none of which could be reached.
constexpr auto pause = 50ms;
/// An endpoint is given so much, however little is left.
constexpr Clock::duration least_patience = 50ms;

Clock::duration left_until(Clock::time_point time) {
  return std::max<Clock::duration>(time - Clock::now(), 1ms);
}

/// Half of what is left: enough is kept for the endpoints behind this one.
Clock::time_point half_way_to(Clock::time_point time) {
  const auto now = Clock::now();
  return std::min(time, now + std::max((time - now) / 2, least_patience));
}

/// Whether the request certainly had no effect: nothing of it was sent.
bool was_unsent(httplib::Error error) {
  switch (error) {
    case httplib::Error::Connection:
    case httplib::Error::ConnectionTimeout:
    case httplib::Error::SSLConnection:
    case httplib::Error::SSLLoadingCerts:
    case httplib::Error::SSLServerVerification: return true;
    default: return false;
  }
}

std::string_view words_of(httplib::Error error) {
  switch (error) {
    case httplib::Error::Connection:
    case httplib::Error::ConnectionTimeout: return "cannot connect";
    case httplib::Error::SSLConnection: return "cannot agree on TLS";
    case httplib::Error::SSLLoadingCerts: return "cannot read the certificate files";
    case httplib::Error::SSLServerVerification: return "its certificate is not trusted";
    default: return "no answer";
  }
}

/// What etcd says when it did not do it. All else, such as a time-out between etcd's members (503),
/// may be applied later.
EtcdError answered_error(int status, std::string text) {
  switch (status) {
    case 400:  // malformed, or the user's rights have changed since it authenticated
    case 401:  // not authenticated, or no longer
    case 429:  // too many requests, or no space
      return {false, false, std::move(text)};
    case 403:  // not permitted
    case 404:  // no such lease, or call
    case 405:  // no such call
    case 412:  // authentication is not enabled
      return {false, true, std::move(text)};
    default: return {true, false, std::move(text)};
  }
}

}  // namespace

EtcdClient::EtcdClient(EtcdOptions options) : options_(std::move(options)) {
  assert(!options_.endpoints.empty());
}

EtcdClient::~EtcdClient() = default;
EtcdClient::EtcdClient(EtcdClient&&) noexcept = default;

std::unique_ptr<httplib::ClientImpl> EtcdClient::make_http() const {
  const std::string& host = endpoint().host.empty() ? "localhost" : endpoint().host;
  std::unique_ptr<httplib::ClientImpl> http;
  if (options_.has_tls()) {
    auto tls = std::make_unique<httplib::SSLClient>(host, endpoint().port,
                                                    options_.certificate_file, options_.key_file);
    if (!options_.ca_file.empty()) tls->set_ca_cert_path(options_.ca_file);
    tls->enable_server_certificate_verification(true);
    http = std::move(tls);
  } else {
    http = std::make_unique<httplib::ClientImpl>(host, endpoint().port);
  }
  http->set_keep_alive(true);
  http->set_tcp_nodelay(true);  // it sends head and body apart
  return http;
}

void EtcdClient::connect_elsewhere() {
  http_.reset();
  current_ = (current_ + 1) % options_.endpoints.size();
}

EtcdResult<json> EtcdClient::call(const std::string& path, const json& body, Repeat repeat) {
  const auto deadline = Clock::now() + options_.timeout;
  for (std::size_t tried = 1;; ++tried) {
    auto answer = try_once(path, body, repeat, deadline);
    if (answer || answer.error().is_final) return answer;
    connect_elsewhere();
    if (answer.error().may_have_happened && repeat == Repeat::unless_sent) return answer;
    const bool is_round = tried % options_.endpoints.size() == 0;
    if (is_round)
      std::this_thread::sleep_for(std::min<Clock::duration>(pause, left_until(deadline)));
    if (Clock::now() >= deadline) return answer;
  }
}

EtcdResult<json> EtcdClient::try_once(const std::string& path, const json& body, Repeat repeat,
                                      Clock::time_point deadline) {
  if (!options_.user.empty() && token_.empty()) {
    const auto authenticated = authenticate(deadline);
    if (!authenticated) return tl::unexpected(authenticated.error());
  }
  // What can't be repeated waits for its answer to the last: it would be lost by asking elsewhere.
  const auto answer_by = repeat == Repeat::always ? half_way_to(deadline) : deadline;
  const auto answer = post(path, body, half_way_to(deadline), answer_by);
  if (!answer) {
    // The user's token may have run out: the next try asks for another.
    if (!answer.error().may_have_happened) token_.clear();
    return tl::unexpected(answer.error());
  }
  json parsed = json::parse(*answer, nullptr, false);
  if (!parsed.is_object()) {
    return tl::unexpected(EtcdError{
        true, false, fmt::format("{} does not answer as etcd does", to_string(endpoint()))});
  }
  return parsed;
}

EtcdResult<void> EtcdClient::authenticate(Clock::time_point deadline) {
  const auto colon = std::min(options_.user.find(':'), options_.user.size() - 1);
  const json who = {{"name", options_.user.substr(0, colon)},
                    {"password", options_.user.substr(colon + 1)}};
  // Etcd takes a tenth of a second over it, on purpose: so it is given all the time there is.
  const auto answer = post("/v3/auth/authenticate", who, half_way_to(deadline), deadline);
  if (!answer) {
    return tl::unexpected(EtcdError{false, answer.error().is_final, answer.error().text});
  }
  const json parsed = json::parse(*answer, nullptr, false);
  if (parsed.is_object()) token_ = parsed.value("token", "");
  return {};
}

EtcdResult<std::string> EtcdClient::post(const std::string& path, const json& body,
                                         Clock::time_point connect_by,
                                         Clock::time_point answer_by) {
  if (!http_) http_ = make_http();
  http_->set_connection_timeout(left_until(connect_by));
  http_->set_write_timeout(left_until(answer_by));
  http_->set_read_timeout(left_until(answer_by));
  httplib::Request request;
  request.method = "POST";
  request.path = path;
  request.headers = {{"Content-Type", "application/json"}};
  if (!token_.empty()) request.headers.emplace("Authorization", token_);
  request.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
  // Taken here and not from the result: this httplib can't read the trailers behind etcd's errors,
  // and gives up on them.
  int status = 0;
  std::string content;
  request.response_handler = [&](const httplib::Response& response) {
    status = response.status;
    return true;
  };
  request.content_receiver = [&](const char* data, std::size_t size, std::uint64_t, std::uint64_t) {
    content.append(data, size);
    return true;
  };
  const httplib::Result result = http_->send(request);
  if (result && status == 200) return content;
  if (status == 0 || status == 200) {
    return tl::unexpected(
        EtcdError{!was_unsent(result.error()), false,
                  fmt::format("etcd at {}: {}", to_string(endpoint()), words_of(result.error()))});
  }
  const json parsed = json::parse(content, nullptr, false);
  const std::string said =
      parsed.is_object() ? parsed.value("message", content) : content.substr(0, 200);
  return tl::unexpected(answered_error(
      status, fmt::format("etcd at {} says {}: {}", to_string(endpoint()), status, said)));
}

}  // namespace lastword
