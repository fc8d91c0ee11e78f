# What everything is built with, here and in a project of somebody else's.
# Where all that is made in a build goes.
if(NOT HANDOFF_BINARY_DIR)
  set(HANDOFF_BINARY_DIR ${CMAKE_BINARY_DIR})
endif()
option(HANDOFF_BENCHMARKS "Build the workloads' binaries" ON)
set(downloads ON)
if(HANDOFF_OUT_OF_TREE)
  set(downloads OFF)
endif()
option(HANDOFF_DOWNLOADS "Build the downloads: they need libcurl, hiredis and Boost's Asio" ${downloads})
option(HANDOFF_WERROR "Treat warnings as errors" OFF)
set(HANDOFF_SANITIZE "" CACHE STRING "Sanitizers for everything, as -fsanitize takes them")

# Sanitizers that come with the flags count as well: as in CXXFLAGS=-fsanitize=address.
string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
get_directory_property(options COMPILE_OPTIONS)
string(REGEX MATCHALL "-fsanitize=[^ ;\"]+" sanitizing "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${type}} ${options}")
list(TRANSFORM sanitizing REPLACE "-fsanitize=" "")
string(REPLACE "," ";" sanitizing "${HANDOFF_SANITIZE};${sanitizing}")
list(REMOVE_ITEM sanitizing "")
list(REMOVE_DUPLICATES sanitizing)
list(JOIN sanitizing "," HANDOFF_SANITIZE)

include(${CMAKE_CURRENT_LIST_DIR}/compile_jobs.cmake)
handoff_limit_compilers()

include(${CMAKE_CURRENT_LIST_DIR}/debian_libraries.cmake)
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(hwloc REQUIRED IMPORTED_TARGET hwloc)
if(HANDOFF_DOWNLOADS)
  pkg_check_modules(hiredis REQUIRED IMPORTED_TARGET hiredis)
endif()

add_library(handoff_options INTERFACE)
target_compile_features(handoff_options INTERFACE cxx_std_20)
target_compile_options(handoff_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow $<$<BOOL:${HANDOFF_WERROR}>:-Werror>)
# False positives on std::string's operator+ with g++ 12 at -O3 (GCC bug 105651).
target_compile_options(handoff_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
if(HANDOFF_SANITIZE)
  target_compile_options(handoff_options INTERFACE
    -fsanitize=${HANDOFF_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(handoff_options INTERFACE -fsanitize=${HANDOFF_SANITIZE})
  # Instrumented code makes g++ 12 see uninitialized members inside std::regex, which are not.
  target_compile_options(handoff_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  if(HANDOFF_SANITIZE MATCHES thread)
    # g++ 12 warns of every fence that its ThreadSanitizer does not model them; nor does clang's. Ours stand
    # between operations on atomics alone, so that no report depends on them.
    target_compile_options(handoff_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
  endif()
endif()
# The same code begins at the same place within a cache line, whichever implementation it was compiled for: where
# a loop lies may alone change a round trip by some per cent.
target_compile_options(handoff_options INTERFACE -falign-functions=64)
target_link_libraries(handoff_options INTERFACE Threads::Threads)
# What calls and judges implementations, and is none: nothing is measured there, and it compiles in half the time. The
# implementations under it are compiled as everywhere.
add_library(handoff_quick_to_compile INTERFACE)
target_compile_options(handoff_quick_to_compile INTERFACE $<$<CONFIG:Release>:-O1>)

# What implementations are compiled with costs each of them seconds: the standard library's headers once for all. Ours
# are not among them, so that a change in one of ours compiles only what includes it.
file(CONFIGURE OUTPUT ${HANDOFF_BINARY_DIR}/generated/standard_headers.cpp CONTENT "")
add_library(handoff_standard_headers OBJECT ${HANDOFF_BINARY_DIR}/generated/standard_headers.cpp)
target_link_libraries(handoff_standard_headers PRIVATE handoff_options)
target_precompile_headers(handoff_standard_headers PRIVATE <algorithm> <array> <atomic> <bit> <chrono> <concepts>
  <condition_variable> <cstdint> <cstdlib> <deque> <functional> <limits> <memory> <mutex> <numeric> <optional> <span>
  <string> <string_view> <thread> <tuple> <utility> <vector>)

include(${CMAKE_CURRENT_LIST_DIR}/handoff_add.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/handoff_workload.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/handoff_library.cmake)
