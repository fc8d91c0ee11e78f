// What goes wrong when an item is saved: the error names it and the reason, what was there stays, and nothing
// half-written is left.
#include <gtest/gtest.h>

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <bit>
#include <csignal>
#include <cstddef>
#include <fstream>
#include <functional>
#include <optional>
#include <system_error>
#include <vector>

#include "downloads/processes/descriptor.hpp"
#include "downloads/processes/temporary_folder.hpp"
#include "downloads/saving/document_file.hpp"
#include "downloads/saving/file_name.hpp"
#include "downloads/saving/file_saver.hpp"
#include "elsewhere.hpp"
#include "harness/machine/usage.hpp"

namespace handoff {
namespace {

namespace fs = std::filesystem;
using namespace std::string_literals;

const document first{.id = 1, .latency = {}, .bytes = 5000};
const document second{.id = 2, .latency = {}, .bytes = 1'000'000};

class saving_faults_test : public testing::TestWithParam<claim_kind> {
protected:
    saver_settings settings() const { return {.claim = GetParam()}; }

    // What saving the document is refused with; empty if it is not.
    static std::string refusal(file_saver& to, const document& d) {
        try {
            to.save(file_name_of(d), document_body(d));
        } catch (const save_error& e) {
            return e.what();
        }
        return {};
    }
    std::string error(const std::string& name, const std::string& reason) const {
        return "item '" + name + "' cannot be saved in '" + folder_.path().string() + "': " + reason;
    }
    // Saves the first, which fits, and then fails to save the second.
    std::string second_refused(ssize_t (*write)(int, const void*, std::size_t) = nullptr) const {
        file_saver to(folder_.path(), {.claim = GetParam(), .write = write});
        const std::string unexpected = refusal(to, first);
        const std::string refused = refusal(to, second);
        const std::string left = check_files(folder_.path(), {&first, 1});
        return unexpected + refused + left;
    }

    temporary_folder folder_;
};

INSTANTIATE_TEST_SUITE_P(each, saving_faults_test,
                         testing::Values(claim_kind::lock, claim_kind::exclusive, claim_kind::id),
                         [](const auto& now) { return std::string(name_of(now.param)); });

// From then on what is mounted is not seen by others; false where that is not allowed.
bool leave_their_mounts() {
    if (unshare(CLONE_NEWNS) == 0) return true;
    const std::string user = std::to_string(geteuid());
    const std::string group = std::to_string(getegid());
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
    // Who has no number in a namespace can make no file there (user_namespaces(7)).
    std::ofstream("/proc/self/setgroups") << "deny";
    std::ofstream("/proc/self/uid_map") << user + " " + user + " 1";
    std::ofstream("/proc/self/gid_map") << group + " " + group + " 1";
    return true;
}

// What `body` says when it finds a file system of 64 KiB in the folder that nobody else sees; nothing where
// that is not allowed.
std::optional<std::string> on_a_small_disk(const fs::path& folder, unsigned long flags,
                                           const std::function<std::string()>& body) {
    constexpr std::string_view no_mounts = "no mounts here";
    const std::string said = elsewhere([&]() -> std::string {
        const bool mounted = leave_their_mounts() &&
                             mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                             mount("tmpfs", folder.c_str(), "tmpfs", flags, "size=64k") == 0;
        return mounted ? body() : std::string(no_mounts);
    });
    return said == no_mounts ? std::nullopt : std::optional(said);
}

// From then on the file is the device that is always full (full(4)): it is the kernel that refuses.
ssize_t full_after_100_000(int file, const void* bytes, std::size_t size) {
    static std::size_t written = 0;
    if (written + size > 100'000) {
        const descriptor full(open("/dev/full", O_WRONLY | O_CLOEXEC), "/dev/full");
        dup2(full.get(), file);
    }
    const ssize_t now = ::write(file, bytes, size);
    written += static_cast<std::size_t>(std::max<ssize_t>(now, 0));
    return now;
}

TEST_P(saving_faults_test, a_full_disk) {
    const std::string expected = error("document-2", "No space left on device");
    EXPECT_EQ(elsewhere([&] { return second_refused(full_after_100_000); }), expected);
    if (const auto said = on_a_small_disk(folder_.path(), 0, [&] { return second_refused(); })) {
        EXPECT_EQ(*said, expected);
    }
}

TEST_P(saving_faults_test, a_file_that_may_not_grow) {
    EXPECT_EQ(elsewhere([&] {
                  std::signal(SIGXFSZ, SIG_IGN);
                  const rlimit limit{.rlim_cur = 100'000, .rlim_max = 100'000};
                  setrlimit(RLIMIT_FSIZE, &limit);
                  return second_refused();
              }),
              error("document-2", "File too large"));
}

TEST_P(saving_faults_test, a_folder_that_may_not_be_written) {
    file_saver before(folder_.path(), settings());
    ASSERT_EQ(refusal(before, first), "");
    fs::permissions(folder_.path(), fs::perms(0555));
    EXPECT_EQ(elsewhere([&]() -> std::string {
                  // Root may write everywhere.
                  if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0) return "root stays root";
                  file_saver to(folder_.path(), settings());
                  return refusal(to, second) + check_files(folder_.path(), {&first, 1});
              }),
              error("document-2", "Permission denied"));
    fs::permissions(folder_.path(), fs::perms(0755));
}

// From then on the kernel answers whoever opens a file to write as a read-only file system does (seccomp(2)).
void let_nothing_be_written() {
    constexpr auto flags = offsetof(seccomp_data, args) + 2 * sizeof(std::uint64_t);  // of openat
    static_assert(std::endian::native == std::endian::little,
                  "the word there is the lower half of the flags");
    std::array<sock_filter, 6> steps = {{
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, flags),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_WRONLY | O_RDWR, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EROFS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    }};
    const sock_fprog program{.len = steps.size(), .filter = steps.data()};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        throw std::system_error(errno, std::generic_category(), "PR_SET_SECCOMP");
}

TEST_P(saving_faults_test, a_file_system_that_may_not_be_written) {
    const std::string expected = error("document-2", "Read-only file system");
    const auto refused = [&] {
        file_saver to(folder_.path(), settings());
        return refusal(to, second) + check_files(folder_.path(), {});
    };
    EXPECT_EQ(elsewhere([&] {
                  let_nothing_be_written();
                  return refused();
              }),
              expected);
    if (const auto said = on_a_small_disk(folder_.path(), MS_RDONLY, refused)) {
        EXPECT_EQ(*said, expected);
    }
}

TEST_P(saving_faults_test, a_folder_that_is_none) {
    const fs::path file = folder_.path() / "file";
    std::ofstream(file) << "mine";
    file_saver into_file(file, settings());
    EXPECT_NE(refusal(into_file, first).find("/file': Not a directory"), std::string::npos)
        << refusal(into_file, first);
    file_saver into_nothing(folder_.path() / "missing", settings());
    EXPECT_NE(refusal(into_nothing, first).find("/missing': No such file or directory"), std::string::npos)
        << refusal(into_nothing, first);
    EXPECT_EQ(fs::file_size(file), 4U);
}

TEST_P(saving_faults_test, names_with_bytes_that_do_not_belong_in_a_path) {
    const std::vector<std::string> names = {"a/b",   "..",   ".",          "",
                                            "a\0b"s, "a\nb", "/etc/hosts", std::string(700, '/')};
    file_saver to(folder_.path(), settings());
    for (const std::string& name : names)
        EXPECT_EQ(to.save(name, document_body(first)), save_result::written);
    std::vector<std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path()))
        if (entry.is_regular_file())
            found.push_back(decode_name(entry.path().lexically_relative(folder_.path()).native()));
    EXPECT_TRUE(std::ranges::is_permutation(found, names));
    for (const std::string& name : names) EXPECT_TRUE(file_holds(to.path_of(name), first));
}

TEST_P(saving_faults_test, a_name_that_is_too_long_for_any_path) {
    file_saver to(folder_.path(), settings());
    try {
        to.save(std::string(5000, 'x'), document_body(first));
        FAIL() << "it was saved";
    } catch (const save_error& e) {
        EXPECT_NE(std::string(e.what()).find("': File name too long"), std::string::npos) << e.what();
    }
    EXPECT_TRUE(fs::is_empty(folder_.path()));
}

TEST_P(saving_faults_test, a_body_that_breaks_off) {
    file_saver to(folder_.path(), settings());
    try {
        to.save("page", [body = document_body(second), calls = 0](std::span<char> room) mutable {
            if (++calls == 3) throw std::runtime_error("the connection was reset");
            return body(room);
        });
        FAIL() << "it was saved";
    } catch (const save_error& e) {
        EXPECT_EQ(e.what(), error("page", "the connection was reset"));
    }
    EXPECT_TRUE(fs::is_empty(folder_.path()));
    EXPECT_EQ(to.save("page", document_body(first)), save_result::written) << "it can be tried again";
}

ssize_t one_byte_or_interrupted(int file, const void* bytes, std::size_t size) {
    static bool interrupted = false;
    interrupted = !interrupted;
    if (!interrupted) return ::write(file, bytes, std::min<std::size_t>(size, 999));
    errno = EINTR;
    return -1;
}

TEST_P(saving_faults_test, writes_that_take_less_than_they_are_given) {
    file_saver to(folder_.path(), {.claim = GetParam(), .write = one_byte_or_interrupted});
    EXPECT_EQ(refusal(to, second), "");
    EXPECT_EQ(check_files(folder_.path(), {&second, 1}), "");
    file_saver stuck(folder_.path(), {.claim = GetParam(),
                                      .write = [](int, const void*, std::size_t) { return ssize_t{0}; }});
    EXPECT_EQ(refusal(stuck, first), error("document-1", "Input/output error"));
}

// What was told to the disk, in this order.
std::vector<fs::path> synced;
int remembered_sync(int file) {
    synced.push_back(fs::read_symlink("/proc/self/fd/" + std::to_string(file)));
    return 0;
}

TEST_P(saving_faults_test, a_disk_that_forgets_what_was_not_told_to_it) {
    const std::string long_name(500, 'x');
    for (const fs::path& folder : {folder_.path() / "one", folder_.path() / "two" / ""}) {
        fs::create_directory(folder);
        file_saver to(folder, {.claim = GetParam(), .durable = true, .sync = remembered_sync});
        synced.clear();
        EXPECT_EQ(to.save(long_name, document_body(first)), save_result::written);
        // The file first, whatever its name was then, and then what holds each new name.
        ASSERT_EQ(synced.size(), 4U);
        synced.erase(synced.begin());
        const fs::path inner = to.path_of(long_name).parent_path();
        const fs::path outer = inner.parent_path();
        EXPECT_EQ(synced, (std::vector{inner, outer, outer.parent_path()}));
        EXPECT_TRUE(fs::equivalent(outer.parent_path(), folder));
    }
}

TEST_P(saving_faults_test, a_folder_that_the_disk_does_not_take) {
    const auto only_files = [](int file) {
        struct stat what {};
        const bool folder = fstat(file, &what) == 0 && S_ISDIR(what.st_mode);
        errno = EIO;
        return folder ? -1 : 0;
    };
    file_saver to(folder_.path(), {.claim = GetParam(), .durable = true, .sync = only_files});
    EXPECT_EQ(refusal(to, first), error("document-1", "Input/output error"));
    EXPECT_TRUE(fs::is_empty(folder_.path()));
}

TEST_P(saving_faults_test, a_body_larger_than_the_memory_it_may_have) {
    constexpr std::size_t megabyte = 1U << 20U;
    const document huge{.id = 3, .latency = {}, .bytes = 64 * megabyte};
    const std::string grown = elsewhere([&] {
        const double before = peak_resident_bytes();
        file_saver to(folder_.path(), settings());
        const std::string refused = refusal(to, huge);
        const bool whole = file_holds(to.path_of(file_name_of(huge)), huge);
        const bool little = peak_resident_bytes() - before < 8.0 * megabyte;
        return refused + (whole ? "whole" : "torn") + (little ? ", in little memory" : ", in much memory");
    });
    EXPECT_EQ(grown, "whole, in little memory");
}

}  // namespace
}  // namespace handoff
