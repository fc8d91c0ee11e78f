// A file that is being written. Unless it is published it leaves nothing behind.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <utility>

#include "file_saver.hpp"

namespace handoff {

// Returns when the file is on the disk. Throws std::system_error.
void sync_file(int file, const saver_settings& settings);

class part_file {
public:
    // With this name, which must be free: nothing if it is taken. Throws std::system_error, as all
    // of these do.
    static std::optional<part_file> claimed(const std::filesystem::path& path);
    // Without a name where the file system allows that, else with one that no other file has.
    static part_file anonymous(const std::filesystem::path& folder);
    // With a name of its own, so that it can be renamed.
    static part_file named(const std::filesystem::path& folder);

    part_file(part_file&& other) noexcept;
    part_file& operator=(part_file&&) = delete;
    ~part_file();

    void fill(const item_body& body, const saver_settings& settings);

    // Gives it the name of the item, whoever had it before.
    void rename_to(const std::filesystem::path& path);
    // The same, unless somebody has the name: false.
    bool link_to(const std::filesystem::path& path);

private:
    part_file(int file, std::filesystem::path path) : file_(file), path_(std::move(path)) {}

    void write_all(std::span<const char> bytes, const saver_settings& settings) const;

    int file_;
    std::filesystem::path path_;  // empty: it has no name
};

}  // namespace handoff
