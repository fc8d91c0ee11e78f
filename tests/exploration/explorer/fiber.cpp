// A jump to another stack is what a fortified longjmp takes for an error.
#undef _FORTIFY_SOURCE
#include "fiber.hpp"

#include <cerrno>
#include <system_error>

#if defined(__SANITIZE_ADDRESS__)
#define HANDOFF_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HANDOFF_ADDRESS_SANITIZER 1
#endif
#endif
#if defined(HANDOFF_ADDRESS_SANITIZER)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

namespace handoff::exploration {
namespace {

// Who switched last, and to whom: known to the arriving side only through these.
[[maybe_unused]] fiber* left = nullptr;
fiber* entered = nullptr;

}  // namespace

void fiber::prepare(void (*entry)()) {
    if (!stack_) stack_ = std::make_unique_for_overwrite<std::byte[]>(stack_size);
    bottom_ = stack_.get();
    size_ = stack_size;
    shadow_ = nullptr;
#if defined(HANDOFF_ADDRESS_SANITIZER)
    // What an abandoned run left of its frames.
    __asan_unpoison_memory_region(stack_.get(), stack_size);
#endif
    entry_ = entry;
    is_under_way_ = false;
#if !defined(HANDOFF_ADDRESS_SANITIZER)
    if (has_begun_) return;
#endif
    if (getcontext(&context_) != 0) throw std::system_error(errno, std::generic_category(), "getcontext");
    context_.uc_stack.ss_sp = stack_.get();
    context_.uc_stack.ss_size = stack_size;
    context_.uc_link = nullptr;
    makecontext(&context_, begin, 0);
}

void fiber::begin() {
    // Once for each fiber; whatever it runs later begins behind this, on a stack of which nothing else is
    // left.
    _setjmp(entered->beginning_);
    entered->entry_();
}

void fiber::arrived() {
#if defined(HANDOFF_ADDRESS_SANITIZER)
    // The first to leave is the thread itself, whose stack is learnt here.
    __sanitizer_finish_switch_fiber(nullptr, &left->bottom_, &left->size_);
#endif
}

void fiber::change(fiber& from, fiber& to) {
    left = &from;
    entered = &to;
#if defined(HANDOFF_ADDRESS_SANITIZER)
    __sanitizer_start_switch_fiber(&from.shadow_, to.bottom_, to.size_);
    if (swapcontext(&from.context_, &to.context_) != 0)
        throw std::system_error(errno, std::generic_category(), "swapcontext");
    __sanitizer_finish_switch_fiber(from.shadow_, nullptr, nullptr);
#else
    // Not by swapcontext, which asks the kernel for the mask of signals each time: that was two fifths of an
    // exploration.
    from.is_under_way_ = true;
    if (_setjmp(from.place_) != 0) return;
    if (to.is_under_way_) _longjmp(to.place_, 1);
    if (to.has_begun_) _longjmp(to.beginning_, 1);
    to.has_begun_ = true;
    setcontext(&to.context_);
    throw std::system_error(errno, std::generic_category(), "setcontext");
#endif
}

}  // namespace handoff::exploration
