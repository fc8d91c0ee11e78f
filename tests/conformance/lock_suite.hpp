// What a generated translation unit includes: it turns a lock into a lock_under_test and registers the tests
// that its spec selects.
#pragma once

#include <cstdlib>
#include <memory>
#include <string_view>

#include "any_lock.hpp"
#include "calls.hpp"

namespace handoff::conformance {

template <class L>
class erased_lock_handle final : public any_lock_handle {
    using handle = typename L::handle;

public:
    explicit erased_lock_handle(L& lock) : handle_(lock) {}

    void lock() override {
        noted_call noted("lock", item_goes::nowhere);
        handle_.lock();
        noted.ends(true);
    }
    void unlock() override {
        noted_call noted("unlock", item_goes::nowhere);
        handle_.unlock();
        noted.ends(true);
    }
    bool try_lock() override {
        noted_call noted("try_lock", item_goes::nowhere);
        if constexpr (tried_lock<handle>) return noted.ends(handle_.try_lock());
        std::abort();
    }
    void lock_shared() override {
        noted_call noted("lock_shared", item_goes::nowhere);
        if constexpr (shared_lock_handle<handle>) {
            handle_.lock_shared();
            noted.ends(true);
        } else {
            std::abort();
        }
    }
    void unlock_shared() override {
        noted_call noted("unlock_shared", item_goes::nowhere);
        if constexpr (shared_lock_handle<handle>) {
            handle_.unlock_shared();
            noted.ends(true);
        } else {
            std::abort();
        }
    }
    bool try_lock_shared() override {
        noted_call noted("try_lock_shared", item_goes::nowhere);
        if constexpr (tried_shared_lock<handle>) return noted.ends(handle_.try_lock_shared());
        std::abort();
    }

private:
    handle handle_;
};

template <class L>
class erased_lock final : public any_lock {
public:
    std::unique_ptr<any_lock_handle> handle() override {
        return std::make_unique<erased_lock_handle<L>>(lock_);
    }

private:
    L lock_;
};

void register_lock_tests(const lock_under_test& subject);

template <class L>
bool register_lock(std::string_view name) {
    static_assert(lock<L>, "a lock must satisfy the concept lock");
    using handle = typename L::handle;
    register_lock_tests(
        {.registered_name = name,
         .spec = &L::spec,
         .tried = tried_lock<handle>,
         .shared = shared_lock_handle<handle>,
         .tried_shared = tried_shared_lock<handle>,
         .make = [] { return std::unique_ptr<any_lock>(std::make_unique<erased_lock<L>>()); }});
    return true;
}

}  // namespace handoff::conformance
