// Any bytes as the path of a file, and back.
#pragma once

#include <string>
#include <string_view>

namespace handoff {

// The mark of what is no item: parts of long names, and files that are being written. No encoded name has it.
inline constexpr char no_item = '+';

// A path below a folder for a name of any bytes, of any length. Letters, digits, '-', '_' and '.' stand for
// themselves, but for a '.' that begins a part; any other byte is %XX. A name that is too long for one file
// goes on in a folder: "beginning+/rest". Different names have different paths, and none leaves the folder.
std::string encode_name(std::string_view name);

// The name whose path this is. Throws std::invalid_argument if it is no name's path.
std::string decode_name(std::string_view path);

}  // namespace handoff
