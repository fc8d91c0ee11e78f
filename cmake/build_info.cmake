# build_info.json: what the campaign and the proofs record of the build. Included after the last handoff_add.

# Sets `result` to the text as JSON writes a string.
function(handoff_json_string result text)
  string(REPLACE "\\" "\\\\" text "${text}")
  string(REPLACE "\"" "\\\"" text "${text}")
  string(REPLACE "\n" "\\n" text "${text}")
  string(REPLACE "\t" "\\t" text "${text}")
  set(${result} "\"${text}\"" PARENT_SCOPE)
endfunction()

# Adds a member to the object in the variable `object`.
function(handoff_json_add object name text)
  handoff_json_string(value "${text}")
  string(JSON changed SET "${${object}}" "${name}" "${value}")
  set(${object} "${changed}" PARENT_SCOPE)
endfunction()

# The flag by which CMake asks for the standard; nothing where it leaves the compiler's own.
set(standard ${CMAKE_CXX_STANDARD})
if(NOT standard AND CMAKE_CXX_STANDARD_DEFAULT LESS 20)
  set(standard 20)  # handoff_options asks for it
endif()
set(kind STANDARD)
if(CMAKE_CXX_EXTENSIONS OR (NOT DEFINED CMAKE_CXX_EXTENSIONS AND CMAKE_CXX_EXTENSIONS_DEFAULT))
  set(kind EXTENSION)
endif()
string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
set(flags "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${type}} ${CMAKE_CXX${standard}_${kind}_COMPILE_OPTION}")
string(STRIP "${flags}" flags)

set(build_info "{}")
handoff_json_add(build_info version "${handoff_VERSION}")
handoff_json_add(build_info compiler "${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}")
handoff_json_add(build_info flags "${flags}")
handoff_json_add(build_info build_type "${CMAKE_BUILD_TYPE}")
handoff_json_add(build_info sanitizers "${HANDOFF_SANITIZE}")

# By implementation the library that it was compiled with.
set(libraries "{}")
get_property(queues GLOBAL PROPERTY HANDOFF_QUEUES)
get_property(counters GLOBAL PROPERTY HANDOFF_COUNTERS)
foreach(name IN LISTS queues counters)
  get_property(library GLOBAL PROPERTY HANDOFF_LIBRARY_OF_${name})
  if(library)
    handoff_json_add(libraries ${name} "${library}")
  endif()
endforeach()
string(JSON build_info SET "${build_info}" libraries "${libraries}")

# Untouched where nothing has changed: a newer one tells that the build is another than the one that was tested.
set(path ${HANDOFF_BINARY_DIR}/build_info.json)
set(before "")
if(EXISTS ${path})
  file(READ ${path} before)
endif()
if(NOT before STREQUAL "${build_info}\n")
  file(WRITE ${path} "${build_info}\n")
endif()
