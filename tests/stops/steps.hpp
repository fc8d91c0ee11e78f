// Pauses threads at any instruction: a thread runs one instruction at a time for a random while (the
// processor's trap flag, and a handler of its signal), and then sleeps. So a place that is two instructions
// long is as likely as each other place of a call. Stops by another thread's signal hardly ever hit such a
// place: an interrupt comes where the processor waits for memory, and that is before it or behind it.
#pragma once

#include "stop.hpp"

namespace handoff::stalls {

#if defined(__x86_64__) && defined(HANDOFF_STOPS_THREADS)
inline constexpr bool can_step = true;
#else
inline constexpr bool can_step = false;
#endif

// Made and destroyed by a thread, which may step in between. The seed: of when and for how long.
class steps_of_this_thread {
public:
    explicit steps_of_this_thread(std::uint64_t seed);
    ~steps_of_this_thread();
    steps_of_this_thread(const steps_of_this_thread&) = delete;
    steps_of_this_thread& operator=(const steps_of_this_thread&) = delete;
};

// Now and then the calling thread steps from here on, for at most some hundred instructions, and pauses.
void step_now_and_then();

// The calling thread, which is a `target`: it stops after so many instructions, as if it had been sent a
// signal then.
void stop_after(std::uint32_t instructions);
// If it has not stopped until now, it does not.
void step_no_further();

// The bystander (conformance/transfer.hpp) of threads that do so in their calls.
class stepping {
public:
    explicit stepping(std::uint64_t seed) : seed_(seed) {}

    steps_of_this_thread thread_begins(unsigned i) { return steps_of_this_thread(seed_ + i); }
    void push_begins(unsigned) { step_now_and_then(); }
    void pop_begins(unsigned) { step_now_and_then(); }
    void popped(unsigned, std::uint64_t) {}
    void meanwhile() {}

private:
    const std::uint64_t seed_;
};

}  // namespace handoff::stalls
