#include "shadow.hpp"

namespace handoff::exploration {
namespace {

std::string race(const char* what, epoch now, const char* earlier, unsigned by) {
    return std::string("data race: ") + what + " by thread " + std::to_string(now.thread) +
           " is not ordered after the " + earlier + " by thread " + std::to_string(by);
}

}  // namespace

void shadow::reset() {
    numbers_.clear();
    cells_.clear();
    living_ = 0;
}

shadow::cell& shadow::find(const void* object) {
    unsigned& number = numbers_[object];
    if (number == address_map::none) {
        number = static_cast<unsigned>(cells_.size());
        cells_.push_back({.address = object, .alive = false, .written = {}, .reads = {}});
    }
    return cells_[number];
}

std::string shadow::change(cell& c, epoch now, const vector_clock& knows, const char* what) {
    if (!knows.covers(c.written)) return race(what, now, "write", c.written.thread);
    for (unsigned i = 0; i < max_threads; ++i) {
        if (!knows.covers(epoch{i, c.reads.times[i]})) return race(what, now, "read", i);
    }
    c.written = now;
    return {};
}

std::string shadow::begin_life(const void* object, epoch now, const vector_clock& knows) {
    cell& c = find(object);
    // The race first: it is the reason where both are wrong.
    if (std::string problem = change(c, now, knows, "the construction"); !problem.empty()) return problem;
    if (c.alive) return "an object is constructed where another lives";
    c.alive = true;
    ++living_;
    return {};
}

std::string shadow::end_life(const void* object, epoch now, const vector_clock& knows) {
    cell& c = find(object);
    if (std::string problem = change(c, now, knows, "the destruction"); !problem.empty()) return problem;
    if (!c.alive) return "an object is destroyed that does not live";
    c.alive = false;
    --living_;
    return {};
}

std::string shadow::read(const void* object, epoch now, const vector_clock& knows) {
    cell& c = find(object);
    if (!knows.covers(c.written)) return race("the read", now, "write", c.written.thread);
    if (!c.alive) return "an object is read that does not live";
    c.reads.times[now.thread] = now.time;
    return {};
}

std::string shadow::write(const void* object, epoch now, const vector_clock& knows) {
    cell& c = find(object);
    if (std::string problem = change(c, now, knows, "the write"); !problem.empty()) return problem;
    if (!c.alive) return "an object is written that does not live";
    return {};
}

bool shadow::lives_in(const void* block, std::size_t size) const {
    const auto first = reinterpret_cast<std::uintptr_t>(block);
    for (const cell& c : cells_) {
        const auto at = reinterpret_cast<std::uintptr_t>(c.address);
        if (c.alive && at >= first && at < first + size) return true;
    }
    return false;
}

}  // namespace handoff::exploration
