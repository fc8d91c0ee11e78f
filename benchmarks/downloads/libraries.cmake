# The parts of the I/O-bound wing, without its binaries. The tests use them, too.
set(wing ${HANDOFF_ROOT}/benchmarks/downloads)

# One of the strategies needs coroutines, which Boost 1.74 does not have with clang.
include(CheckCXXSourceCompiles)
include(CMakePushCheckState)
cmake_push_check_state(RESET)
set(CMAKE_REQUIRED_FLAGS -std=c++20)
set(CMAKE_REQUIRED_LIBRARIES Boost::headers)
check_cxx_source_compiles("#include <boost/asio/detail/config.hpp>
#if !defined(BOOST_ASIO_HAS_CO_AWAIT)
#error
#endif
int main() {}" HANDOFF_COROUTINES)
cmake_pop_check_state()

# The job that is timed, and the processes and folders that it may use.
file(GLOB job_sources CONFIGURE_DEPENDS ${wing}/job/*.cpp ${wing}/processes/*.cpp)
add_library(handoff_download_job STATIC ${job_sources} ${wing}/workloads/download_strategy_role.cpp)
target_link_libraries(handoff_download_job PUBLIC handoff_roles)

# Files of what was downloaded, with the roles that write them, and workers over Redis: the worker is a program of its own.
file(GLOB saving_sources CONFIGURE_DEPENDS ${wing}/saving/*.cpp)
add_library(handoff_saving STATIC
  ${saving_sources} ${wing}/workloads/pipeline_role.cpp ${wing}/workloads/saving_role.cpp)
target_link_libraries(handoff_saving PUBLIC handoff_download_job)
file(GLOB redis_sources CONFIGURE_DEPENDS ${wing}/redis/*.cpp)
list(REMOVE_ITEM redis_sources ${wing}/redis/download_worker.cpp)
add_library(handoff_redis STATIC ${redis_sources})
target_compile_definitions(handoff_redis PRIVATE HANDOFF_DOWNLOAD_WORKER="$<TARGET_FILE:download_worker>")
target_link_libraries(handoff_redis PUBLIC handoff_saving PRIVATE PkgConfig::hiredis)
add_executable(download_worker ${wing}/redis/download_worker.cpp)
target_link_libraries(download_worker PRIVATE handoff_redis)

file(GLOB strategy_sources CONFIGURE_DEPENDS ${wing}/strategies/*.cpp)
if(NOT HANDOFF_COROUTINES)
  list(REMOVE_ITEM strategy_sources ${wing}/strategies/asio_coroutines.cpp)
endif()
add_library(handoff_download STATIC ${strategy_sources})
target_compile_definitions(handoff_download PUBLIC HANDOFF_COROUTINES=$<BOOL:${HANDOFF_COROUTINES}>)
target_link_libraries(handoff_download PUBLIC handoff_download_job PRIVATE handoff_redis Boost::headers TBB::tbb)
add_dependencies(handoff_download download_worker)

# The same over HTTP: a server, which is a program of its own, and libcurl's clients.
find_package(CURL REQUIRED)
file(GLOB http_sources CONFIGURE_DEPENDS ${wing}/http/*.cpp)
list(REMOVE_ITEM http_sources ${wing}/http/server.cpp ${wing}/http/download_server.cpp)
add_library(handoff_http STATIC ${http_sources})
target_link_libraries(handoff_http PUBLIC handoff_download_job CURL::libcurl)
add_executable(download_server ${wing}/http/download_server.cpp ${wing}/http/server.cpp)
target_link_libraries(download_server PRIVATE handoff_http Boost::headers)

# Half of each of their translation units is headers. Not so the harness: how it is compiled is part of what it costs.
set_target_properties(handoff_saving handoff_redis handoff_download handoff_http PROPERTIES
  UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 6)
