# rows.csv to a Markdown table of one family, and to the table of goals.
#
# family=sm2|sm3|sm4: one line for an operation and each way of ours, one column for
# each library; figures are of the least sample, in µs where nothing is said, and in
# brackets as often as ours takes it.
# family=goals: goals.csv, with what was reached.

BEGIN { FS = "," }
FNR == 1 { file++ }
# The order of the rows, as the bench program lists them.
file == 1 {
    sub(/: benchmark$/, "")
    n = split($0, part, "/")
    operation = part[1] "/" part[2]
    if (n == 4) operation = operation "/" part[4]
    if (!(operation in seen)) { seen[operation] = 1; order[++operations] = operation }
    next
}
file == 2 {
    if (FNR == 1) next
    least[$1, $2] = $3; median[$1, $2] = $4; speed[$1, $2] = $6
    if ($2 !~ /^ours/ && !($2 in known)) { known[$2] = 1; peers[++peer_count] = $2 }
    if ($2 ~ /^ours/ && !(($1, $2) in way)) { way[$1, $2] = 1; ways[$1] = ways[$1] " " $2 }
    next
}
file == 3 && FNR > 1 { goals[++goal_count] = $0 }

function figure(operation, library) {
    if (!((operation, library) in least)) return ""
    if (speed[operation, library] != "") return sprintf("%.0f MB/s", speed[operation, library])
    if (least[operation, library] < 1000) return sprintf("%.0f ns", least[operation, library])
    return sprintf("%.1f", least[operation, library] / 1000)
}
function fastest(operation,    i, best) {
    best = ""
    for (i = 1; i <= peer_count; i++)
        if ((operation, peers[i]) in least)
            if (best == "" || least[operation, peers[i]] < least[operation, best]) best = peers[i]
    return best
}

END {
    if (family == "goals") {
        # slower is "A/B": the clock that the goals were set at, and that of this run.
        split(slower, clock, "/")
        slower = clock[1] / clock[2]
        print "| operation | goal | in as many cycles here | reached: least | median | best peer of this run | ours is | |"
        print "|---|---|---|---|---|---|---|---|"
        for (i = 1; i <= goal_count; i++) {
            split(goals[i], goal, ",")
            key = goal[2] SUBSEP goal[3]
            best = fastest(goal[2]); if (best == "" && goal[6] != "") best = fastest(goal[6])
            other = (goal[6] != "" && !((goal[2], best) in least)) ? goal[6] : goal[2]
            fast = goal[5] == "MB/s"
            if (!(key in least)) {
                printf "| %s | %s %s %s | | not measured | | | | |\n", goal[1], fast ? "≥" : "≤", goal[4], goal[5]
                continue
            }
            got = fast ? speed[key] : least[key] / 1000
            middle = fast ? speed[key] * least[key] / median[key] : median[key] / 1000
            if (best == "") ratio = ""
            else if (fast) ratio = sprintf("%.1f × as fast", got / speed[other, best])
            else ratio = sprintf("%.1f × as fast", least[other, best] / least[key])
            here = fast ? goal[4] / slower : goal[4] * slower
            met = fast ? got >= goal[4] : got <= goal[4]
            close_by = fast ? got >= here : got <= here
            printf "| %s | %s %s %s | %s | %s | %s | %s | %s | %s |\n", goal[1], fast ? "≥" : "≤", goal[4], goal[5],
                sprintf(fast ? "%.0f" : "%.2f", here),
                sprintf(fast ? "%.0f" : "%.2f", got), sprintf(fast ? "%.0f" : "%.2f", middle),
                best == "" ? "" : best " " figure(other, best),
                ratio,
                met ? "met" : close_by ? "met in cycles" : "missed"
        }
        exit
    }
    line = "| operation |"; rule = "|---|---|"; shown = 0
    for (i = 1; i <= peer_count; i++) {
        uses[i] = 0
        for (j = 1; j <= operations; j++)
            if (index(order[j], family "/") == 1 && ((order[j], peers[i]) in least)) uses[i] = 1
        if (uses[i]) { line = line; names = names " " peers[i] " |"; rule = rule "---|" }
    }
    print line " ours |" names
    print rule
    for (j = 1; j <= operations; j++) {
        operation = order[j]
        if (index(operation, family "/") != 1) continue
        count = split(ways[operation], library, " ")
        if (!count) { count = 1; library[1] = "ours" }
        for (w = 1; w <= count; w++) {
            suffix = substr(library[w], 6)
            printf "| %s%s | %s |", substr(operation, 5), suffix == "" ? "" : ", " suffix, figure(operation, library[w])
            for (i = 1; i <= peer_count; i++) {
                if (!uses[i]) continue
                cell = figure(operation, peers[i])
                if (cell != "" && ((operation, library[w]) in least))
                    cell = cell sprintf(" (%.2f)", least[operation, peers[i]] / least[operation, library[w]])
                printf " %s |", cell
            }
            print ""
        }
    }
}
