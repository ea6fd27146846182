# Writes OUTPUT, a C file that holds the FILES (separated by |) as TABLE, an array of STRUCT {name,
# bytes, size} that HEADER declares, and their COUNT. A 0 behind the bytes makes a string of a text.
string(REPLACE "|" ";" files "${FILES}")
set(arrays "#include \"${HEADER}\"\n")
set(table "")
set(index 0)
foreach(file ${files})
  get_filename_component(name ${file} NAME)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "(................................)" "\\1\n" hex "${hex}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," hex "${hex}")
  string(APPEND arrays "\nstatic const unsigned char file_${index}[] = {\n${hex} 0};\n")
  string(APPEND table "    {\"${name}\", file_${index}, sizeof file_${index} - 1},\n")
  math(EXPR index "${index} + 1")
endforeach()
string(APPEND arrays "\nconst ${STRUCT} ${TABLE}[] = {\n${table}};\n"
                     "const size_t ${COUNT} = sizeof ${TABLE} / sizeof ${TABLE}[0];\n")
file(WRITE ${OUTPUT} "${arrays}")
