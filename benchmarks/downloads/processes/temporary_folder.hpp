// A folder of one's own, in TMPDIR, else in /tmp; removed at the end, also at an end by Ctrl-C. What a
// process has left that was killed is removed by the next that makes such a folder.
#pragma once

#include <filesystem>

#include "descriptor.hpp"

namespace handoff {

class temporary_folder {
public:
    // Throws std::system_error if it cannot be made.
    temporary_folder();
    ~temporary_folder();
    temporary_folder(const temporary_folder&) = delete;
    temporary_folder& operator=(const temporary_folder&) = delete;

    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
    descriptor lock_;  // of the folder: whoever has it lives
};

// Removes the folders in `where` that no process holds.
void remove_abandoned_folders(const std::filesystem::path& where);

}  // namespace handoff
