# Writes a C++ file with the texts of other files: cmake -DOUTPUT=... -DROOT=... -DNAMESPACE=... -DFILES=a;b -P embed.cmake
# The texts become arrays of bytes, so that neither quoting nor a compiler's limit on literals matters.
set(arrays "")
set(entries "")
set(index 0)
foreach(file ${FILES})
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${hex}")
  file(RELATIVE_PATH name ${ROOT} ${file})
  string(APPEND arrays "constexpr char kFile${index}[] = {${bytes}'\\0'};\n")
  string(APPEND entries "    {\"${name}\", {kFile${index}, sizeof kFile${index} - 1}},\n")
  math(EXPR index "${index} + 1")
endforeach()
file(WRITE ${OUTPUT} "#include \"${NAMESPACE}/embedded.hpp\"

namespace preflight::${NAMESPACE} {

namespace {

${arrays}
constexpr EmbeddedFile kFiles[] = {
${entries}};

}  // namespace

std::span<const EmbeddedFile> embedded_files() { return kFiles; }

}  // namespace preflight::${NAMESPACE}
")
