# CXX and CXXFLAGS are respected: CXX by CMake where neither a preset nor -D names a compiler, CXXFLAGS by the presets.
# What CMake would pass over in silence is said here.
if(DEFINED ENV{CC} AND NOT DEFINED ENV{CXX})
  message(NOTICE "CC is '$ENV{CC}', but all of handoff is C++: CXX names its compiler")
endif()
if(DEFINED ENV{CXX})
  separate_arguments(wanted NATIVE_COMMAND "$ENV{CXX}")
  list(POP_FRONT wanted wanted)
  find_program(wanted_path NAMES "${wanted}" NO_CACHE)
  if(wanted_path STREQUAL CMAKE_CXX_COMPILER)
    return()
  endif()
  if(HANDOFF_COMPILER_BY_ENVIRONMENT)
    message(FATAL_ERROR "CXX is '$ENV{CXX}', but this folder was configured for ${CMAKE_CXX_COMPILER}; valid: "
      "rm -r ${CMAKE_BINARY_DIR}, or CXX as it was")
  endif()
  message(NOTICE "CXX is '$ENV{CXX}', but this preset is about ${CMAKE_CXX_COMPILER}, which it names")
endif()
