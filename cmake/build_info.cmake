# build_info.json: what the campaign records of the build.
string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
string(STRIP "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${type}} -std=c++20" flags)
file(WRITE ${HANDOFF_BINARY_DIR}/build_info.json
"{\"compiler\": \"${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}\", \"flags\": \"${flags}\", \
\"build_type\": \"${CMAKE_BUILD_TYPE}\", \"sanitizers\": \"${HANDOFF_SANITIZE}\"}\n")
