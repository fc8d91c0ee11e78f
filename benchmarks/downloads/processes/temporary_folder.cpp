#include "temporary_folder.hpp"

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

namespace handoff {

temporary_folder::temporary_folder() {
    std::string path = (std::filesystem::temp_directory_path() / "handoff-XXXXXX").string();
    if (mkdtemp(path.data()) == nullptr)
        throw std::system_error(errno, std::generic_category(), "cannot make the folder " + path);
    path_ = path;
}

temporary_folder::~temporary_folder() {
    std::error_code ignored;  // a folder that cannot be removed is no reason to lose the figures
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace handoff
