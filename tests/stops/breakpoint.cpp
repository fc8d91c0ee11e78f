#include "breakpoint.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>

#include "calls.hpp"
#include "trap.hpp"

// Of the linker (GNU ld): where this program's code begins and ends.
extern "C" const char __executable_start;  // NOLINT: its name
extern "C" const char etext;

namespace handoff::stalls {
namespace {

// Intel SDM volume 2: INT3; LOCK; REX, 2.2.1; XCHG of a byte or more.
constexpr unsigned char int3 = 0xcc;
constexpr unsigned char lock_prefix = 0xf0;
constexpr unsigned char rex_prefixes = 0x40;
constexpr unsigned char xchg = 0x87;

// One thread sets it, while the others stand still or wait; whoever meets it takes it away.
std::atomic<std::uintptr_t> place_set{0};
unsigned char code_before = 0;

void write_code(std::uintptr_t place, unsigned char code) {
    *reinterpret_cast<volatile unsigned char*>(place) = code;
}

}  // namespace

void course_of_calls::note(std::uintptr_t place) {
    const auto begin = reinterpret_cast<std::uintptr_t>(&__executable_start);
    if (place < begin || place >= reinterpret_cast<std::uintptr_t>(&etext)) return;
    // relaxed, all of them: the conductor reads them when the thread has said that it has ended.
    if (conformance::calls_of_this_thread().call.load(std::memory_order_relaxed) == nullptr) return;
    const std::size_t count = count_.load(std::memory_order_relaxed);
    if (count == noted_.size()) return;
    noted_[count] = place;
    count_.store(count + 1, std::memory_order_relaxed);
}

void course_of_calls::follow() {
    trap_each_instruction(this);
}

void course_of_calls::follow_no_further() {
    trap_each_instruction(nullptr);
}

std::vector<std::uintptr_t> course_of_calls::places() const {
    std::vector<std::uintptr_t> all(noted_.begin(),
                                    noted_.begin() + static_cast<std::ptrdiff_t>(count_.load()));
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
}

std::vector<std::uintptr_t> course_of_calls::updates_of(const std::vector<std::uintptr_t>& places) {
    const auto is_update = [](std::uintptr_t place) {
        const auto* code = reinterpret_cast<const unsigned char*>(place);
        if (*code == lock_prefix) return true;
        if ((*code & 0xf0) == rex_prefixes) ++code;
        return (*code | 1) == xchg;
    };
    std::vector<std::uintptr_t> found;
    std::copy_if(places.begin(), places.end(), std::back_inserter(found), is_update);
    return found;
}

bool breakpoint::set(std::uintptr_t place) {
    clear();
    if (!make_writable(place)) return false;
    code_before = *reinterpret_cast<const volatile unsigned char*>(place);
    place_set = place;
    write_code(place, int3);
    return true;
}

void breakpoint::clear() {
    if (const std::uintptr_t place = place_set.exchange(0); place != 0) write_code(place, code_before);
}

// An instruction of which the first byte lies here alone is written.
bool breakpoint::make_writable(std::uintptr_t place) {
    const auto size = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
    const std::uintptr_t page = place / size * size;
    if (writable_.count(page) > 0) return true;
    if (mprotect(reinterpret_cast<void*>(page), size, PROT_READ | PROT_WRITE | PROT_EXEC) != 0) return false;
    writable_.insert(page);
    return true;
}

std::uintptr_t after_breakpoint(std::uintptr_t next) {
    // Also where it has been taken away meanwhile: another thread may have met it at the same moment, or this
    // one's processor may not have heard of it.
    const std::uintptr_t place = next - 1;
    std::uintptr_t expected = place;
    if (place_set.compare_exchange_strong(expected, 0)) {
        write_code(place, code_before);
        target::stop_this_thread();
    }
    return place;
}

}  // namespace handoff::stalls
