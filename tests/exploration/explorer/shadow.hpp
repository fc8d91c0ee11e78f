// The race detector for what is not atomic, in the manner of FastTrack (Flanagan, Freund, PLDI 2009): for
// each object the last write and, per thread, the last read. Two accesses of which one writes and neither
// happens before the other are a race, in whatever order this execution made them. It also knows which
// objects live.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "address_map.hpp"
#include "vector_clock.hpp"

namespace handoff::exploration {

class shadow {
public:
    void reset();

    // Each returns what is wrong with the access, or nothing. `now` is the access, `knows` its thread's
    // clock.
    std::string begin_life(const void* object, epoch now, const vector_clock& knows);
    std::string end_life(const void* object, epoch now, const vector_clock& knows);
    std::string read(const void* object, epoch now, const vector_clock& knows);
    std::string write(const void* object, epoch now, const vector_clock& knows);

    std::size_t living() const { return living_; }
    bool lives_in(const void* block, std::size_t size) const;

private:
    struct cell {
        const void* address = nullptr;
        bool alive = false;
        epoch written;
        vector_clock reads;
    };

    // The object's cell; where it lies another may have lived before.
    cell& find(const void* object);
    std::string change(cell& c, epoch now, const vector_clock& knows, const char* what);

    address_map numbers_;
    std::vector<cell> cells_;
    std::size_t living_ = 0;
};

}  // namespace handoff::exploration
