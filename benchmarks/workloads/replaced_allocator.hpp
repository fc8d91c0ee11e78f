// What a program does beside each call of its allocator, which replaced_allocator.cpp replaces. A program
// that is linked with that defines these. They may not allocate, and must be ready before any constructor
// runs: the first allocations of a process come before those.
#pragma once

#include <cstddef>

namespace handoff {

// While one lives, its thread is in the allocator.
class allocator_call {
public:
    allocator_call();
    ~allocator_call();
    allocator_call(const allocator_call&) = delete;
    allocator_call& operator=(const allocator_call&) = delete;
};

// A block was handed out, or nothing (null); returns it.
void* took(void* block);
// A map of memory of its own was handed out.
void mapped(std::size_t bytes);
void gave_back(std::size_t bytes);

}  // namespace handoff
