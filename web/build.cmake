# Run by the target 'web': packages as package-lock.json has them (once, from npm's cache where it can), then the pages into ${out}.
# What fails is said, and fails nothing else: the next build tries again.
set(here ${CMAKE_CURRENT_LIST_DIR})
set(installed ${here}/node_modules/.package-lock.json)

function(give_up what text)
  string(REGEX MATCH "[^\n]+" first "${text}")
  message("web: ${what}: ${first}\nweb: 'ringscope serve' has no new pages; everything else is built. Once the cause is gone the next build makes them.")
  file(REMOVE ${stamp})
endfunction()

# npm writes the second file when it is done: newer than the lock, it is what the lock says.
if(${here}/package-lock.json IS_NEWER_THAN ${installed})
  execute_process(COMMAND ${npm} ci --ignore-scripts --prefer-offline --fetch-retries=1 --fetch-retry-mintimeout=1000 --no-audit --no-fund --loglevel=error WORKING_DIRECTORY ${here}
                  RESULT_VARIABLE status OUTPUT_QUIET ERROR_VARIABLE text)
  if(NOT status EQUAL 0)
    give_up("npm cannot get the packages" "${text}")
    return()
  endif()
  file(TOUCH ${installed})
endif()
execute_process(COMMAND ${npm} run --silent build -- --outDir ${out} --emptyOutDir --logLevel warn WORKING_DIRECTORY ${here}
                RESULT_VARIABLE status OUTPUT_VARIABLE text ERROR_VARIABLE text)
if(NOT status EQUAL 0)
  message("${text}")
  give_up("the pages do not build" "see above")
  return()
endif()
file(TOUCH ${stamp})
