// A folder of one's own, in TMPDIR, else in /tmp; removed at the end.
#pragma once

#include <filesystem>

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
};

}  // namespace handoff
