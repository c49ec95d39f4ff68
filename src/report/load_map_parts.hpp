// What the two forms of the load map share: the parts of an environment, and its facts as short texts.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "facts/document.hpp"

namespace preflight::report {

using Subjects = std::vector<const facts::Subject*>;

// The subjects of a kind by the environment that they name, in the document's order.
using Parts = std::map<std::string, Subjects, std::less<>>;
Parts parts_of_environments(const facts::Document& document, std::string_view kind);

// Those of one environment; none when nothing names it.
const Subjects& parts_of(const Parts& parts, const facts::Subject& environment);

// The value of a text fact, or what stands for one that isn't known.
std::string text_or(const facts::Subject& subject, std::string_view path, std::string_view otherwise);

// The items of a list of texts; none when it isn't known.
std::vector<std::string> texts_of(const facts::Subject& subject, std::string_view path);

// Why a fact isn't known: of one that isn't recorded, too. Empty when it is known or absent.
std::string why_unknown(const facts::Subject& subject, std::string_view path);

// "sm_80 sm_90 compute_90"; empty without GPU code, and when it isn't known.
std::string gpu_code_text(const facts::Subject& subject);

// Paths inside of an environment are told from where its packages are, else from its prefix.
std::string short_path(const std::string& path, const facts::Subject& environment);

}  // namespace preflight::report
