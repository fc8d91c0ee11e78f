// Whether the machine carries out loads in the order of the program, relaxed ones as well: x86-64 does
// ("Reads are not reordered with other reads": Intel 64 and IA-32 Architectures Software Developer's Manual,
// volume 3A, 9.2.2; AMD64 Architecture Programmer's Manual, volume 2, 7.2). C++ promises it of no machine,
// and a compiler may exchange relaxed loads; g++ 12 and clang 14 leave atomic loads in their order.
#pragma once

namespace handoff {

#if defined(__x86_64__)
inline constexpr bool loads_in_order = true;
#else
inline constexpr bool loads_in_order = false;
#endif

}  // namespace handoff
