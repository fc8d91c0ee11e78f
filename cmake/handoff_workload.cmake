# The one command that adds a workload.
#
#   handoff_workload(NAME [OVER queue|counter|lock|wait] [LIBRARIES target...])
#
# builds the binary NAME from NAME.cpp, which lists the cases. OVER: beside it is NAME_role.hpp with NAME_workload, which
# every implementation of that kind is compiled with. LIBRARIES are what the binary is linked with.
define_property(GLOBAL PROPERTY HANDOFF_WORKLOADS BRIEF_DOCS "Workloads, in the order of their lines")

function(handoff_workload name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "OVER" "LIBRARIES")
  if(arg_UNPARSED_ARGUMENTS OR (arg_OVER AND NOT arg_OVER IN_LIST HANDOFF_KINDS))
    list(JOIN HANDOFF_KINDS ", OVER " kinds)
    message(FATAL_ERROR "handoff_workload(${name}): unknown argument '${arg_UNPARSED_ARGUMENTS}' or OVER '${arg_OVER}'; "
                        "valid: OVER ${kinds}, LIBRARIES")
  endif()
  add_executable(${name} ${HANDOFF_ROOT}/benchmarks/workloads/${name}.cpp)
  target_link_libraries(${name} PRIVATE handoff_case_main ${arg_LIBRARIES})
  set_property(GLOBAL APPEND PROPERTY HANDOFF_WORKLOADS ${name})
  if(arg_OVER)
    set_property(GLOBAL APPEND PROPERTY HANDOFF_${arg_OVER}_WORKLOADS ${name})
  endif()
endfunction()

# After all handoff_workload lines: writes the lists that the implementations' entries are compiled with.
function(handoff_write_workload_lists)
  foreach(HANDOFF_KIND IN LISTS HANDOFF_KINDS)
    get_property(names GLOBAL PROPERTY HANDOFF_${HANDOFF_KIND}_WORKLOADS)
    set(HANDOFF_WORKLOAD_INCLUDES)
    foreach(name IN LISTS names)
      string(APPEND HANDOFF_WORKLOAD_INCLUDES "#include \"workloads/${name}_role.hpp\"\n")
    endforeach()
    list(TRANSFORM names APPEND _workload)
    list(JOIN names ", " HANDOFF_WORKLOAD_TYPES)
    configure_file(${HANDOFF_ROOT}/benchmarks/workloads/cases/workloads.hpp.in
      ${HANDOFF_BINARY_DIR}/generated/workloads/${HANDOFF_KIND}_workloads.hpp @ONLY)
  endforeach()
endfunction()
