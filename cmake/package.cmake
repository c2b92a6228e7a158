# The libraries for other projects: `cmake --install build/release --component library --prefix DIR`, then
# find_package(ringscope) with DIR in CMAKE_PREFIX_PATH gives ringscope::engine and what is under it. docs/library.md.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(RINGSCOPE_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/ringscope)

# ringscope_install_library(NAME): the target ringscope_NAME as ringscope::NAME.
function(ringscope_install_library name)
  set_target_properties(ringscope_${name} PROPERTIES EXPORT_NAME ${name})
  add_library(ringscope::${name} ALIAS ringscope_${name})
  install(TARGETS ringscope_${name} EXPORT ringscope COMPONENT library
          ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library)
endfunction()

# ringscope_install_floor(FOLDER): its library, and its headers under the paths by which they include each other.
function(ringscope_install_floor folder)
  ringscope_install_library(${folder})
  install(DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/ringscope COMPONENT library
          FILES_MATCHING PATTERN "*.h" PATTERN "*_internal.h" EXCLUDE)
endfunction()

function(ringscope_install_package)
  install(EXPORT ringscope NAMESPACE ringscope:: FILE ringscopeTargets.cmake DESTINATION ${RINGSCOPE_PACKAGE_DIR} COMPONENT library)
  set(RINGSCOPE_ARROW_LIBRARIES "")
  if(TARGET ringscope_arrow)
    get_target_property(RINGSCOPE_ARROW_LIBRARIES ringscope_arrow INTERFACE_LINK_LIBRARIES)
  endif()
  configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/ringscopeConfig.cmake.in ${PROJECT_BINARY_DIR}/ringscopeConfig.cmake
                                INSTALL_DESTINATION ${RINGSCOPE_PACKAGE_DIR})
  write_basic_package_version_file(${PROJECT_BINARY_DIR}/ringscopeConfigVersion.cmake COMPATIBILITY SameMinorVersion)
  install(FILES ${PROJECT_BINARY_DIR}/ringscopeConfig.cmake ${PROJECT_BINARY_DIR}/ringscopeConfigVersion.cmake
          DESTINATION ${RINGSCOPE_PACKAGE_DIR} COMPONENT library)
endfunction()
