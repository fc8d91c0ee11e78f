// What a document's file holds. Its bytes follow from the document, so that a torn file shows, and nobody
// needs to have them all at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "downloads/job/list.hpp"

namespace handoff {

// The item's name.
std::string file_name_of(const document& d);

// Its bytes, as an item_body.
class document_body {
public:
    explicit document_body(const document& d) : id_(d.id), bytes_(d.bytes) {}
    std::size_t operator()(std::span<char> room);

private:
    std::uint64_t id_;
    std::size_t bytes_;
    std::size_t at_ = 0;
};

// Whether the file holds the document, whole and nothing else.
bool file_holds(const std::filesystem::path& path, const document& d);

// Empty if each of these documents has a whole file in the folder and nothing else is there; else one line
// with what is wrong.
std::string check_files(const std::filesystem::path& folder, std::span<const document> documents);

}  // namespace handoff
