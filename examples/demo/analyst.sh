#!/bin/sh
# Reads the samplers' records and checks their numbers: per source and incarnation they must rise by one.
# Every 25 records it prints how many came, how many were missing or doubled, and the range of each source.
exec <>"$1"
echo "analyst reads $1"
while read -r source incarnation number value; do
    echo "$source $incarnation $number $value"
done | awk -W interactive '
{
    key = $1 "/" $2
    if (key in last) { if ($3 != last[key] + 1) faults++ }
    last[key] = $3
    records++
    if (!($1 in count) || $4 < low[$1]) low[$1] = $4
    if (!($1 in count) || $4 > high[$1]) high[$1] = $4
    count[$1]++
    if (records % 25 == 0) {
        text = records " records, " faults + 0 " missing or doubled;"
        for (name in count) text = text " " name " " low[name] ".." high[name]
        print text
        fflush()
    }
}'
