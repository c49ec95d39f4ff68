# The arrows between the folders of src/, lowest first. `layer(NAME USES...)`: NAME may include files of USES
# and of what stands in their lists; nothing else. tests/layers reads this file and holds every #include to it.
set(standard_headers <algorithm> <array> <cstdint> <functional> <map> <memory> <optional> <set> <span> <string>
    <string_view> <utility> <variant> <vector>)

function(layer name)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cpp)
  if(NOT sources)
    add_library(preflight_${name} INTERFACE)
    set(scope INTERFACE)
  else()
    add_library(preflight_${name} STATIC ${sources})
    set(scope PUBLIC)
    # For builds of single files (docs/decisions/0010-one-source-a-folder.md), whose time is the standard
    # library's headers.
    if(name STREQUAL "support")
      target_precompile_headers(preflight_support PRIVATE ${standard_headers})
    else()
      target_precompile_headers(preflight_${name} REUSE_FROM preflight_support)
    endif()
  endif()
  foreach(used ${ARGN})
    target_link_libraries(preflight_${name} ${scope} preflight_${used})
  endforeach()
endfunction()

layer(support)
layer(facts support)
layer(tables facts support)
layer(python support)
layer(elf support)
layer(gpu_code elf support)
layer(gpu support)
layer(target support)
layer(loader elf target support)
layer(collect_env facts python support)
layer(probe facts loader target python gpu_code elf support)
layer(live facts gpu probe target support)
layer(derive facts tables python support)
layer(rules facts tables python gpu_code support)
layer(plan rules derive facts tables python gpu_code support)
layer(smoke facts gpu support)
layer(log facts support)
layer(report plan rules facts support)
layer(cli report plan rules derive smoke log live probe collect_env target tables facts python support)

# Keyed digests for the rendezvous. The static library: the program must run in images without libsodium.
find_path(SODIUM_INCLUDE sodium.h REQUIRED)
find_library(SODIUM_LIBRARY NAMES libsodium.a sodium REQUIRED)
target_include_directories(preflight_smoke SYSTEM PRIVATE ${SODIUM_INCLUDE})
target_link_libraries(preflight_smoke PUBLIC ${SODIUM_LIBRARY})

# Regular expressions in linear time. The static library, for the same reason; from Debian 13 on it needs
# parts of Abseil.
find_path(RE2_INCLUDE re2/re2.h REQUIRED)
find_library(RE2_LIBRARY NAMES libre2.a re2 REQUIRED)
find_package(absl CONFIG QUIET)
target_include_directories(preflight_log SYSTEM PRIVATE ${RE2_INCLUDE})
target_link_libraries(preflight_log PUBLIC ${RE2_LIBRARY})
if(absl_FOUND)
  target_link_libraries(preflight_log PUBLIC absl::absl_check absl::absl_log absl::base absl::core_headers absl::fixed_array absl::flags
    absl::flat_hash_map absl::flat_hash_set absl::hash absl::inlined_vector absl::optional absl::span absl::str_format
    absl::strings absl::synchronization)
endif()

# Generated files aren't there yet when the layers are put together, nor when they are linted.
function(add_generated name file)
  target_sources(preflight_${name} PRIVATE ${file})
  set_source_files_properties(${file} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# embed(LAYER PATTERN): the layer's `embedded_files()` returns the files that match the pattern.
function(embed name pattern)
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${pattern})
  set(output ${CMAKE_BINARY_DIR}/embedded/${name}.cpp)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} -DROOT=${CMAKE_SOURCE_DIR} -DNAMESPACE=${name} "-DFILES=${files}"
            -P ${CMAKE_SOURCE_DIR}/cmake/embed.cmake
    DEPENDS ${files} ${CMAKE_SOURCE_DIR}/cmake/embed.cmake
    VERBATIM)
  add_generated(${name} ${output})
endfunction()

embed(tables rules/tables/*.json)
embed(rules rules/*.json)
embed(log rules/signatures/*.json)

# The rules once more, compiled: the program parses nothing when it starts, and a rule with a problem fails the build.
add_executable(compile_rules ${CMAKE_SOURCE_DIR}/tools/compile_rules/main.cpp)
target_link_libraries(compile_rules PRIVATE preflight_rules)
set(compiled_rules ${CMAKE_BINARY_DIR}/embedded/compiled_rules.cpp)
add_custom_command(OUTPUT ${compiled_rules} COMMAND compile_rules ${compiled_rules} DEPENDS compile_rules VERBATIM)
add_generated(cli ${compiled_rules})
