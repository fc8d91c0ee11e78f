// A counter behind virtual calls: the tests are compiled once, an implementation costs only its adapter.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "counter.hpp"

namespace handoff::conformance {

class any_handle {
public:
    virtual ~any_handle() = default;
    virtual void add(std::int64_t n) = 0;
};

class any_counter {
public:
    virtual ~any_counter() = default;
    virtual std::unique_ptr<any_handle> handle() = 0;
    virtual std::int64_t read() const = 0;
};

struct counter_under_test {
    std::string_view registered_name;
    const counter_spec* spec;
    std::unique_ptr<any_counter> (*make)();
};

}  // namespace handoff::conformance
