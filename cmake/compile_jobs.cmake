# How many compilers run at once, so that they do not use up the memory: at most CPUs + 2, and at most the free memory
# divided by what the largest unit takes. Ninja keeps to it, whoever starts it: scripts/bench.sh, scripts/test.sh, or
# `cmake --build` by hand. The free memory is that of the last configuring, which the two scripts do each time.

# The memory of the largest unit, in MB: the largest resident set of a compiler, from
#   cmake --preset NAME -DCMAKE_CXX_COMPILER_LAUNCHER='/usr/bin/time;-f;%M %U %C;-a;-o;units.txt'
# Preset bench, g++ 12, 41 of its 121 units, those with the largest sources among them: 489 MB for
# downloads/http/server.cpp, 361 MB for the download strategies, 304 MB for the next one.
set(HANDOFF_LARGEST_UNIT_MB 500)
if(NOT DEFINED BUILD_TESTING OR BUILD_TESTING)
  set(HANDOFF_LARGEST_UNIT_MB 900)  # tests are compiled six files at a time; theirs are not measured
endif()

# Sets `result` to the number of compilers for these CPUs and this memory.
function(handoff_compile_jobs result cpus free_mb unit_mb)
  math(EXPR by_cpus "${cpus} + 2")
  math(EXPR by_memory "${free_mb} / ${unit_mb}")
  set(jobs ${by_cpus})
  if(by_memory LESS jobs)
    set(jobs ${by_memory})
  endif()
  if(jobs LESS 1)
    set(jobs 1)
  endif()
  set(${result} ${jobs} PARENT_SCOPE)
endfunction()

# Sets `result` to the MB that programs can still get: what the machine has, or less if a control group (a container,
# for example) has a limit. `root` is where /proc and /sys lie.
function(handoff_free_memory result root)
  file(STRINGS ${root}/proc/meminfo line REGEX "^MemAvailable:")
  string(REGEX REPLACE "[^0-9]" "" kib "${line}")
  math(EXPR free "${kib} / 1024")
  # Version 2 of control groups: "0::/path", and each folder on that path may have a limit.
  file(STRINGS ${root}/proc/self/cgroup line REGEX "^0::/")
  string(REGEX REPLACE "^0::" "" path "${line}")
  set(folder "${root}/sys/fs/cgroup${path}")
  while(folder MATCHES "/sys/fs/cgroup")
    if(EXISTS ${folder}/memory.max)
      file(READ ${folder}/memory.max limit)
      string(STRIP "${limit}" limit)
      if(NOT limit STREQUAL "max")
        file(READ ${folder}/memory.current used)
        # The kernel gives cached files back before it refuses memory.
        file(STRINGS ${folder}/memory.stat line REGEX "^inactive_file ")
        string(REGEX REPLACE "[^0-9]" "" cached "${line}")
        math(EXPR left "(${limit} - ${used} + ${cached}) / 1048576")
        if(left LESS free)
          set(free ${left})
        endif()
      endif()
    endif()
    get_filename_component(folder ${folder} DIRECTORY)
  endwhile()
  set(${result} ${free} PARENT_SCOPE)
endfunction()

# Limits the compilers of all targets from here on. Who has said so for the whole project is not overruled.
macro(handoff_limit_compilers)
  if(NOT CMAKE_JOB_POOL_COMPILE)
    cmake_host_system_information(RESULT handoff_cpus QUERY NUMBER_OF_LOGICAL_CORES)
    handoff_free_memory(handoff_free_mb "")
    handoff_compile_jobs(handoff_jobs ${handoff_cpus} ${handoff_free_mb} ${HANDOFF_LARGEST_UNIT_MB})
    set_property(GLOBAL APPEND PROPERTY JOB_POOLS handoff_compile=${handoff_jobs})
    set(CMAKE_JOB_POOL_COMPILE handoff_compile)
    set(HANDOFF_COMPILE_JOBS ${handoff_jobs} CACHE INTERNAL "How many compilers run at once")
    message(STATUS "handoff: at most ${handoff_jobs} compilers at once: ${handoff_cpus} CPUs, ${handoff_free_mb} MB free, "
                   "${HANDOFF_LARGEST_UNIT_MB} MB for the largest unit")
  endif()
endmacro()
