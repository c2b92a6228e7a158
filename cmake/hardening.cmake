# What makes a defect harder to use and a build the same twice: of packages (scripts/package), and of whoever asks for it.
option(RINGSCOPE_HARDENING "Compile with the hardening of Debian (FORTIFY_SOURCE, stack protector, PIE, RELRO, CET), and without paths" OFF)

if(RINGSCOPE_HARDENING AND NOT RINGSCOPE_SANITIZE)
  # Paths of this machine are in no object: two builds in two places are one.
  add_compile_options(-ffile-prefix-map=${PROJECT_SOURCE_DIR}=. -ffile-prefix-map=${CMAKE_BINARY_DIR}=build)
  set(CMAKE_POSITION_INDEPENDENT_CODE ON)
  add_compile_options(-fstack-protector-strong -fstack-clash-protection -Wformat -Werror=format-security)
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
  if(CMAKE_BUILD_TYPE MATCHES "Rel")
    add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
  endif()
  if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
    add_compile_options(-fcf-protection)
  endif()
  add_link_options(-pie -Wl,-z,relro,-z,now,-z,noexecstack)
endif()
