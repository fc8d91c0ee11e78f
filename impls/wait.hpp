// The contract of a way to wait: what it says of itself and what it must offer. What is waited for is not its
// business: a queue that is not empty, a slot that is full. It knows that only as an attempt.
//
//   until(attempt)  calls `attempt` again and again until it returns true
//   notify_one()    is called once after each change that lets one attempt succeed
//
// until may return only after an attempt that has succeeded, and makes none after it: the attempt has taken
// what was waited for. Between attempts it may sleep as long as it has not been notified, even if an attempt
// would succeed by now: who makes a change must notify. Of n threads that wait, n calls of notify_one let n
// try again, and so none sleeps on while there is something for it. A thread may be woken for nothing, and
// then tries again.
//
// An attempt looks with acquire order and a change is made with release order, no more; what a wake-up needs
// beyond that, such as a full fence between a change and the look for sleepers, is the mechanism's to bring.
//
// Nothing is kept for each thread: what a waiting thread needs, such as a node of a list, lies in its call.
#pragma once

#include <concepts>
#include <string_view>

#include "queue.hpp"

namespace handoff {

// What a waiting thread does between attempts.
//   polls             stays awake, with or without giving its CPU to others now and then
//   naps              sleeps for a set time: no thread wakes it
//   sleeps            sleeps until it is notified
//   polls_then_sleeps polls for a while first
enum class waiting { polls, naps, sleeps, polls_then_sleeps };

struct wait_spec {
    std::string_view name;  // catalog name: the same as the file and the type
    std::string_view cite;  // paper or project; a version is the build's to say (handoff_library)
    progress notify;        // of notify_one
    waiting meanwhile;
    cardinality waiters = cardinality::many;  // how many threads may wait at once
};

// The attempt that the concept tries a type with. All attempts are other types: until is a template.
struct any_attempt {
    bool operator()();
};

template <class W>
concept wait_mechanism = std::default_initializable<W> && requires(W w, any_attempt attempt) {
    { W::spec } -> std::same_as<const wait_spec&>;
    w.until(attempt);
    w.notify_one();
};

}  // namespace handoff
