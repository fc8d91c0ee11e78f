# `mutated_sources`: to be compiled against copies of our sources, with all the faults of mutations.toml in them
# (docs/mutations.md), instead of the sources. Made anew whenever a source or the table changes.
set(HANDOFF_MUTATIONS ${CMAKE_CURRENT_LIST_DIR}/mutations.toml)
set(HANDOFF_MUTATED ${CMAKE_BINARY_DIR}/generated/mutated)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${HANDOFF_MUTATIONS})

file(GLOB_RECURSE sources CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}
  ${PROJECT_SOURCE_DIR}/impls/*.hpp
  ${PROJECT_SOURCE_DIR}/benchmarks/harness/*.hpp ${PROJECT_SOURCE_DIR}/benchmarks/harness/*.cpp)
set(make_copies /usr/bin/python3 ${PROJECT_SOURCE_DIR}/scripts/mutations.py sources --into ${HANDOFF_MUTATED} ${sources})
# At once, so that a fault whose text a source no longer has is told before anything is compiled.
execute_process(COMMAND ${make_copies} COMMAND_ERROR_IS_FATAL ANY)
list(TRANSFORM sources PREPEND ${HANDOFF_MUTATED}/ OUTPUT_VARIABLE copies)
list(TRANSFORM sources PREPEND ${PROJECT_SOURCE_DIR}/)
file(GLOB makers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/scripts/handoff/proofs/mut*.py)
add_custom_command(OUTPUT ${copies} COMMAND ${make_copies} DEPENDS ${sources} ${HANDOFF_MUTATIONS} ${makers}
  COMMENT "Copying our sources, with the faults of mutations.toml" VERBATIM)
add_custom_target(copies_of_sources DEPENDS ${copies})

add_library(mutated_sources INTERFACE)
target_include_directories(mutated_sources INTERFACE
  ${HANDOFF_MUTATED}/impls ${HANDOFF_MUTATED}/benchmarks ${PROJECT_SOURCE_DIR}/tests)
add_dependencies(mutated_sources copies_of_sources)
