// A way to wait behind virtual calls: the tests are compiled once, an implementation costs only its adapter.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "wait.hpp"

namespace handoff::conformance {

class any_wait {
public:
    virtual ~any_wait() = default;
    virtual void until(const std::function<bool()>& attempt) = 0;
    virtual void notify_one() = 0;
};

struct wait_under_test {
    std::string_view registered_name;
    const wait_spec* spec;
    std::unique_ptr<any_wait> (*make)();
};

}  // namespace handoff::conformance
