// The counter contract: what a shared counter says of itself, what it must offer, and its handles.
#pragma once

#include <concepts>
#include <cstdint>
#include <string_view>

#include "queue.hpp"

namespace handoff {

// What read() returns.
//   exact      linearizable: the value at some instant during the call
//   quiescent  exact when no add is under way; under load a value between what had completed before the
//              call and what had begun before its end
//   lossy      concurrent adds may be lost: the control that shows why the others exist
enum class read_guarantee { exact, quiescent, lossy };

struct counter_spec {
    std::string_view name;  // catalog name: the same as the file and the type
    std::string_view cite;  // paper or project; a version is the build's to say (handoff_library)
    progress add;
    progress read;
    read_guarantee value;
};

// A counter that starts at zero. Handles are created and used by one thread each and destroyed before the
// counter; what a handle added stays added.
template <class C>
concept counter = std::default_initializable<C> && std::constructible_from<typename C::handle, C&> &&
    requires(typename C::handle h, const C& c, std::int64_t n) {
    { C::spec } -> std::same_as<const counter_spec&>;
    h.add(n);
    { c.read() } -> std::same_as<std::int64_t>;
};

// The pass-through handle for a counter whose add needs no per-thread state.
template <class C>
class direct_handle {
public:
    explicit direct_handle(C& c) : counter_(&c) {}
    void add(std::int64_t n) { counter_->add(n); }

private:
    C* counter_;
};

}  // namespace handoff
