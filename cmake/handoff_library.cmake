# The libraries of others that implementations stand on, each with the version that is compiled in.
#
#   handoff_library(NAME HEADERS header... [VERSION macro] [TARGET target] [OPTIONAL package])
#
# HEADERS: of these the first one that the compiler finds is the library's, as each release has it elsewhere.
# VERSION: the macro in it that says the version. TARGET: whose include directories the compiler searches as well.
# OPTIONAL: where none of HEADERS is found, the implementations that stand on the library are left out, and the configuring
# and the catalog say so and name this Debian package. Without it a library that is not there is an error.
#
# The version is what the compiler reads in the header, with the Debian package that the header belongs to. A library
# that says no version and belongs to no package is told by a hash of the header: never by what somebody wrote down.
function(handoff_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "VERSION;TARGET;OPTIONAL" "HEADERS")
  if(arg_UNPARSED_ARGUMENTS OR NOT arg_HEADERS)
    message(FATAL_ERROR "handoff_library(${name}): unknown argument '${arg_UNPARSED_ARGUMENTS}' or no HEADERS; "
                        "valid: HEADERS, VERSION, TARGET, OPTIONAL")
  endif()
  handoff_preprocess(found "${arg_HEADERS}" "${arg_VERSION}" "${arg_TARGET}")
  list(POP_FRONT found header version)
  if(NOT header AND arg_OPTIONAL)
    set_property(GLOBAL PROPERTY HANDOFF_PACKAGE_OF_${name} ${arg_OPTIONAL})
    return()
  endif()
  if(NOT header)
    list(JOIN arg_HEADERS ", " headers)
    message(FATAL_ERROR "handoff_library(${name}): the compiler finds no ${headers}")
  endif()
  handoff_package_of(${header} package)
  set(text ${name})
  if(version)
    string(APPEND text " ${version}")
  endif()
  if(package)
    string(APPEND text " (${package})")
  elseif(NOT version)
    file(SHA256 ${header} hash)
    string(SUBSTRING ${hash} 0 12 hash)
    string(APPEND text " (header ${hash})")
  endif()
  message(STATUS "Library: ${text}")
  set_property(GLOBAL PROPERTY HANDOFF_LIBRARY_${name} "${text}")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${header})
endfunction()

# Sets `result` to the path of the first of `headers` that there is and to what `macro` is in it.
function(handoff_preprocess result headers macro target)
  set(source ${HANDOFF_BINARY_DIR}/generated/library.cpp)
  set(code "#if 0\n")
  foreach(header IN LISTS headers)
    string(APPEND code "#elif __has_include(<${header}>)\n#include <${header}>\n")
  endforeach()
  string(APPEND code "#endif\nhandoff_version ${macro}\n")
  file(WRITE ${source} "${code}")
  set(directories)
  if(target)
    get_target_property(directories ${target} INTERFACE_INCLUDE_DIRECTORIES)
    if(NOT directories)
      set(directories)  # they are the compiler's own
    endif()
    list(TRANSFORM directories PREPEND -isystem)
  endif()
  separate_arguments(flags NATIVE_COMMAND "${CMAKE_CXX_FLAGS}")
  execute_process(
    COMMAND ${CMAKE_CXX_COMPILER} ${CMAKE_CXX_COMPILER_ARG1} ${flags} ${directories} -std=c++20 -E -P -H ${source}
    OUTPUT_VARIABLE text ERROR_VARIABLE read RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "the compiler cannot read ${headers}: ${read}")
  endif()
  set(path)
  foreach(header IN LISTS headers)
    string(REPLACE "." "\\." name "${header}")
    if(NOT path AND read MATCHES "\n?\\. ([^\n]*/${name})\n")
      set(path ${CMAKE_MATCH_1})
    endif()
  endforeach()
  string(REGEX MATCH "handoff_version([^\n]*)" version "${text}")
  string(REGEX REPLACE "[\" ]" "" version "${CMAKE_MATCH_1}")  # as "2021" "." "8" becomes 2021.8
  string(REPLACE "_" "." version "${version}")                 # Boost's 1_74
  set(${result} "${path}" "${version}" PARENT_SCOPE)
endfunction()

# Sets `result` to the Debian package of a file, with its version; to nothing where there is none.
function(handoff_package_of file result)
  set(${result} "" PARENT_SCOPE)
  find_program(HANDOFF_DPKG_QUERY dpkg-query)
  mark_as_advanced(HANDOFF_DPKG_QUERY)
  if(NOT HANDOFF_DPKG_QUERY)
    return()
  endif()
  file(REAL_PATH ${file} real)
  foreach(path ${file} ${real})
    execute_process(COMMAND ${HANDOFF_DPKG_QUERY} --search ${path} OUTPUT_VARIABLE owner ERROR_QUIET)
    if(owner MATCHES "^([^:, ]+)")
      set(package ${CMAKE_MATCH_1})
      execute_process(COMMAND ${HANDOFF_DPKG_QUERY} --show --showformat=\${Version}\\n ${package}
        OUTPUT_VARIABLE versions ERROR_QUIET)
      string(REGEX MATCH "^[^\n]*" version "${versions}")
      set(${result} "${package} ${version}" PARENT_SCOPE)
      return()
    endif()
  endforeach()
endfunction()
