# Run by the target 'web': packages as package-lock.json has them (once, from npm's cache where it can), then the pages into ${out}.
# What fails is said, and fails nothing else: the next build tries again.
set(here ${CMAKE_CURRENT_LIST_DIR})
set(installed ${here}/node_modules/.package-lock.json)

function(give_up what)
  message(WARNING "web: ${what} 'ringscope serve' has no new pages; the rest is built.")
  file(REMOVE ${stamp})
endfunction()

# npm writes the second file when it is done: newer than the lock, it is what the lock says.
if(${here}/package-lock.json IS_NEWER_THAN ${installed})
  execute_process(COMMAND ${npm} ci --prefer-offline --no-audit --no-fund --loglevel=error WORKING_DIRECTORY ${here}
                  RESULT_VARIABLE status OUTPUT_QUIET ERROR_VARIABLE text)
  if(NOT status EQUAL 0)
    give_up("the packages cannot be had (npm ci): ${text}")
    return()
  endif()
  file(TOUCH ${installed})
endif()
execute_process(COMMAND ${npm} run --silent build -- --outDir ${out} --emptyOutDir --logLevel warn WORKING_DIRECTORY ${here}
                RESULT_VARIABLE status OUTPUT_VARIABLE text ERROR_VARIABLE text)
if(NOT status EQUAL 0)
  give_up("the pages do not build: ${text}")
  return()
endif()
file(TOUCH ${stamp})
