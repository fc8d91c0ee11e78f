#include "steps.hpp"

#include <cerrno>
#include <csignal>
#include <cstdint>

#include "session.hpp"
#include "trap.hpp"

#if defined(__x86_64__)
#include <ucontext.h>
#endif

namespace handoff::stalls {

#if defined(__x86_64__)
namespace {

// One call in so many, as the stepped ones take a hundred times as long.
constexpr std::uint32_t calls_per_stepped_one = 32;
// As many as a short call has, with what the tests have around it.
constexpr std::uint32_t most_instructions = 160;
constexpr std::uint32_t longest_pause_ns = 60'000;
constexpr greg_t int3_trap = 3;             // Intel SDM volume 3, 6.3.1
constexpr std::uint64_t trap_flag = 0x100;  // of the register of flags (Intel SDM volume 1, 3.4.3.3)

// Of the calling thread; the handler runs on it, too.
thread_local constinit std::uint32_t instructions_left = 0;
thread_local constinit bool stops = false;  // rather than pauses
thread_local constinit course_of_calls* followed = nullptr;
thread_local constinit std::uint32_t random_state = 1;

// Numerical Recipes' linear congruential generator: the handler may call nothing that takes a lock.
std::uint32_t below(std::uint32_t limit) {
    random_state = random_state * 1664525 + 1013904223;
    return static_cast<std::uint32_t>((std::uint64_t{random_state} * limit) >> 32);
}

void pause_a_while() {
    const timespec pause{0, static_cast<long>(below(longest_pause_ns))};
    nanosleep(&pause, nullptr);
}

// After each instruction, until the flag that the thread goes on with is cleared; and at a breakpoint.
void on_step(int, siginfo_t*, void* context) {
    auto& registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
    if (registers[REG_TRAPNO] == int3_trap) {
        const int error = errno;
        registers[REG_RIP] =
            static_cast<greg_t>(after_breakpoint(static_cast<std::uintptr_t>(registers[REG_RIP])));
        errno = error;
        return;
    }
    if (followed != nullptr) {
        followed->note(static_cast<std::uintptr_t>(registers[REG_RIP]));
        return;
    }
    if (instructions_left > 1) {
        --instructions_left;
        return;
    }
    greg_t& flags = registers[REG_EFL];
    flags &= ~static_cast<greg_t>(trap_flag);
    if (instructions_left == 0) return;  // of clear_trap_flag itself
    instructions_left = 0;
    const int error = errno;
    if (stops)
        target::stop_this_thread();
    else
        pause_a_while();
    errno = error;
}

void handle_steps() {
    struct sigaction action {};
    action.sa_sigaction = on_step;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    if (sigaction(SIGTRAP, &action, nullptr) != 0) conformance::die("sigaction failed");
}

// The 128 bytes under the stack pointer are the compiler's (System V ABI, the red zone).
void set_trap_flag() {
    asm volatile("lea -128(%%rsp), %%rsp; pushfq; orq %0, (%%rsp); popfq; lea 128(%%rsp), %%rsp"
                 :
                 : "i"(trap_flag)
                 : "memory", "cc");
}
void clear_trap_flag() {
    asm volatile("lea -128(%%rsp), %%rsp; pushfq; andq %0, (%%rsp); popfq; lea 128(%%rsp), %%rsp"
                 :
                 : "i"(~trap_flag)
                 : "memory", "cc");
}

}  // namespace

steps_of_this_thread::steps_of_this_thread(std::uint64_t seed) {
    [[maybe_unused]] static const bool handled = (handle_steps(), true);
    random_state = static_cast<std::uint32_t>(seed * 0x9e37'79b9'7f4a'7c15 >> 32);  // neighbours far apart
}

steps_of_this_thread::~steps_of_this_thread() {
    step_no_further();
}

void step_now_and_then() {
    if (instructions_left > 0 || below(calls_per_stepped_one) != 0) return;
    stops = false;
    instructions_left = 1 + below(most_instructions);
    set_trap_flag();
}

void stop_after(std::uint32_t instructions) {
    stops = true;
    instructions_left = instructions;
    set_trap_flag();
}

void step_no_further() {
    instructions_left = 0;
    clear_trap_flag();
}

void trap_each_instruction(course_of_calls* course) {
    followed = course;
    if (course != nullptr)
        set_trap_flag();
    else
        clear_trap_flag();
}
#else
steps_of_this_thread::steps_of_this_thread(std::uint64_t) {}
steps_of_this_thread::~steps_of_this_thread() = default;
void step_now_and_then() {}
void stop_after(std::uint32_t) {}
void step_no_further() {}
void trap_each_instruction(course_of_calls*) {}
#endif

}  // namespace handoff::stalls
