# layers.awk - fails when a file includes what tools/layers.txt does not allow.
FNR == NR { if ($0 !~ /^#/ && NF) { f = $1; sub(/:/, "", f); ok[f, f] = 1
            for (i = 2; i <= NF; i++) ok[f, $i] = 1 }; next }
/^#include "/ { split(FILENAME, from, "/"); folder = from[1]
    if (folder == "tests" && (from[2] == "unit" || from[2] == "fuzz")) folder = from[2]
    split($2, to, /["\/]/)
    if (!((folder, to[2]) in ok)) { print FILENAME ":" FNR ": " folder " must not include " to[2]; bad = 1 } }
END { exit bad }
