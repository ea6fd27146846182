# Writes OUTPUT, a linker script that lets the shared library export what the public HEADERS
# (separated by |) declare, and nothing else. Hidden visibility alone does not do it: GCC exports
# functions that are compiled for several processors (target_clones) whatever they are marked.
string(REPLACE "|" ";" headers "${HEADERS}")
set(exports "")
foreach(header ${headers})
  file(READ ${header} text)
  string(REGEX REPLACE "/\\*[^*]*\\*+([^/*][^*]*\\*+)*/" "" text "${text}")
  string(REGEX MATCHALL "lsn_[a-z0-9_]+\\(" found "${text}")
  list(APPEND exports ${found})
endforeach()
list(REMOVE_DUPLICATES exports)
list(SORT exports)
string(REPLACE "(;" ";\n    " exports "${exports};")
file(WRITE ${OUTPUT} "{\n  global:\n    ${exports}\n  local:\n    *;\n};\n")
