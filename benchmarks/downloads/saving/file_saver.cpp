#include "file_saver.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <system_error>

#include "downloads/processes/descriptor.hpp"
#include "file_name.hpp"
#include "part_file.hpp"

namespace handoff {
namespace {

bool is_there(const std::filesystem::path& path) {
    return faccessat(AT_FDCWD, path.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

// A new name is on the disk when its folder is.
void sync_folder(const std::filesystem::path& folder, const saver_settings& settings) {
    const descriptor file(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC), "open");
    sync_file(file.get(), settings);
}

}  // namespace

// Without a slash at its end, so that it is the parent of what is in it.
file_saver::file_saver(const std::filesystem::path& folder, const saver_settings& settings)
    : folder_(folder.has_filename() ? folder : folder.parent_path()), settings_(settings) {}

std::filesystem::path file_saver::path_of(std::string_view name) const {
    return folder_ / encode_name(name);
}

bool file_saver::has(std::string_view name) const {
    return is_there(path_of(name));
}

void file_saver::remove(std::string_view name) const {
    std::filesystem::remove(path_of(name));
}

save_result file_saver::save(std::string_view name, const item_body& body) {
    const std::filesystem::path path = path_of(name);
    try {
        // With one byte more while it is being written.
        if (path.native().size() + 1 >= PATH_MAX)
            throw std::system_error(ENAMETOOLONG, std::generic_category());
        // Only a long name has folders of its own.
        if (path.parent_path() != folder_) std::filesystem::create_directories(path.parent_path());
        switch (settings_.claim) {
            case claim_kind::lock:
                return save_locked(path, body);
            case claim_kind::exclusive:
                return save_exclusively(path, body);
            case claim_kind::id:
                break;
        }
        return save_by_id(path, body);
    } catch (const std::exception& e) {
        const auto* system = dynamic_cast<const std::system_error*>(&e);
        throw save_error("item '" + path.lexically_relative(folder_).string() + "' cannot be saved in '" +
                         folder_.string() + "': " + (system ? system->code().message() : e.what()));
    }
}

save_result file_saver::save_locked(const std::filesystem::path& path, const item_body& body) {
    if (!claim(path)) return save_result::taken;
    try {
        part_file part = part_file::named(path.parent_path());
        part.fill(body, settings_);
        part.rename_to(path);
        settle(path);
    } catch (...) {
        release(path);
        throw;
    }
    release(path);
    return save_result::written;
}

save_result file_saver::save_exclusively(const std::filesystem::path& path, const item_body& body) const {
    std::optional<part_file> part = part_file::claimed(path.native() + no_item);
    if (!part) return save_result::taken;
    // Asked only now: from here on no other saver can give the item its name.
    if (is_there(path)) return save_result::taken;
    part->fill(body, settings_);
    part->rename_to(path);
    settle(path);
    return save_result::written;
}

save_result file_saver::save_by_id(const std::filesystem::path& path, const item_body& body) const {
    if (is_there(path)) return save_result::taken;  // saves the work; link_to decides
    part_file part = part_file::anonymous(path.parent_path());
    part.fill(body, settings_);
    if (!part.link_to(path)) return save_result::taken;
    settle(path);
    return save_result::written;
}

bool file_saver::claim(const std::filesystem::path& path) {
    const std::scoped_lock lock(mutex_);
    return !is_there(path) && being_saved_.insert(path.native()).second;
}

void file_saver::release(const std::filesystem::path& path) {
    const std::scoped_lock lock(mutex_);
    being_saved_.erase(path.native());
}

// An item that may not be on the disk is none.
void file_saver::settle(const std::filesystem::path& path) const {
    if (!settings_.durable) return;
    try {
        // The folders of a long name are names in folders, too, which may be as new.
        std::filesystem::path folder = path;
        do {
            folder = folder.parent_path();
            sync_folder(folder, settings_);
        } while (folder != folder_);
    } catch (...) {
        unlink(path.c_str());
        throw;
    }
}

std::size_t remove_abandoned(const std::filesystem::path& folder) {
    std::size_t removed = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        const std::string name = entry.path().filename().native();
        if (name.front() != no_item && name.back() != no_item) continue;
        std::filesystem::remove(entry.path());
        ++removed;
    }
    return removed;
}

}  // namespace handoff
