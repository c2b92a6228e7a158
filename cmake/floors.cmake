# The floors of the house. A folder is one library, and a library sees only the folders it links to: each folder's headers are
# reached through a staged include directory of its own, so an #include that reaches past its floor does not compile.

set(RINGSCOPE_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wconversion)

add_library(ringscope_options INTERFACE)
target_compile_options(ringscope_options INTERFACE ${RINGSCOPE_WARNINGS})
# GCC 12 warns of "text" + std::string where nothing overlaps (GCC bug 105651, mended in 13).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(ringscope_options INTERFACE -Wno-restrict)
endif()
if(RINGSCOPE_SANITIZE)
  target_compile_options(ringscope_options INTERFACE -fsanitize=${RINGSCOPE_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(ringscope_options INTERFACE -fsanitize=${RINGSCOPE_SANITIZE})
endif()

include(${CMAKE_CURRENT_LIST_DIR}/package.cmake)

# ringscope_floor(FOLDER PUBLIC targets… PRIVATE targets…): the library of one folder, all its *.cc, and what it may link to.
function(ringscope_floor folder)
  cmake_parse_arguments(floor "" "" "PUBLIC;PRIVATE" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  set(staged ${CMAKE_BINARY_DIR}/floors/${folder})
  file(MAKE_DIRECTORY ${staged})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${staged}/${folder} SYMBOLIC)
  add_library(ringscope_${folder} STATIC ${sources})
  target_include_directories(ringscope_${folder} PUBLIC $<BUILD_INTERFACE:${staged}> $<INSTALL_INTERFACE:include/ringscope>)
  target_link_libraries(ringscope_${folder} PUBLIC ${floor_PUBLIC} PRIVATE $<BUILD_INTERFACE:ringscope_options> ${floor_PRIVATE})
  # Nobody replaces a function of ours by another of its name, so what is position-independent is inlined all the same.
  target_compile_options(ringscope_${folder} PRIVATE -fno-semantic-interposition)
  ringscope_install_floor(${folder})
endfunction()
