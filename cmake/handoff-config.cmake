# find_package(handoff): a project of your own, in which
#
#   handoff_add(queue my_queue)
#
# joins your queue to all of handoff's workloads, conformance tests and reports, beside handoff's own
# implementations or those that HANDOFF_PEERS selects. The binaries come to <build>/handoff/benchmarks, and
# `campaign.py --build-dir <build>/handoff` measures them. See examples/own_queue.
set(HANDOFF_PEERS ".*" CACHE STRING "Which of handoff's implementations to build beside yours: a regex")
if(NOT CMAKE_BUILD_TYPE STREQUAL "Release")
  message(WARNING "handoff: CMAKE_BUILD_TYPE is '${CMAKE_BUILD_TYPE}'; only Release is worth measuring")
endif()

set(HANDOFF_OUT_OF_TREE ON)
set(HANDOFF_BINARY_DIR ${CMAKE_BINARY_DIR}/handoff)
include(${CMAKE_CURRENT_LIST_DIR}/handoff_setup.cmake)
add_subdirectory(${HANDOFF_ROOT}/impls ${HANDOFF_BINARY_DIR}/impls)
cmake_language(DEFER DIRECTORY ${CMAKE_SOURCE_DIR} CALL include ${HANDOFF_ROOT}/cmake/build_info.cmake)
# After the project's own lines: the workloads are linked with all that is registered by then. Included,
# because CMake creates no folders that late.
cmake_language(DEFER DIRECTORY ${CMAKE_SOURCE_DIR} CALL include ${HANDOFF_ROOT}/benchmarks/CMakeLists.txt)
if(BUILD_TESTING)
  find_package(GTest REQUIRED GLOBAL)
  cmake_language(DEFER DIRECTORY ${CMAKE_SOURCE_DIR} CALL
    include ${HANDOFF_ROOT}/tests/conformance/CMakeLists.txt)
  cmake_language(DEFER DIRECTORY ${CMAKE_SOURCE_DIR} CALL include ${HANDOFF_ROOT}/tests/stops/CMakeLists.txt)
  cmake_language(DEFER DIRECTORY ${CMAKE_SOURCE_DIR} CALL
    include ${HANDOFF_ROOT}/tests/linearizability/CMakeLists.txt)
  cmake_language(DEFER DIRECTORY ${CMAKE_SOURCE_DIR} CALL
    include ${HANDOFF_ROOT}/tests/progress/CMakeLists.txt)
endif()
