#include "fiber.hpp"

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
fiber* left = nullptr;

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
    place_ = boost::context::detail::make_fcontext(stack_.get() + stack_size, stack_size, begin);
}

void fiber::begin(boost::context::detail::transfer_t from) {
    left->place_ = from.fctx;
    static_cast<fiber*>(from.data)->entry_();
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
    const auto back = boost::context::detail::jump_fcontext(to.place_, &to);
    left->place_ = back.fctx;
#if defined(HANDOFF_ADDRESS_SANITIZER)
    __sanitizer_finish_switch_fiber(from.shadow_, nullptr, nullptr);
#endif
}

}  // namespace handoff::exploration
