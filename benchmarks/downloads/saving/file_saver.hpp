// Items as files: each is there once and whole, or not at all.
//
// What is being written is no item yet: it has no name, or one that no item has. It gets its name when its
// last byte is written, in one step. A saver that is killed in between leaves no half of an item.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <mutex>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_set>

namespace handoff {

// How savers that want the same name agree on who has it.
//   lock       a set of names under a mutex: among the threads of one process
//   exclusive  who creates the file that is written into, O_EXCL, has it: also among processes. Who is killed
//              keeps it, until somebody calls remove_abandoned
//   id         no claim is made: each writes a file without a name, and only the first of them can be
//              given the name. For items whose name says what they hold; safe among processes that die
enum class claim_kind { lock, exclusive, id };

inline constexpr std::array<std::string_view, 3> claim_names = {"claim_lock", "claim_exclusive", "claim_id"};

constexpr std::string_view name_of(claim_kind kind) {
    return claim_names[static_cast<std::size_t>(kind)];
}

//   written  the file is there
//   taken    another saver has the name, or had it: nothing was changed
enum class save_result { written, taken };

// What a file will hold, piece by piece, so that it need not fit into memory: puts the next bytes into the
// room and says how many they are; 0 at the end. Throws if the rest will never come.
using item_body = std::function<std::size_t(std::span<char> room)>;

// An item that could not be saved, and why. Nothing of it is left.
struct save_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// With the system calls that a test replaces: a disk is not full when it is told to, and whether something is
// on it cannot be seen.
struct saver_settings {
    claim_kind claim = claim_kind::id;
    bool durable = false;  // on the disk when save() returns, not only in the kernel's memory
    ssize_t (*write)(int, const void*, std::size_t) = nullptr;  // write(2)
    int (*sync)(int) = nullptr;                                 // fsync(2)
};

class file_saver {
public:
    // The folder must be there.
    file_saver(const std::filesystem::path& folder, const saver_settings& settings);

    // Thread-safe. Throws save_error.
    save_result save(std::string_view name, const item_body& body);

    bool has(std::string_view name) const;

    // Takes back an item, if it is there.
    void remove(std::string_view name) const;

    std::filesystem::path path_of(std::string_view name) const;

private:
    save_result save_locked(const std::filesystem::path& path, const item_body& body);
    save_result save_exclusively(const std::filesystem::path& path, const item_body& body) const;
    save_result save_by_id(const std::filesystem::path& path, const item_body& body) const;
    bool claim(const std::filesystem::path& path);
    void release(const std::filesystem::path& path);
    void settle(const std::filesystem::path& path) const;

    const std::filesystem::path folder_;
    const saver_settings settings_;
    std::mutex mutex_;  // guards what follows
    std::unordered_set<std::string> being_saved_;
};

// Removes what killed savers have left in a folder in which no saver is at work; returns how many files.
std::size_t remove_abandoned(const std::filesystem::path& folder);

}  // namespace handoff
