#include "temporary_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <system_error>

namespace handoff {
namespace {

namespace fs = std::filesystem;

// A name that nobody gives to anything else: what has it, and is nobody's, is removed.
constexpr std::string_view prefix = "handoff.tmp.";
constexpr std::string_view pattern = "XXXXXX";  // of mkdtemp

// The folders to be removed at an end by a signal, for a handler that may not allocate.
constexpr std::size_t most_folders = 16;
struct remembered_folder {
    std::atomic<pid_t> owner{
        0};  // the process that has made it: one that was forked off has it not; 0: no folder
    std::array<char, 512> path{};
};
std::array<remembered_folder, most_folders> remembered_folders;

void remember(const fs::path& path) {
    const std::string text = path.string();
    for (remembered_folder& one : remembered_folders) {
        if (text.size() >= one.path.size() || one.owner != 0) continue;
        std::memcpy(one.path.data(), text.c_str(), text.size() + 1);
        one.owner = getpid();
        return;
    }
}

void forget(const fs::path& path) {
    for (remembered_folder& one : remembered_folders)
        if (one.owner != 0 && path == fs::path(one.path.data())) one.owner = 0;
}

// In a process of its own: waits until the other has ended, whose threads may be writing, and removes the
// folders.
[[noreturn]] void remove_after(pid_t parent) {
    setsid();
    const timespec pause{0, 20'000'000};
    for (int tries = 0; getppid() == parent && tries < 250; ++tries) nanosleep(&pause, nullptr);
    nanosleep(&pause, nullptr);
    std::array<const char*, most_folders + 4> arguments{"rm", "-rf", "--"};
    std::size_t count = 3;
    for (remembered_folder& one : remembered_folders)
        if (one.owner == parent) arguments[count++] = one.path.data();
    if (count == 3) _exit(0);
    execv("/bin/rm", const_cast<char* const*>(arguments.data()));
    _exit(1);
}

void end_by(int number) {
    const pid_t own = getpid();
    if (fork() == 0) remove_after(own);
    signal(number, SIG_DFL);
    raise(number);
}

void handle_ends() {
    static const bool once = [] {
        for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
            struct sigaction found {};
            sigaction(number, nullptr, &found);
            if (found.sa_handler != SIG_DFL) continue;  // ignored, or somebody else's
            found.sa_handler = end_by;
            sigaction(number, &found, nullptr);
        }
        return true;
    }();
    static_cast<void>(once);
}

enum class holding { mine, anothers, unknown };

// Whether the folder is held, and holds it if nobody does. Where there are no locks nobody is known to hold
// anything.
holding hold(const fs::path& folder, descriptor& lock) {
    const int opened = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (opened < 0) return errno == ENOENT ? holding::anothers : holding::unknown;
    lock = descriptor(opened, "open");
    if (flock(lock.get(), LOCK_EX | LOCK_NB) == 0 && fs::exists(folder)) return holding::mine;
    const bool taken = errno == EWOULDBLOCK || !fs::exists(folder);
    lock.close();
    return taken ? holding::anothers : holding::unknown;
}

bool is_abandoned(const fs::directory_entry& entry) {
    const std::string name = entry.path().filename().string();
    struct stat told {};
    if (!name.starts_with(prefix) || name.size() != prefix.size() + pattern.size() ||
        lstat(entry.path().c_str(), &told) != 0 || told.st_mode != (S_IFDIR | S_IRWXU) ||
        told.st_uid != geteuid())
        return false;
    descriptor lock;
    return hold(entry.path(), lock) == holding::mine;
}

}  // namespace

void remove_abandoned_folders(const fs::path& where) {
    std::error_code ignored;  // what another process removes in the meantime
    for (fs::directory_iterator at(where, ignored), end; !ignored && at != end; at.increment(ignored)) {
        std::error_code gone;
        if (is_abandoned(*at)) fs::remove_all(at->path(), gone);
    }
}

temporary_folder::temporary_folder() {
    const fs::path where = fs::temp_directory_path();
    remove_abandoned_folders(where);
    // Until it is locked, another process may take it for an abandoned one.
    for (holding how = holding::anothers; how == holding::anothers;) {
        std::string path = (where / std::string(prefix).append(pattern)).string();
        if (mkdtemp(path.data()) == nullptr)
            throw std::system_error(errno, std::generic_category(), "cannot make the folder " + path);
        path_ = path;
        how = hold(path_, lock_);
    }
    remember(path_);
    handle_ends();
}

temporary_folder::~temporary_folder() {
    std::error_code ignored;  // a folder that cannot be removed is no reason to lose the figures
    std::filesystem::remove_all(path_, ignored);
    forget(path_);
}

}  // namespace handoff
