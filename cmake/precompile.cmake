# For the presets whose builds are tests alone: all of their targets share one precompiled header, which saves a
# quarter of their time. Not where something is measured, nor for the preset release, which shows that each file
# includes what it needs.

# All targets with sources of a folder and of those below it.
function(handoff_compiled_targets found folder)
  get_property(targets DIRECTORY ${folder} PROPERTY BUILDSYSTEM_TARGETS)
  get_property(folders DIRECTORY ${folder} PROPERTY SUBDIRECTORIES)
  set(all)
  foreach(target IN LISTS targets)
    get_target_property(type ${target} TYPE)
    if(type MATCHES "^(EXECUTABLE|STATIC_LIBRARY|OBJECT_LIBRARY)$")
      list(APPEND all ${target})
    endif()
  endforeach()
  foreach(one IN LISTS folders)
    handoff_compiled_targets(below ${one})
    list(APPEND all ${below})
  endforeach()
  set(${found} ${all} PARENT_SCOPE)
endfunction()

find_package(GTest REQUIRED)
handoff_compiled_targets(targets ${CMAKE_SOURCE_DIR})
file(WRITE ${CMAKE_BINARY_DIR}/generated/precompiled.cpp "")
add_library(handoff_precompiled OBJECT ${CMAKE_BINARY_DIR}/generated/precompiled.cpp)
target_link_libraries(handoff_precompiled PRIVATE handoff_options GTest::gtest)
target_precompile_headers(handoff_precompiled PRIVATE
  <algorithm> <array> <atomic> <chrono> <condition_variable> <functional> <map> <memory> <mutex> <optional> <random>
  <span> <string> <thread> <vector> <gtest/gtest.h>)
foreach(target IN LISTS targets)
  target_precompile_headers(${target} REUSE_FROM handoff_precompiled)
endforeach()
