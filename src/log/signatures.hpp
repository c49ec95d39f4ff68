// Signatures: the lines that known troubles leave in logs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "log/patterns.hpp"
#include "support/json_reader.hpp"
#include "support/problem.hpp"

namespace preflight::log {

struct SignatureFile {
  std::string name;  // for messages: rules/signatures/cuda.json
  std::string text;
};

// An example line, and where it stands in the file.
struct ExampleLine {
  std::string_view text;
  std::size_t offset = 0;
};

// Its texts stand in the files of the set.
struct Signature {
  std::string_view id;
  std::string_view meaning;  // one line
  std::vector<std::string_view> sources;
  std::vector<ExampleLine> matches;  // lines in which it must be found
  std::vector<ExampleLine> passes;   // lines in which it must not
  std::vector<std::string> names;    // of its captures

  std::size_t file = 0;    // of the set's files
  std::size_t offset = 0;  // in the file: of the signature
};

// Can be moved, not copied.
struct SignatureSet {
  std::vector<SignatureFile> files;
  DecodedStrings decoded;  // of the files
  std::vector<Signature> signatures;
  Patterns patterns;
  std::vector<std::size_t> owners;  // of each pattern, the place of its signature
};

struct LoadedSignatures {
  SignatureSet set;  // the signatures without problems
  std::vector<Problem> problems;
};

// Reads and checks all files and reports every problem. Nothing that a file holds makes it throw.
LoadedSignatures load_signatures(std::vector<SignatureFile> files);

// Whether the text is that of a file of signatures, and not of one of rules.
bool is_signature_file(std::string_view text);

struct SignatureExamples {
  std::vector<Problem> problems;
  std::size_t run = 0;
};

// Looks for every signature in its own example lines.
SignatureExamples run_examples(const SignatureSet& set);

// What is in the binary. It is tested at build time; a problem is a bug and throws std::logic_error.
SignatureSet embedded_signatures();

}  // namespace preflight::log
