#!/bin/sh
# Reads scored samples, a JSON object a line, and checks their numbers: for each source and incarnation they must rise by one.
# Prints a summary after every 25 of them, which is its output: {"records":25,"faults":0,"load":"0.10..0.42", ...}.
exec awk -W interactive '
{
    gsub(/[{}"]/, "")
    n = split($0, pairs, ",")
    for (i = 1; i <= n; i++) {
        at = index(pairs[i], ":")
        field[substr(pairs[i], 1, at - 1)] = substr(pairs[i], at + 1)
    }
    source = field["source"]
    key = source "/" field["incarnation"]
    if (key in last && field["number"] != last[key] + 1) faults++
    last[key] = field["number"] + 0
    value = field["value"] + 0
    if (!(source in count) || value < low[source]) low[source] = value
    if (!(source in count) || value > high[source]) high[source] = value
    count[source]++
    records++
    if (records % 25 == 0) {
        text = "{\"records\":" records ",\"faults\":" faults + 0
        for (name in count) text = text ",\"" name "\":\"" low[name] ".." high[name] "\""
        print text "}"
        fflush()
    }
}'
