// A thread of a scenario: a stack of its own on the one thread of the process, made by ucontext. Works
// under AddressSanitizer, which is told of every switch. An exception must not leave a fiber, and none may
// switch inside a catch block (libstdc++ keeps the exceptions that are being handled per thread).
#pragma once

#include <setjmp.h>
#include <ucontext.h>

#include <cstddef>
#include <memory>

namespace handoff::exploration {

class fiber {
public:
    // The context of whoever calls: the place to come back to.
    fiber() = default;
    fiber(const fiber&) = delete;
    fiber& operator=(const fiber&) = delete;

    // Makes this a fiber that runs `entry` when it is first switched to. It may have run something else, and
    // need not have come to its end.
    void prepare(void (*entry)());

    // Leaves `from`, which is running, and goes on where `to` was left.
    static void change(fiber& from, fiber& to);
    // To be called first by an entry.
    static void arrived();

private:
    static constexpr std::size_t stack_size = 256 * 1024;

    static void begin();

    ucontext_t context_{};
    void (*entry_)() = nullptr;
    // Where it begins, once it has, and where it was left, while it is under way.
    [[maybe_unused]] jmp_buf beginning_, place_;
    [[maybe_unused]] bool has_begun_ = false, is_under_way_ = false;
    std::unique_ptr<std::byte[]> stack_;
    // For AddressSanitizer: where the stack lies, and what it keeps of the fiber while another runs.
    const void* bottom_ = nullptr;
    std::size_t size_ = 0;
    void* shadow_ = nullptr;
};

}  // namespace handoff::exploration
