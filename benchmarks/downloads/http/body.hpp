// What is in a document: bytes that follow from its id and their place alone, so that the server sends them
// and the client compares them without either having a document in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace handoff {

// The bytes from `offset` on: `most` of them, or fewer, but at least one, if there are more in another piece.
std::span<const char> body_piece(std::uint64_t document, std::size_t offset, std::size_t most);

// Whether the document has these bytes at `offset`.
bool has_piece(std::uint64_t document, std::size_t offset, std::span<const char> bytes);

}  // namespace handoff
