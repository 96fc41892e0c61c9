#pragma once

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "net/endpoint.h"

namespace httplib {
class ClientImpl;
}

namespace lastword {

/// Where an etcd cluster is, and how to talk to it.
struct EtcdOptions {
  std::vector<Endpoint> endpoints;  ///< at least one; tried in turn
  std::string ca_file;              ///< PEM: who signed etcd's certificate; empty: no such file
  std::string certificate_file;     ///< PEM: the client's own; empty: none
  std::string key_file;             ///< PEM: of that certificate
  std::string user;                 ///< "name:password", with the colon; empty: no authentication
  std::chrono::nanoseconds timeout = std::chrono::seconds(2);  ///< of every call, as a whole

  /// TLS is spoken where either file is given. With a client certificate alone the machine's own
  /// authorities must have signed etcd's.
  bool has_tls() const { return !ca_file.empty() || !certificate_file.empty(); }
};

/// Why a call gave no answer.
struct EtcdError {
  bool may_have_happened = false;  ///< false: what was asked for never takes effect
  bool is_final = false;           ///< etcd answered, and would answer the same again
  std::string text;
};

template <class T>
using EtcdResult = tl::expected<T, EtcdError>;

/// Calls etcd's JSON gateway (etcd 3.4 and later, "/v3/..."), over one connection that is kept.
/// One thread at a time. The thread must not be killed by SIGPIPE.
class EtcdClient {
 public:
  /// Connects to nothing yet.
  explicit EtcdClient(EtcdOptions options);
  ~EtcdClient();
  EtcdClient(EtcdClient&&) noexcept;

  /// What may be sent a second time, at another endpoint perhaps, when no answer came.
  enum class Repeat {
    unless_sent,  ///< only what certainly had no effect: a put that is sent twice can undo another
    always,       ///< reads, and what is the same done twice
  };

  /// Posts `body` and gives the answer's JSON. Tries the endpoints in turn until one answers or the
  /// timeout is over; takes no longer, but for the machine's resolver where names are looked up.
  EtcdResult<nlohmann::json> call(const std::string& path, const nlohmann::json& body,
                                  Repeat repeat);

 private:
  using Clock = std::chrono::steady_clock;

  EtcdResult<nlohmann::json> try_once(const std::string& path, const nlohmann::json& body,
                                      Repeat repeat, Clock::time_point deadline);
  EtcdResult<void> authenticate(Clock::time_point deadline);
  EtcdResult<std::string> post(const std::string& path, const nlohmann::json& body,
                               Clock::time_point connect_by, Clock::time_point answer_by);
  void connect_elsewhere();
  std::unique_ptr<httplib::ClientImpl> make_http() const;
  const Endpoint& endpoint() const { return options_.endpoints[current_]; }

  EtcdOptions options_;
  std::size_t current_ = 0;  // index of the endpoint in use
  std::unique_ptr<httplib::ClientImpl> http_;
  std::string token_;  // of the user, once authenticated
};

}  // namespace lastword
