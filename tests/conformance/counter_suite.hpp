// What a generated translation unit includes: it turns a counter into a counter_under_test and registers the
// tests that its spec selects.
#pragma once

#include <memory>
#include <string_view>

#include "any_counter.hpp"
#include "calls.hpp"

namespace handoff::conformance {

template <class C>
class erased_handle final : public any_handle {
public:
    explicit erased_handle(C& counter) : handle_(counter) {}
    void add(std::int64_t n) override {
        noted_call noted("add", item_goes::nowhere);
        handle_.add(n);
        noted.ends(true);
    }

private:
    typename C::handle handle_;
};

template <class C>
class erased_counter final : public any_counter {
public:
    std::unique_ptr<any_handle> handle() override { return std::make_unique<erased_handle<C>>(counter_); }
    std::int64_t read() const override {
        noted_call noted("read", item_goes::nowhere);
        const std::int64_t value = counter_.read();
        noted.ends(true);
        return value;
    }

private:
    C counter_;
};

void register_counter_tests(const counter_under_test& subject);

template <class C>
bool register_counter(std::string_view name) {
    static_assert(counter<C>, "a counter must satisfy the concept counter");
    register_counter_tests({.registered_name = name, .spec = &C::spec, .make = [] {
                                return std::unique_ptr<any_counter>(std::make_unique<erased_counter<C>>());
                            }});
    return true;
}

}  // namespace handoff::conformance
