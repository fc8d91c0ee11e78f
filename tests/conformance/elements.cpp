#include "elements.hpp"

#include <atomic>
#include <mutex>
#include <unordered_set>

namespace handoff::conformance {
namespace {

struct records {
    std::mutex mutex;
    std::unordered_set<const void*> alive;
    std::size_t mistakes = 0;
    std::size_t moves = 0;
};

records& the_records() {
    static records all;
    return all;
}

unsigned moves_until_failure = 0;

std::atomic<std::size_t> placed_wrongly{0};

// Odd, so that different values give different words at every index (a bijection of 64-bit numbers).
constexpr std::uint64_t spread = 0x9e3779b97f4a7c15;  // 2^64 divided by the golden ratio

}  // namespace

large make_large(std::uint64_t value) {
    large item;
    for (std::size_t i = 0; i < item.words.size(); ++i) item.words[i] = value + i * spread;
    return item;
}

bool is_whole(const large& item) {
    for (std::size_t i = 0; i < item.words.size(); ++i) {
        if (item.words[i] != item.words[0] + i * spread) return false;
    }
    return true;
}

namespace placement {

void clear() {
    placed_wrongly = 0;
}
void misplaced() {
    ++placed_wrongly;
}
std::size_t mistakes() {
    return placed_wrongly;
}

}  // namespace placement

namespace ledger {

void clear() {
    records& all = the_records();
    const std::lock_guard lock(all.mutex);
    all.alive.clear();
    all.mistakes = 0;
    all.moves = 0;
}

void born(const void* object) {
    records& all = the_records();
    const std::lock_guard lock(all.mutex);
    if (!all.alive.insert(object).second) ++all.mistakes;
}

void died(const void* object) {
    records& all = the_records();
    const std::lock_guard lock(all.mutex);
    if (all.alive.erase(object) == 0) ++all.mistakes;
}

void used(const void* object) {
    records& all = the_records();
    const std::lock_guard lock(all.mutex);
    if (!all.alive.contains(object)) ++all.mistakes;
}

std::size_t alive() {
    records& all = the_records();
    const std::lock_guard lock(all.mutex);
    return all.alive.size();
}

std::size_t mistakes() {
    records& all = the_records();
    const std::lock_guard lock(all.mutex);
    return all.mistakes;
}

void moved() {
    records& all = the_records();
    const std::lock_guard lock(all.mutex);
    ++all.moves;
}

std::size_t moves() {
    records& all = the_records();
    const std::lock_guard lock(all.mutex);
    return all.moves;
}

}  // namespace ledger

void fallible::fail_at_move(unsigned nth) {
    moves_until_failure = nth;
}

std::uint64_t fallible::take() {
    ledger::used(this);
    if (moves_until_failure > 0 && --moves_until_failure == 0) throw move_failed();
    return std::exchange(value_, no_value);
}

}  // namespace handoff::conformance
