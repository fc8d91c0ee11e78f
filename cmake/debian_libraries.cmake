# A prefix of conda's on the PATH has libraries of its own, which CMake would find before Debian's: what is measured would
# not be what packages.tsv and the record of a run name. Another prefix is found where CMAKE_PREFIX_PATH names it.
string(REPLACE ":" ";" handoff_path "$ENV{PATH}")
foreach(folder IN LISTS handoff_path)
  cmake_path(GET folder PARENT_PATH prefix)
  if(folder MATCHES "/bin$" AND EXISTS "${prefix}/conda-meta" AND NOT prefix IN_LIST CMAKE_PREFIX_PATH)
    list(APPEND CMAKE_IGNORE_PREFIX_PATH "${prefix}")
    list(APPEND CMAKE_IGNORE_PATH "${folder}")
    message(STATUS "Libraries and programs of ${prefix} are left aside")
  endif()
endforeach()
