// Items as pointers, for a library that hands over pointers alone and keeps the null pointer for itself.
// An item is taken at its bits, and the pointer is never followed.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <type_traits>

namespace handoff {

// A class that has a T{} may be a class of words none of which is null, or of those that the spec excepts. A
// class without one has no value that its items could be told not to be.
template <class T>
concept fits_a_pointer = std::is_trivially_copyable_v<T> && std::semiregular<T> && sizeof(T) == sizeof(void*);

template <fits_a_pointer T>
std::byte* to_pointer(const T& item) {
    return std::bit_cast<std::byte*>(item);
}

template <fits_a_pointer T>
T from_pointer(std::byte* pointer) {
    return std::bit_cast<T>(pointer);
}

}  // namespace handoff
