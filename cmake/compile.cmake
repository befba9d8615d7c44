# Compiler settings every target shares. Presets switch the options on (CMakePresets.json).
option(USHER_TESTS "build the tests" ON)
option(USHER_BENCH "build the benches" OFF)
option(USHER_WERROR "warnings are errors" ON)
set(USHER_SANITIZE "" CACHE STRING "address,undefined | thread | fuzzer,address,undefined")
option(USHER_FUZZ "build the libFuzzer targets" OFF)
option(USHER_COVERAGE "llvm source coverage" OFF)

add_library(usher_options INTERFACE)
target_compile_options(usher_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual -Wimplicit-fallthrough
  -Wno-missing-field-initializers
  $<$<BOOL:${USHER_WERROR}>:-Werror>
  -fcf-protection -fstack-protector-strong -pthread
  $<$<CONFIG:Release>:-D_FORTIFY_SOURCE=3>)
target_link_options(usher_options INTERFACE -pthread -fuse-ld=lld -Wl,-z,relro,-z,now,-z,noexecstack)
target_include_directories(usher_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_definitions(usher_options INTERFACE
  BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION)

if(USHER_SANITIZE)
  add_compile_options(-fsanitize=${USHER_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=${USHER_SANITIZE})
endif()
if(USHER_COVERAGE)
  add_compile_options(-fprofile-instr-generate -fcoverage-mapping)
  add_link_options(-fprofile-instr-generate)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  # The sloppiness is what lets ccache hit with a precompiled header (docs/adr/0001).
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE})
endif()

# One library per folder. Sources are listed by hand; the folder's CMakeLists.txt says what it stands on.
#   usher_library(kb SOURCES a.cpp b.cpp LINK usher_base icu)
function(usher_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_library(usher_${name} STATIC ${ARG_SOURCES})
  target_link_libraries(usher_${name} PUBLIC usher_options ${ARG_LINK})
  usher_pch(usher_${name})
endfunction()

# A test program: one per folder under tests/. Each TEST is one CTest case.
function(usher_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE usher_options ${ARG_LINK} GTest::gmock_main)
  target_compile_definitions(${name} PRIVATE USHER_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  usher_pch(${name})
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 300)
endfunction()

# Programs use the libraries' precompiled header, which is compiled with -fPIC; clang refuses it under -fPIE.
set(CMAKE_CXX_COMPILE_OPTIONS_PIE -fPIC)

# The precompiled header is built once (usher_pch_host) and reused by all.
function(usher_pch target)
  target_compile_options(${target} PRIVATE -Xclang -fno-pch-timestamp -fpch-instantiate-templates)
  if(target STREQUAL "usher_pch_host")
    target_precompile_headers(${target} PRIVATE ${CMAKE_SOURCE_DIR}/cmake/pch.h)
  else()
    target_precompile_headers(${target} REUSE_FROM usher_pch_host)
  endif()
endfunction()
file(WRITE ${CMAKE_BINARY_DIR}/pch_host.cpp "// host of the precompiled header\n")
add_library(usher_pch_host OBJECT ${CMAKE_BINARY_DIR}/pch_host.cpp)
target_link_libraries(usher_pch_host PUBLIC usher_options)
usher_pch(usher_pch_host)
