#pragma once

#include <string>

#include "check/picture_scene.h"

namespace lastword {

/// A space-time diagram as an SVG element for an HTML page that has html_assets.h's style: time to
/// the right, the slot's contents on top, below it a row per session from connect to close with its
/// store and its load, coloured by message. Rows can be focused and carry their sentence in
/// `data-details`. Every byte from the wire is escaped.
/// The row of session 12 has the id `<name>-writer-12`.
std::string picture_of(const HistoryResult& result, const PictureScene& scene,
                       const std::string& name);

/// The same sessions as an HTML table.
std::string table_of(const HistoryResult& result, const PictureScene& scene);

}  // namespace lastword
