// An addition that the kernel starts anew, or not at all, if its thread loses its CPU in the middle of it: a
// restartable sequence (Linux 4.18, registered by glibc 2.35 for every thread). So threads of one CPU can
// share a number without a read-modify-write that is atomic for other CPUs. Part of the seam: see atomic.hpp.
//
// M. Desnoyers and P. Turner, "Restartable sequences", Linux Plumbers Conference 2015; rseq(2); <sys/rseq.h>.
#pragma once

#include <cstddef>
#include <cstdint>

#include "atomic.hpp"

#if defined(__x86_64__) && !defined(HANDOFF_EXPLORATION) && __has_include(<sys/rseq.h>)
#include <sys/rseq.h>
#define HANDOFF_HAS_RSEQ 1
#else
#define HANDOFF_HAS_RSEQ 0
#endif

namespace handoff {

#if HANDOFF_HAS_RSEQ
// Which number each CPU adds to: the `value` of the cell of its index.
template <class Cell>
bool add_on_this_cpu(Cell* cells, std::size_t count, std::int64_t n) noexcept {
    if (__rseq_size == 0) return false;  // the kernel has none, or a tunable says so
    char* thread;
    asm("movq %%fs:0, %0" : "=r"(thread));
    auto* const area = reinterpret_cast<struct rseq*>(thread + __rseq_offset);
    // The kernel may change it between any two instructions; so it is compared again below.
    const std::uint32_t cpu = *const_cast<const volatile std::uint32_t*>(&area->cpu_id_start);
    if (cpu >= count) return false;
    // From 1 to 2 the kernel lets the thread run in one piece, or sends it to 4. The addition is the last
    // instruction, and done as a whole or not at all. The bytes before 4 are those by which the kernel knows
    // that it may go there (RSEQ_SIG).
    asm goto(
        ".pushsection __rseq_cs, \"aw\"\n\t"
        ".balign 32\n"
        "3:\n\t"
        ".long 0, 0\n\t"
        ".quad 1f, 2f - 1f, 4f\n\t"
        ".popsection\n\t"
        "leaq 3b(%%rip), %%rax\n\t"
        "movq %%rax, %[critical]\n"
        "1:\n\t"
        "cmpl %[cpu], %[current]\n\t"
        "jnz %l[moved]\n\t"
        "addq %[n], %[number]\n"
        "2:\n\t"
        ".pushsection __rseq_failure, \"ax\"\n\t"
        ".byte 0x0f, 0xb9, 0x3d\n\t"
        ".long 0x53053053\n"
        "4:\n\t"
        "jmp %l[moved]\n\t"
        ".popsection"
        :
        : [critical] "m"(area->rseq_cs), [current] "m"(area->cpu_id), [cpu] "r"(cpu),
          [number] "m"(cells[cpu].value), [n] "er"(n)
        : "memory", "cc", "rax"
        : moved);
    return true;
moved:
    return false;
}
#else
// No such thing here.
template <class Cell>
bool add_on_this_cpu(Cell*, std::size_t, std::int64_t) noexcept {
    return false;
}
#endif

}  // namespace handoff
