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

// Who switched last: known to the arriving side only through this.
[[maybe_unused]] fiber* left = nullptr;

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
    if (getcontext(&context_) != 0) throw std::system_error(errno, std::generic_category(), "getcontext");
    context_.uc_stack.ss_sp = stack_.get();
    context_.uc_stack.ss_size = stack_size;
    context_.uc_link = nullptr;
    makecontext(&context_, entry, 0);
}

void fiber::arrived() {
#if defined(HANDOFF_ADDRESS_SANITIZER)
    // The first to leave is the thread itself, whose stack is learnt here.
    __sanitizer_finish_switch_fiber(nullptr, &left->bottom_, &left->size_);
#endif
}

void fiber::change(fiber& from, fiber& to) {
    left = &from;
#if defined(HANDOFF_ADDRESS_SANITIZER)
    __sanitizer_start_switch_fiber(&from.shadow_, to.bottom_, to.size_);
#endif
    if (swapcontext(&from.context_, &to.context_) != 0)
        throw std::system_error(errno, std::generic_category(), "swapcontext");
#if defined(HANDOFF_ADDRESS_SANITIZER)
    __sanitizer_finish_switch_fiber(from.shadow_, nullptr, nullptr);
#endif
}

}  // namespace handoff::exploration
