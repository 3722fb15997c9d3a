#!/usr/bin/env bash
# Builds the C peers (apreq, gsspeer, bench_rdreq) on MIT krb5's own libraries into tests/peers/bin.
set -euo pipefail
cd "$(dirname "$0")"
mkdir -p bin
# krb5-config prints several words on purpose.
# shellcheck disable=SC2046
gcc -std=c11 -O1 -Wall -Wextra -Werror -o bin/apreq apreq.c $(krb5-config --cflags --libs krb5)
# shellcheck disable=SC2046
gcc -std=c11 -O1 -Wall -Wextra -Werror -o bin/gsspeer gsspeer.c $(krb5-config --cflags --libs gssapi)
# shellcheck disable=SC2046
gcc -std=c11 -O1 -Wall -Wextra -Werror -o bin/bench_rdreq bench_rdreq.c $(krb5-config --cflags --libs krb5)
