#pragma once

#include <string>
#include <string_view>

namespace lastword {

/// `text` fit for any document: well-formed UTF-8 and line feeds stay; every other byte, every
/// control character, and those that reorder or hide text become `\xNN`. What is printable ASCII is
/// not changed, so that what was escaped before is not escaped twice.
std::string printable(std::string_view text);

/// The same, fit for the content and the quoted attributes of XML and HTML.
std::string marked_up(std::string_view text);

}  // namespace lastword
