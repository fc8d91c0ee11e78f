#include "document_file.hpp"

#include <algorithm>
#include <fstream>
#include <vector>

#include "downloads/job/mixed.hpp"
#include "file_name.hpp"

namespace handoff {
namespace {

constexpr std::size_t word_bytes = sizeof(std::uint64_t);

std::size_t files_below(const std::filesystem::path& folder) {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        count += entry.is_directory() ? 0U : 1U;
    return count;
}

}  // namespace

std::string file_name_of(const document& d) {
    return "document-" + std::to_string(d.id);
}

std::size_t document_body::operator()(std::span<char> room) {
    const std::size_t bytes = std::min(room.size(), bytes_ - at_);
    std::uint64_t now = 0;
    for (std::size_t i = 0; i < bytes; ++i, ++at_) {
        if (i == 0 || at_ % word_bytes == 0) now = mixed(mixed(id_) ^ (at_ / word_bytes));
        room[i] = static_cast<char>(now >> (8 * (at_ % word_bytes)));
    }
    return bytes;
}

bool file_holds(const std::filesystem::path& path, const document& d) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return false;
    document_body body(d);
    std::vector<char> expected(64 * 1024);
    std::vector<char> found(expected.size());
    for (;;) {
        const std::size_t bytes = body(expected);
        // One more than there may be at the end.
        file.read(found.data(), static_cast<std::streamsize>(bytes == 0 ? 1 : bytes));
        if (static_cast<std::size_t>(file.gcount()) != bytes) return false;
        if (bytes == 0) return true;
        if (!std::equal(expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(bytes),
                        found.begin()))
            return false;
    }
}

std::string check_files(const std::filesystem::path& folder, std::span<const document> documents) {
    for (const document& d : documents) {
        const std::filesystem::path path = folder / encode_name(file_name_of(d));
        if (!std::filesystem::exists(path)) return "unverified: " + file_name_of(d) + " was lost";
        if (!file_holds(path, d)) return "unverified: " + file_name_of(d) + " is torn";
    }
    if (const std::size_t files = files_below(folder); files != documents.size())
        return "unverified: there are " + std::to_string(files) + " files of " +
               std::to_string(documents.size());
    return {};
}

}  // namespace handoff
