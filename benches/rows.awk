# Samples, sorted by operation, library and time, to one line each:
# operation,library,least ns,median ns,spread %,MB/s of the least,samples
#
# The spread is the distance between the quartiles, in percent of the median.

BEGIN {
    FS = ","
    print "operation,library,minimum_ns,median_ns,spread_percent,mb_per_s,samples"
}
function close_row() {
    if (!count) return
    median = ns[int((count + 1) / 2)]
    spread = (ns[int((3 * count + 3) / 4)] - ns[int((count + 3) / 4)]) / median * 100
    printf "%s,%.1f,%.1f,%.1f,%s,%d\n", row, ns[1], median, spread,
        (octets ? sprintf("%.1f", octets * 1000 / ns[1]) : ""), count
}
{
    if ($1 "," $2 != row) { close_row(); row = $1 "," $2; count = 0; octets = $3 }
    # A line of another driver has no octets of its own: the size ends its name.
    if ($4 == "other") {
        other = 1; octets = 0
        if (split($1, part, "/") == 3) octets = part[3] * (part[2] == "eight-digests" ? 8 : 1)
    }
    ns[++count] = $5
}
END { close_row() }
