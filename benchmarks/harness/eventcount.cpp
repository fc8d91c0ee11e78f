#include "eventcount.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

namespace handoff {
namespace {

static_assert(sizeof(std::atomic<std::uint32_t>) == sizeof(std::uint32_t), "a futex is a plain 32-bit word");

long futex(std::atomic<std::uint32_t>& word, int operation, std::uint32_t value, const timespec* timeout) {
    return syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(&word), operation, value, timeout, nullptr, 0);
}

}  // namespace

void eventcount::sleep(std::uint32_t announced, std::optional<std::int64_t> timeout_ns) {
    timespec timeout{};
    if (timeout_ns) timeout = {*timeout_ns / 1'000'000'000, *timeout_ns % 1'000'000'000};
    // Returns at once if the epoch has moved since the announcement.
    futex(epoch_, FUTEX_WAIT_PRIVATE, announced, timeout_ns ? &timeout : nullptr);
}

void eventcount::wake(int how_many) {
    epoch_.fetch_add(1);
    futex(epoch_, FUTEX_WAKE_PRIVATE, static_cast<std::uint32_t>(how_many), nullptr);
}

}  // namespace handoff
