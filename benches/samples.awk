# criterion's JSON to lines: operation,library,octets,elements,nanoseconds of a call.
# Lines alternate: a benchmark.json, its sample.json.

function text(name,    at, rest) {
    at = index($0, "\"" name "\":\"")
    if (!at) return ""
    rest = substr($0, at + length(name) + 4)
    return substr(rest, 1, index(rest, "\"") - 1)
}
function number(name,    at) {
    at = index($0, "\"" name "\":")
    return at ? substr($0, at + length(name) + 3) + 0 : 0
}
function list(name, into,    at, rest) {
    at = index($0, "\"" name "\":[")
    rest = substr($0, at + length(name) + 4)
    return split(substr(rest, 1, index(rest, "]") - 1), into, ",")
}

/"group_id"/ {
    operation = text("group_id")
    if (text("value_str") != "") operation = operation "/" text("value_str")
    library = text("function_id")
    octets = number("Bytes"); elements = number("Elements")
}
/"iters"/ {
    count = list("iters", iterations)
    list("times", times)
    each = elements ? elements : 1
    for (i = 1; i <= count; i++)
        printf "%s,%s,%d,%d,%.3f\n", operation, library, octets, elements, times[i] / iterations[i] / each
}
