// SPDX-License-Identifier: Apache-2.0
// Writers of what papers and model pages take over: a short form, LaTeX, answers to checklists, a model card.
#pragma once

#include "reporting/writers.hpp"

namespace cradle::reporting {

/// Rows of the table of writers: short (.md, .html, .tex), paper (.tex), neurips and acl (.tex, .md), hf (.md).
std::vector<Writer> paper_writers();

/// Text for LaTeX: what its commands would take is escaped, CO2e gets its subscript, and a character that pdflatex does
/// not know is written as its code point.
std::string escape_latex(const std::string& text);

}  // namespace cradle::reporting
