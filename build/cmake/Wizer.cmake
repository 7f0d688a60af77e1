# wizer_add_module(NAME INPUT FILE [OUTPUT FILE] [INIT_FUNC NAME] [KEEP_INIT_FUNC] [ALLOW_WASI] [DIRS NAME...] [MAP_DIRS GUEST::HOST...]
#                  [PRELOADS NAME=FILE...] [OPTIONS ARGUMENT...] [DEPENDS FILE...])
#
# A target that pre-initializes a WebAssembly module with `wizer --deterministic`, again when the module, the command, or a file that it
# read the last time is newer. INPUT and directories begin in the current source directory, OUTPUT (NAME.wasm) in the current binary
# directory; the target's property WIZER_OUTPUT is the path of the new module. The command is WIZER_EXECUTABLE, found on PATH.
# CMake 3.21 or newer, with Ninja or Makefiles.

cmake_policy(PUSH)
cmake_policy(VERSION 3.21)

find_program(WIZER_EXECUTABLE wizer PATHS "$ENV{HOME}/.dotnet/tools" DOC "The command that pre-initializes WebAssembly modules")

function(wizer_add_module name)
  cmake_parse_arguments(
    PARSE_ARGV 1 arg "ALLOW_WASI;KEEP_INIT_FUNC" "INPUT;OUTPUT;INIT_FUNC" "DIRS;MAP_DIRS;PRELOADS;OPTIONS;DEPENDS")
  if(arg_UNPARSED_ARGUMENTS OR NOT arg_INPUT)
    message(FATAL_ERROR "wizer_add_module(${name}) needs an INPUT and does not know: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT WIZER_EXECUTABLE)
    message(FATAL_ERROR "wizer_add_module(${name}) needs the command wizer: set WIZER_EXECUTABLE")
  endif()
  if(NOT arg_OUTPUT)
    set(arg_OUTPUT "${name}.wasm")
  endif()

  # Absolute, since a rule's paths would begin in another directory than ours.
  cmake_path(ABSOLUTE_PATH arg_INPUT BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" NORMALIZE)
  cmake_path(ABSOLUTE_PATH arg_OUTPUT BASE_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}" NORMALIZE)
  cmake_path(GET arg_OUTPUT PARENT_PATH directory)
  file(MAKE_DIRECTORY "${directory}")
  set(options --deterministic)
  if(arg_INIT_FUNC)
    list(APPEND options "--init-func=${arg_INIT_FUNC}")
  endif()
  if(arg_KEEP_INIT_FUNC)
    list(APPEND options --keep-init-func)
  endif()
  if(arg_ALLOW_WASI)
    list(APPEND options --allow-wasi)
  endif()
  foreach(directory IN LISTS arg_DIRS)
    list(APPEND arg_MAP_DIRS "${directory}::${directory}")
  endforeach()
  foreach(pair IN LISTS arg_MAP_DIRS)
    string(FIND "${pair}" "::" colons)
    string(SUBSTRING "${pair}" 0 ${colons} guest)
    math(EXPR colons "${colons} + 2")
    string(SUBSTRING "${pair}" ${colons} -1 host)
    cmake_path(ABSOLUTE_PATH host BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" NORMALIZE)
    list(APPEND options "--mapdir=${guest}::${host}")
  endforeach()
  foreach(pair IN LISTS arg_PRELOADS)
    string(REGEX MATCH "^([^=]*)=(.*)$" pair "${pair}")
    set(module "${CMAKE_MATCH_1}")
    set(file "${CMAKE_MATCH_2}")
    cmake_path(ABSOLUTE_PATH file BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" NORMALIZE)
    list(APPEND options "--preload=${module}=${file}")
  endforeach()

  add_custom_command(
    OUTPUT "${arg_OUTPUT}"
    COMMAND "${WIZER_EXECUTABLE}" ${options} ${arg_OPTIONS} -o "${arg_OUTPUT}" --depfile "${arg_OUTPUT}.d" -- "${arg_INPUT}"
    DEPENDS "${arg_INPUT}" "${WIZER_EXECUTABLE}" ${arg_DEPENDS}
    DEPFILE "${arg_OUTPUT}.d"
    COMMENT "Pre-initializing ${name}"
    VERBATIM)
  add_custom_target("${name}" ALL DEPENDS "${arg_OUTPUT}")
  set_target_properties("${name}" PROPERTIES WIZER_OUTPUT "${arg_OUTPUT}")
endfunction()

cmake_policy(POP)
