#include "calls.hpp"

#include <array>

#include "signal_safe_text.hpp"

namespace handoff::conformance {
namespace {

// More threads than any test has at once; those beyond it share the last place, and their calls are not told.
constexpr std::size_t most_threads = 512;

std::array<thread_calls, most_threads>& places() {
    static std::array<thread_calls, most_threads> all;
    return all;
}

// What threads that have ended had done.
std::atomic<std::uint64_t> gone_ended{0};
std::atomic<std::uint64_t> gone_succeeded{0};
std::atomic<std::uint64_t> gone_in{0};
std::atomic<std::uint64_t> gone_out{0};

thread_calls& free_place() {
    for (thread_calls& place : places()) {
        if (!place.taken.exchange(true)) return place;
    }
    return places().back();
}

class a_place {
public:
    a_place() : place_(free_place()) {}
    a_place(const a_place&) = delete;
    a_place& operator=(const a_place&) = delete;
    ~a_place() {
        gone_ended += place_.ended.exchange(0);
        gone_succeeded += place_.succeeded.exchange(0);
        gone_in += place_.in.exchange(0);
        gone_out += place_.out.exchange(0);
        place_.number = -1;
        place_.taken = false;
    }
    thread_calls& place() { return place_; }

private:
    thread_calls& place_;
};

}  // namespace

thread_calls& calls_of_this_thread() {
    thread_local a_place mine;
    return mine.place();
}

call_totals calls_so_far() {
    call_totals all{gone_ended, gone_succeeded, gone_in, gone_out};
    for (const thread_calls& place : places()) {
        all.ended += place.ended;
        all.succeeded += place.succeeded;
        all.in += place.in;
        all.out += place.out;
    }
    return all;
}

void look_at_calls(unsigned ms) {
    for (thread_calls& place : places()) {
        if (!place.taken) continue;
        const std::uint64_t ended = place.ended;
        const bool stays = place.call.load() != nullptr && ended == place.ended_at_last_look;
        place.ms_in_call = stays ? place.ms_in_call + ms : 0;
        place.ended_at_last_look = ended;
    }
}

void write_calls(int descriptor) {
    for (const thread_calls& place : places()) {
        const char* const call = place.call;
        if (!place.taken || call == nullptr) continue;
        signal_safe_text line;
        if (place.number < 0) {
            line << "  the test's own thread";
        } else {
            line << "  thread " << static_cast<std::uint64_t>(place.number.load());
        }
        line << " is in " << call;
        const unsigned ms = place.ms_in_call;
        if (ms >= 1000) line << ", for " << std::uint64_t{ms / 1000} << " s";
        line << ", after " << place.ended.load() << " calls, of which " << place.succeeded.load()
             << " succeeded\n";
        line.write_to(descriptor);
    }
}

}  // namespace handoff::conformance
