#!/bin/sh
# The database's export on standard input, the policy file on standard output:
#   ./generate.sh < customers.csv > cors.yaml
# `cors-gen check cors.yaml` then finds every domain that no browser would send. A list of 100,000 is an ordinary file.
set -eu
sed '/^    allow_origins:$/q' "$(dirname "$0")/head.yaml"
awk -F, 'NR > 1 && $3 == "active" && !seen[$2]++ { print "      - https://" $2 }'
sed '1,/^    allow_origins:$/d' "$(dirname "$0")/head.yaml"
