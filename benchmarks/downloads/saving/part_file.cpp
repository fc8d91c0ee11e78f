#include "part_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "file_name.hpp"

namespace handoff {
namespace {

constexpr std::size_t piece = 64 * 1024;  // of a body, in memory
constexpr mode_t readable = 0644;

[[noreturn]] void throw_errno(int error = errno) {
    throw std::system_error(error, std::generic_category());
}

std::filesystem::path unused_name(const std::filesystem::path& folder) {
    static std::atomic<unsigned> count{0};
    return folder / (no_item + std::to_string(getpid()) + "-" + std::to_string(count++));
}

}  // namespace

void sync_file(int file, const saver_settings& settings) {
    const auto call = settings.sync != nullptr ? settings.sync : ::fsync;
    if (call(file) != 0) throw_errno();
}

std::optional<part_file> part_file::claimed(const std::filesystem::path& path) {
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, readable);
    if (file >= 0) return part_file(file, path);
    if (errno != EEXIST) throw_errno();
    return std::nullopt;
}

part_file part_file::named(const std::filesystem::path& folder) {
    for (;;)
        // A name that is in use was left by an earlier process with this number.
        if (std::optional<part_file> part = claimed(unused_name(folder))) return std::move(*part);
}

part_file part_file::anonymous(const std::filesystem::path& folder) {
    const int file = open(folder.c_str(), O_WRONLY | O_TMPFILE | O_CLOEXEC, readable);
    if (file >= 0) return part_file(file, {});
    // Not every file system can do that, and kernels before 3.11 take it for a folder (open(2)).
    if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL) throw_errno();
    return named(folder);
}

part_file::part_file(part_file&& other) noexcept
    : file_(std::exchange(other.file_, -1)), path_(std::exchange(other.path_, {})) {}

part_file::~part_file() {
    if (file_ >= 0) close(file_);
    if (!path_.empty()) unlink(path_.c_str());
}

void part_file::fill(const item_body& body, const saver_settings& settings) {
    std::vector<char> room(piece);
    for (std::size_t bytes = body(room); bytes > 0; bytes = body(room))
        write_all(std::span(room).first(bytes), settings);
    if (settings.durable) sync_file(file_, settings);
}

void part_file::write_all(std::span<const char> bytes, const saver_settings& settings) const {
    const auto call = settings.write != nullptr ? settings.write : ::write;
    while (!bytes.empty()) {
        const ssize_t written = call(file_, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) throw_errno();
        if (written == 0) throw_errno(EIO);
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
}

void part_file::rename_to(const std::filesystem::path& path) {
    // Some file systems say only here that the disk is full (close(2)).
    if (close(std::exchange(file_, -1)) != 0) throw_errno();
    if (rename(path_.c_str(), path.c_str()) != 0) throw_errno();
    path_.clear();
}

bool part_file::link_to(const std::filesystem::path& path) {
    // A file without a name is reached through its descriptor (open(2), O_TMPFILE), so it is closed later.
    const std::string source =
        path_.empty() ? "/proc/self/fd/" + std::to_string(file_) : std::string(path_.native());
    const int result = linkat(AT_FDCWD, source.c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW);
    if (result != 0 && errno != EEXIST) throw_errno();
    return result == 0;
}

}  // namespace handoff
