// The memory that a scenario allocates. It is the same in every execution, so that a replay is one to the
// last address; a freed block is not used again, so that a use after free is seen; and what an execution that
// was broken off leaves behind goes with it. arena.cpp replaces operator new and delete for the whole binary;
// they take the arena only while the scenario's own code runs.
#pragma once

#include <cstddef>

namespace handoff::exploration::arena {

void reset();
std::size_t living_blocks();

// Whether operator new takes from the arena now.
extern bool in_use;

// While the explorer's own code runs.
class outside {
public:
    outside() : was_in_use_(in_use) { in_use = false; }
    outside(const outside&) = delete;
    outside& operator=(const outside&) = delete;
    ~outside() { in_use = was_in_use_; }

private:
    const bool was_in_use_;
};

// Called when a block of the arena is freed; `sound` is false if it had been freed before.
using on_free = void (*)(const void* block, std::size_t size, bool sound);
void watch_frees(on_free watcher);

}  // namespace handoff::exploration::arena
