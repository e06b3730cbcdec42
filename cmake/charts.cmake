# Apache ECharts comes from npm at the version and hash of reporting/charts/package-lock.json and is compiled to
# Duktape bytecode at build time.
set(charts_source "${PROJECT_SOURCE_DIR}/reporting/charts")
set(charts_bytecode "${PROJECT_BINARY_DIR}/charts.bytecode")
set(echarts "${PROJECT_BINARY_DIR}/charts/node_modules/echarts/dist/echarts.min.js")
find_program(NPM npm REQUIRED)
add_custom_command(
  OUTPUT "${echarts}"
  COMMAND "${CMAKE_COMMAND}" -E make_directory "${PROJECT_BINARY_DIR}/charts"
  COMMAND "${CMAKE_COMMAND}" -E copy "${charts_source}/package.json" "${charts_source}/package-lock.json" "${PROJECT_BINARY_DIR}/charts"
  COMMAND "${CMAKE_COMMAND}" -E chdir "${PROJECT_BINARY_DIR}/charts" "${NPM}" ci --ignore-scripts --no-audit --no-fund --loglevel=error
  COMMAND_EXPAND_LISTS VERBATIM
  DEPENDS "${charts_source}/package.json" "${charts_source}/package-lock.json"
  COMMENT "Fetching Apache ECharts (npm, pinned)")
add_executable(compile_echarts charts/compile_echarts.cpp)
target_link_libraries(compile_echarts PRIVATE PkgConfig::DUKTAPE)
add_custom_command(
  OUTPUT "${charts_bytecode}"
  COMMAND compile_echarts "${charts_bytecode}" "${charts_source}/host.js" "${echarts}" "${charts_source}/charts.js"
  DEPENDS compile_echarts "${charts_source}/host.js" "${charts_source}/charts.js" "${echarts}"
  COMMENT "Compiling the chart scripts")
