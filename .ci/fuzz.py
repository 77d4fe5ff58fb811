"""What the fuzzer has to know of this schema: values of its scalars, and whom its codes blame."""

import schemathesis
from hypothesis import strategies as st
from schemathesis.graphql import nodes
from schemathesis.specs.graphql import validation


def text(*values):
    return st.sampled_from(values).map(nodes.String)


schemathesis.graphql.scalar("LanguageTag", text("en", "zh-CN", "tlh"))
schemathesis.graphql.scalar("TimeZone", text("Asia/Shanghai", "Nowhere/Land"))
schemathesis.graphql.scalar("LocalTime", text("08:30", "23:59:59", "24:61"))
schemathesis.graphql.scalar("Decimal", text("0", "-12.50", "1e9", "many"))

# The fuzzer knows the words of other servers for "the caller is wrong" and takes every other code
# for a defect. These are ours; INTERNAL, UNAVAILABLE and DEADLINE_EXCEEDED stay defects.
validation.CLIENT_ERROR_MARKERS |= {
    "PARSE_FAILED", "VALIDATION_FAILED", "INVALID_ARGUMENT", "FORBIDDEN",
    "NOT_FOUND", "RATE_LIMITED", "QUERY_TOO_COSTLY", "QUERY_TOO_DEEP", "IDEMPOTENCY_CONFLICT",
}
