#include "net/error.h"

#include <cctype>
#include <system_error>

namespace lastword {

std::string describe_errno(int error_number) {
  std::string text = std::generic_category().message(error_number);
  const bool acronym = text.size() > 1 && std::isupper(static_cast<unsigned char>(text[1])) != 0;
  if (!text.empty() && !acronym) {
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  }
  return text;
}

}  // namespace lastword
