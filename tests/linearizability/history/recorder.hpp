// One thread's record of its calls. It perturbs little: the memory is there and touched before the burst, and
// nothing of it is shared.
#pragma once

#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "history/stamps.hpp"
#include "support/cache_line.hpp"

namespace handoff::linearizability {

enum class stamping { on, off };

class alignas(no_false_sharing) recorder {
public:
    // Room for `most` calls; one more throws, since a history with a gap proves nothing.
    recorder(std::uint16_t thread, std::size_t most, stamping stamps);

    void clear() { used_ = 0; }
    std::span<const operation> calls() const { return {calls_.data(), used_}; }

    // `try_push` says whether it took the value; true if so.
    template <class Call>
    bool push(std::uint64_t value, Call try_push) {
        return record(call::push, value, outcome::full, [&](std::uint64_t&) { return try_push(); });
    }
    // `try_pop` puts the item into its argument and says whether there was one.
    template <class Call>
    bool pop(Call try_pop) {
        return record(call::pop, 0, outcome::empty, std::move(try_pop));
    }
    template <class Call>
    void add(std::uint64_t amount, Call add_amount) {
        record(call::add, amount, outcome::success, [&](std::uint64_t&) {
            add_amount();
            return true;
        });
    }
    template <class Call>
    void read(Call read_value) {
        record(call::read, 0, outcome::success, [&](std::uint64_t& value) {
            value = static_cast<std::uint64_t>(read_value());
            return true;
        });
    }

private:
    template <class Call>
    bool record(call what, std::uint64_t value, outcome failure, Call body) {
        if (used_ >= calls_.size())
            throw std::length_error("a recorder has room for " + std::to_string(used_) + " calls, no more");
        const stamp invoked = stamps_ ? invocation_stamp() : 0;
        const bool done = body(value);
        const stamp responded = stamps_ ? response_stamp() : 0;
        calls_[used_++] = {.invoked = invoked,
                           .responded = responded,
                           .value = value,
                           .thread = thread_,
                           .what = what,
                           .result = done ? outcome::success : failure};
        return done;
    }

    const std::uint16_t thread_;
    const bool stamps_;
    std::size_t used_ = 0;
    std::vector<operation> calls_;
};

// Appends what one thread recorded. The processor may take the stamp of an invocation before that of the
// response ahead of it. The thread's own order is known without a clock, so such an invocation is moved
// behind the response: the call began later than its stamp says, never earlier.
void append(history& all, std::span<const operation> calls);

}  // namespace handoff::linearizability
