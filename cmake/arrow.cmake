# Arrow C++ for Parquet: the system's, else the one inside the pyarrow wheel that scripts/setup unpacks under build/arrow.
# RINGSCOPE_PARQUET: AUTO (with it if it is there), ON (an error if not), OFF. Sets RINGSCOPE_HAS_PARQUET and the target
# ringscope_arrow.
set(RINGSCOPE_PARQUET AUTO CACHE STRING "Read and write Parquet: AUTO, ON or OFF")
set(RINGSCOPE_HAS_PARQUET OFF)
if(NOT RINGSCOPE_PARQUET STREQUAL "OFF")
  find_package(Parquet QUIET)
  if(TARGET Parquet::parquet_shared)
    add_library(ringscope_arrow INTERFACE)
    target_link_libraries(ringscope_arrow INTERFACE Parquet::parquet_shared)
    set(RINGSCOPE_HAS_PARQUET ON)
  else()
    set(wheel ${PROJECT_SOURCE_DIR}/build/arrow/pyarrow)
    file(GLOB libraries ${wheel}/libarrow.so.* ${wheel}/libparquet.so.*)
    list(LENGTH libraries count)
    if(count EQUAL 2 AND EXISTS ${wheel}/include/parquet/arrow/writer.h)
      add_library(ringscope_arrow INTERFACE)
      target_include_directories(ringscope_arrow SYSTEM INTERFACE ${wheel}/include)
      target_link_libraries(ringscope_arrow INTERFACE ${libraries})
      # The wheel's library brings an OpenSSL of its own, whose symbols must not stand in for the system's: whichever is
      # first in the link is what all of the program calls, and a mixture of both crashes at the first TLS handshake.
      target_link_options(ringscope_arrow INTERFACE LINKER:--push-state,--no-as-needed $<TARGET_FILE:OpenSSL::SSL>
                          $<TARGET_FILE:OpenSSL::Crypto> LINKER:--pop-state)
      set(RINGSCOPE_HAS_PARQUET ON)
    endif()
  endif()
  if(NOT RINGSCOPE_HAS_PARQUET)
    if(RINGSCOPE_PARQUET STREQUAL "ON")
      message(FATAL_ERROR "RINGSCOPE_PARQUET is ON, and there is no Arrow C++; scripts/setup unpacks one under build/arrow")
    endif()
    message(STATUS "no Arrow C++: built without Parquet (scripts/setup unpacks one under build/arrow)")
  endif()
endif()
