// A thread of a scenario: a stack of its own on the one thread of the process. Boost.Context switches between
// them by a few instructions; swapcontext would ask the kernel for the mask of signals each time, which was
// two fifths of an exploration. Its fibers are not used, as they unwind the stack of one that has not come to
// its end. Works under AddressSanitizer, which is told of every switch. An exception must not leave a fiber,
// and none may switch inside a catch block (libstdc++ keeps the exceptions that are being handled per
// thread).
#pragma once

#include <boost/context/detail/fcontext.hpp>
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

    static void begin(boost::context::detail::transfer_t from);

    void (*entry_)() = nullptr;
    // Where it was left, or where it begins; of a fiber that is not running.
    boost::context::detail::fcontext_t place_ = nullptr;
    std::unique_ptr<std::byte[]> stack_;
    // For AddressSanitizer: where the stack lies, and what it keeps of the fiber while another runs.
    const void* bottom_ = nullptr;
    std::size_t size_ = 0;
    void* shadow_ = nullptr;
};

}  // namespace handoff::exploration
