#pragma once

#include <string>
#include <tl/expected.hpp>

namespace lastword {

/// What the outside world did, in words for the person who reads it: what failed, where, why, and
/// what to do. No trailing full stop or newline.
struct Error {
  std::string text;
};

/// The value, or what the outside world did instead. Our own mistakes are assertions.
template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> failure(std::string text) {
  return tl::unexpected<Error>(Error{std::move(text)});
}

/// "address already in use" for EADDRINUSE: the C library's words, fit for a sentence's middle.
std::string describe_errno(int error_number);

}  // namespace lastword
