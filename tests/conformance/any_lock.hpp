// A lock behind virtual calls: the tests are compiled once, an implementation costs only its adapter.
#pragma once

#include <memory>
#include <string_view>

#include "lock.hpp"

namespace handoff::conformance {

// Only what the lock offers may be called.
class any_lock_handle {
public:
    virtual ~any_lock_handle() = default;
    virtual void lock() = 0;
    virtual void unlock() = 0;
    virtual bool try_lock() = 0;
    virtual void lock_shared() = 0;
    virtual void unlock_shared() = 0;
    virtual bool try_lock_shared() = 0;
};

class any_lock {
public:
    virtual ~any_lock() = default;
    virtual std::unique_ptr<any_lock_handle> handle() = 0;
};

struct lock_under_test {
    std::string_view registered_name;
    const lock_spec* spec;
    bool tried;
    bool shared;
    bool tried_shared;
    std::unique_ptr<any_lock> (*make)();
};

}  // namespace handoff::conformance
