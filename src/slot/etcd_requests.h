#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "slot/etcd_client.h"

/// What lastword asks of etcd, as calls of its JSON gateway. Keys and values are bytes. Reads are
/// linearizable: none is "serializable", which a member would answer from what it happens to know.
namespace lastword::etcd {

/// A key that exists in the incarnation that `revision` created; a lock that somebody holds.
struct Guard {
  std::string key;
  std::int64_t revision = 0;
};

EtcdResult<void> put(EtcdClient& client, std::string_view key, std::string_view value);

/// Nothing where the key isn't there.
EtcdResult<std::optional<std::string>> get(EtcdClient& client, std::string_view key);

/// Puts only while `guard` exists, in one transaction; else gives false, and nothing has changed.
EtcdResult<bool> put_guarded(EtcdClient& client, const Guard& guard, std::string_view key,
                             std::string_view value);

/// What a guarded get saw.
struct Seen {
  bool is_guarded = false;  ///< the guard existed; else there is no value
  std::optional<std::string> value;
};
EtcdResult<Seen> get_guarded(EtcdClient& client, const Guard& guard, std::string_view key);

/// A lease that ends by itself unless it is kept alive.
EtcdResult<std::int64_t> grant_lease(EtcdClient& client, std::chrono::seconds time_to_live);
/// False where it has ended already.
EtcdResult<bool> keep_alive(EtcdClient& client, std::int64_t lease);
/// Its keys go with it.
EtcdResult<void> revoke_lease(EtcdClient& client, std::int64_t lease);

/// Creates `key`, which goes with `lease`, unless it is there, and gives the revision that did.
EtcdResult<std::int64_t> create(EtcdClient& client, std::string_view key, std::int64_t lease);
EtcdResult<void> remove(EtcdClient& client, std::string_view key);

/// The key that was created first of all those that begin with `prefix`; nothing where none does.
EtcdResult<std::optional<Guard>> first_of(EtcdClient& client, std::string_view prefix);

}  // namespace lastword::etcd
