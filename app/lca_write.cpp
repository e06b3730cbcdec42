// SPDX-License-Identifier: Apache-2.0
// `cradle lca write`: the system as files again, so that other tools can check ours.
#include <filesystem>

#include "app/commands.hpp"
#include "app/lca_options.hpp"
#include "inventory/text/text_file.hpp"
#include "lca/uncertainty/monte_carlo.hpp"

namespace cradle::app {

int lca_write(const LcaOptions& options) {
  int exit_code = done;
  auto folder = read_folder(options, {inventory::ReadUncertainty::yes}, exit_code);
  if (!folder) return exit_code;
  if (options.sampled) {
    auto lca = lca::MatrixLca::prepare(folder->system);
    if (!lca) return fail(lca.error());
    const auto draws = lca::MonteCarlo::prepare(*lca, options.seed);
    if (!draws) return fail(draws.error());
    folder->system = draws->sampled(options.draw);
  }
  std::error_code error;
  std::filesystem::create_directories(options.output, error);
  auto files = inventory::write_system(*folder);
  for (auto& [name, bytes] : files) name = (std::filesystem::path(options.output) / name).string();
  if (const auto written = inventory::replace_files(files, inventory::ReadFiles({options.folder, options.family}));
      !written) {
    fail(written.error());
    return exit_of_writing(written.error());
  }
  return done;
}

}  // namespace cradle::app
