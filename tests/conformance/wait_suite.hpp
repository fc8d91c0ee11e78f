// What a generated translation unit includes: it turns a way to wait into a wait_under_test and registers the
// tests that its spec selects.
#pragma once

#include <memory>
#include <string_view>

#include "any_wait.hpp"
#include "calls.hpp"

namespace handoff::conformance {

template <class W>
class erased_wait final : public any_wait {
public:
    void until(const std::function<bool()>& attempt) override {
        noted_call noted("until", item_goes::out);
        wait_.until([&attempt] { return attempt(); });
        noted.ends(true);
    }
    void notify_one() override {
        noted_call noted("notify_one", item_goes::in);
        wait_.notify_one();
        noted.ends(true);
    }

private:
    W wait_;
};

void register_wait_tests(const wait_under_test& subject);

template <class W>
bool register_wait(std::string_view name) {
    static_assert(wait_mechanism<W>, "a way to wait must satisfy the concept wait_mechanism");
    register_wait_tests({.registered_name = name, .spec = &W::spec, .make = [] {
                             return std::unique_ptr<any_wait>(std::make_unique<erased_wait<W>>());
                         }});
    return true;
}

}  // namespace handoff::conformance
