# The register's one command.
#
#   handoff_add(queue|counter|lock|wait NAME [CONTROL kind] [HEADER header] [TYPE type] [PACKAGED library | USES library]
#               [LIBRARIES target...])
#
# joins an implementation to every workload, test, list and report. NAME is its catalog name: by default the
# type is handoff::NAME (a template over the item for a queue, a class for the other kinds) and the header
# queues/NAME.hpp, counters/NAME.hpp, locks/NAME.hpp, waits/NAME.hpp or, for a CONTROL, controls/NAME.hpp; in a project
# of somebody else's, NAME.hpp.
# LIBRARIES are what it needs to be linked with.
# CONTROL: its answer is known, and it is never ranked. The kinds:
#   ceiling      does nothing: the harness's own limit       lossy        loses an item in a million
#   floor        what the hardware takes                     duplicating  gives an item in a million out twice
#   paced        a ring with stalls that cost nothing        racing       loses updates
#   slowed       takes 5% longer than the paced one          slight       takes 2% longer than the paced one
#   intruding    a lock that lets a second thread in          forgetful    a wait that loses what was waited for
# PACKAGED: it is that library's own, behind an adapter; USES: it is written over that library. The library is one of
# handoff_library's.

get_filename_component(HANDOFF_ROOT ${CMAKE_CURRENT_LIST_DIR}/.. ABSOLUTE)
set(HANDOFF_IMPLS_DIR ${HANDOFF_ROOT}/impls)
define_property(GLOBAL PROPERTY HANDOFF_QUEUES BRIEF_DOCS "Registered queues, in the register's order")
define_property(GLOBAL PROPERTY HANDOFF_COUNTERS BRIEF_DOCS "Registered counters, in the register's order")
define_property(GLOBAL PROPERTY HANDOFF_LOCKS BRIEF_DOCS "Registered locks, in the register's order")
define_property(GLOBAL PROPERTY HANDOFF_WAITS BRIEF_DOCS "Registered ways to wait, in the register's order")
define_property(GLOBAL PROPERTY HANDOFF_TESTED_QUEUES BRIEF_DOCS "Those of them that the tests are built for")
define_property(GLOBAL PROPERTY HANDOFF_TESTED_COUNTERS BRIEF_DOCS "Those of them that the tests are built for")
define_property(GLOBAL PROPERTY HANDOFF_TESTED_LOCKS BRIEF_DOCS "Those of them that the tests are built for")
define_property(GLOBAL PROPERTY HANDOFF_TESTED_WAITS BRIEF_DOCS "Those of them that the tests are built for")
# The kinds of implementations.
set(HANDOFF_KINDS queue counter lock wait)

# One object library per implementation and purpose, so that its libraries and headers stay its own; with the standard
# library's headers compiled once for all.
function(handoff_generate purpose template include_dir)
  configure_file(${HANDOFF_ROOT}/${template} ${HANDOFF_BINARY_DIR}/generated/${purpose}/${HANDOFF_NAME}.cpp @ONLY)
  add_library(${purpose}_${HANDOFF_NAME} OBJECT ${HANDOFF_BINARY_DIR}/generated/${purpose}/${HANDOFF_NAME}.cpp)
  target_include_directories(${purpose}_${HANDOFF_NAME} PRIVATE
    ${HANDOFF_ROOT}/impls ${HANDOFF_ROOT}/${include_dir} ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${purpose}_${HANDOFF_NAME} PRIVATE handoff_options ${arg_LIBRARIES})
  # Also where the code does not ask for it: what was compiled with another version is compiled anew.
  target_compile_definitions(${purpose}_${HANDOFF_NAME} PRIVATE "HANDOFF_LIBRARY=\"${HANDOFF_LIBRARY}\"")
  target_precompile_headers(${purpose}_${HANDOFF_NAME} REUSE_FROM handoff_standard_headers)
endfunction()

# The same, of what is measured: with the lists of workloads that handoff_workload makes.
function(handoff_generate_entry purpose template)
  handoff_generate(${purpose} ${template} benchmarks)
  target_include_directories(${purpose}_${HANDOFF_NAME} PRIVATE ${HANDOFF_BINARY_DIR}/generated/workloads)
endfunction()

# Sets what the generated sources say of an implementation's library; and HANDOFF_MISSING to the Debian package of an
# optional one that is not there.
function(handoff_library_of kind name packaged uses)
  if(packaged AND uses)
    message(FATAL_ERROR "handoff_add(${kind} ${name}): PACKAGED ${packaged} and USES ${uses}; valid: one of the two")
  endif()
  set(library ${packaged}${uses})
  get_property(text GLOBAL PROPERTY HANDOFF_LIBRARY_${library})
  get_property(missing GLOBAL PROPERTY HANDOFF_PACKAGE_OF_${library})
  set(HANDOFF_MISSING "${missing}" PARENT_SCOPE)
  if(library AND NOT text AND NOT missing)
    message(FATAL_ERROR "handoff_add(${kind} ${name}): no handoff_library is called '${library}'")
  endif()
  set(HANDOFF_LIBRARY "${text}" PARENT_SCOPE)
  set(HANDOFF_PACKAGED false PARENT_SCOPE)
  if(packaged)
    set(HANDOFF_PACKAGED true PARENT_SCOPE)
  endif()
endfunction()

function(handoff_add kind name)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "CONTROL;HEADER;TYPE;PACKAGED;USES" "LIBRARIES")
  if(NOT kind IN_LIST HANDOFF_KINDS)
    list(JOIN HANDOFF_KINDS ", " kinds)
    message(FATAL_ERROR "handoff_add: '${kind}' is no kind of implementation; valid: ${kinds}")
  endif()
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "handoff_add(${kind} ${name}): unknown argument '${arg_UNPARSED_ARGUMENTS}'; "
                        "valid: CONTROL, HEADER, TYPE, PACKAGED, USES, LIBRARIES")
  endif()
  handoff_library_of(${kind} ${name} "${arg_PACKAGED}" "${arg_USES}")
  set(folder ${kind}s)
  set(HANDOFF_CONTROL "${arg_CONTROL}")
  if(DEFINED arg_CONTROL OR CONTROL IN_LIST arg_KEYWORDS_MISSING_VALUES)
    set(kinds ceiling floor paced slowed slight lossy duplicating racing intruding forgetful)
    if(NOT "${arg_CONTROL}" IN_LIST kinds)
      list(JOIN kinds ", " kinds)
      message(FATAL_ERROR "handoff_add(${kind} ${name}): '${arg_CONTROL}' is no kind of control; valid: ${kinds}")
    endif()
    set(folder controls)
  endif()
  set(HANDOFF_NAME ${name})
  set(HANDOFF_HEADER ${name}.hpp)
  if(CMAKE_CURRENT_SOURCE_DIR STREQUAL HANDOFF_IMPLS_DIR)
    if(HANDOFF_OUT_OF_TREE AND NOT DEFINED arg_CONTROL AND NOT name MATCHES "${HANDOFF_PEERS}")
      return()  # but the controls stay: without them no run of yours could be cited
    endif()
    set(HANDOFF_HEADER ${folder}/${name}.hpp)
  endif()
  if(HANDOFF_MISSING)
    message(STATUS "Left out: ${name}: there is no ${arg_PACKAGED}${arg_USES} here (${HANDOFF_MISSING})")
    set_property(GLOBAL APPEND PROPERTY HANDOFF_LEFT_OUT ${name} ${HANDOFF_MISSING})
    return()
  endif()
  set(HANDOFF_TYPE handoff::${name})
  if(arg_HEADER)
    set(HANDOFF_HEADER ${arg_HEADER})
  endif()
  if(arg_TYPE)
    set(HANDOFF_TYPE ${arg_TYPE})
  endif()
  if(NOT EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${HANDOFF_HEADER})
    message(FATAL_ERROR "handoff_add(${kind} ${name}): there is no ${CMAKE_CURRENT_SOURCE_DIR}/${HANDOFF_HEADER}; "
                        "HEADER names another")
  endif()

  string(TOUPPER HANDOFF_${kind}S register)
  set_property(GLOBAL APPEND PROPERTY ${register} ${name})
  set_property(GLOBAL APPEND PROPERTY HANDOFF_LIBRARIES ${arg_LIBRARIES})
  set_property(GLOBAL PROPERTY HANDOFF_LIBRARY_OF_${name} "${HANDOFF_LIBRARY}")
  if(arg_CONTROL)
    set_property(GLOBAL APPEND PROPERTY HANDOFF_CONTROLS ${name})
  endif()
  if(HANDOFF_BENCHMARKS)
    handoff_generate_entry(entry benchmarks/workloads/cases/${kind}_entry.cpp.in)
    if(HANDOFF_DOWNLOADS AND kind STREQUAL queue AND NOT DEFINED arg_CONTROL)
      set_property(GLOBAL APPEND PROPERTY HANDOFF_DOWNLOAD_QUEUES ${name})
      handoff_generate_entry(download_entry benchmarks/downloads/queue_entry.cpp.in)
    endif()
  endif()
  # In somebody else's project the controls are tested only where they are peers.
  if(BUILD_TESTING AND NOT (HANDOFF_OUT_OF_TREE AND DEFINED arg_CONTROL AND NOT name MATCHES "${HANDOFF_PEERS}"))
    string(TOUPPER HANDOFF_TESTED_${kind}S tested)
    set_property(GLOBAL APPEND PROPERTY ${tested} ${name})
    handoff_generate(conformance tests/conformance/${kind}_entry.cpp.in tests/conformance)
  endif()
endfunction()

# Writes the downloads' catalog, and sets `sources` to it and to their objects.
function(handoff_download_catalog sources)
  get_property(names GLOBAL PROPERTY HANDOFF_DOWNLOAD_QUEUES)
  set(objects)
  set(references)
  set(HANDOFF_DOWNLOAD_DECLARATIONS)
  foreach(name IN LISTS names)
    string(APPEND HANDOFF_DOWNLOAD_DECLARATIONS "extern const download_entry download_${name};\n")
    list(APPEND references "&entries::download_${name}")
    list(APPEND objects $<TARGET_OBJECTS:download_entry_${name}>)
  endforeach()
  list(LENGTH names HANDOFF_DOWNLOAD_COUNT)
  list(JOIN references ", " HANDOFF_DOWNLOAD_REFERENCES)
  set(catalog ${HANDOFF_BINARY_DIR}/generated/download_catalog.cpp)
  configure_file(${HANDOFF_ROOT}/benchmarks/downloads/catalog.cpp.in ${catalog} @ONLY)
  set(${sources} ${catalog} ${objects} PARENT_SCOPE)
endfunction()

# Writes the catalog and sets `sources` to it and all objects of the purpose, `libraries` to what they need.
function(handoff_catalog sources libraries)
  set(objects)
  foreach(kind QUEUE COUNTER LOCK WAIT)
    string(TOLOWER ${kind} lower)
    get_property(names GLOBAL PROPERTY HANDOFF_${kind}S)
    set(declarations)
    set(references)
    foreach(name IN LISTS names)
      string(APPEND declarations "extern const ${lower}_entry ${name};\n")
      list(APPEND references "&entries::${name}")
      list(APPEND objects $<TARGET_OBJECTS:entry_${name}>)
    endforeach()
    set(HANDOFF_${kind}_DECLARATIONS "${declarations}")
    list(LENGTH names HANDOFF_${kind}_COUNT)
    list(JOIN references ", " HANDOFF_${kind}_REFERENCES)
  endforeach()
  get_property(left_out GLOBAL PROPERTY HANDOFF_LEFT_OUT)
  list(LENGTH left_out count)
  math(EXPR HANDOFF_LEFT_OUT_COUNT "${count} / 2")
  set(HANDOFF_LEFT_OUT_ROWS)
  while(left_out)
    list(POP_FRONT left_out name package)
    string(APPEND HANDOFF_LEFT_OUT_ROWS "left_out_here{\"${name}\", \"${package}\"}, ")
  endwhile()
  set(catalog ${HANDOFF_BINARY_DIR}/generated/catalog.cpp)
  configure_file(${HANDOFF_ROOT}/benchmarks/workloads/cases/catalog.cpp.in ${catalog} @ONLY)
  get_property(needed GLOBAL PROPERTY HANDOFF_LIBRARIES)
  list(REMOVE_DUPLICATES needed)
  set(${sources} ${catalog} ${objects} PARENT_SCOPE)
  set(${libraries} ${needed} PARENT_SCOPE)
endfunction()
