#pragma once

#include <string>

namespace lastword {

/// Makes sure that the descriptors 0 to 2 are open, so that no socket can take the place of one
/// that was closed when the program started. First of all in every main.
void open_standard_descriptors();

/// Writes `text` to stdout, all of it now. False where that fails: a full disk, a closed stdout.
bool print(const std::string& text);

/// Writes `program: why` and a line feed to stderr, as far as that takes it, and gives `code` back.
int fail(int code, const std::string& program, const std::string& why);

}  // namespace lastword
