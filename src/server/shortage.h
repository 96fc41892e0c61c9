#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lastword {

/// What a server can run out of, so that it pauses accepting (SPEC 5.2).
enum class Resource {
  descriptors,         ///< this process's
  system_descriptors,  ///< the whole machine's
  threads,
  memory,
  sessions,  ///< as many as --max-sessions allows
};

/// The stack of a thread that serves a session, in bytes of address space: a session touches two or
/// three pages of it, and the rest is never backed by memory.
inline constexpr std::size_t thread_stack_size = 128 * 1024;

/// One word for logs and metrics, such as `threads`.
std::string_view name_of(Resource resource);

/// A limit of this process or machine. `value` is nothing where there is no such limit.
struct Limit {
  std::string name;  ///< as an operator would look for it: "ulimit -n", "kernel.pid_max"
  std::optional<std::uint64_t> value;
};

/// A resource that has run out, and the limit that says so.
struct Shortage {
  Resource resource = Resource::descriptors;
  Limit limit;
};

/// The resource that `error_number`, given by accept(2), stands for; nothing where that error is
/// the connection's own and the next accept may well succeed.
std::optional<Resource> resource_behind_accept_error(int error_number);

/// The limit that bounds `resource` now, read from the kernel. `sessions` has none there.
Limit limit_of(Resource resource);

/// Raises the soft limit of descriptors to the hard one and gives the result.
std::uint64_t raise_descriptor_limit();

}  // namespace lastword
