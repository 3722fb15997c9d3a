#!/usr/bin/env bash
# Builds the C peers (apreq, session_vectors, bench_rdreq, gsspeer) on MIT krb5's own libraries into tests/peers/bin.
set -euo pipefail
cd "$(dirname "$0")"
mkdir -p bin
# krb5-config prints several words on purpose.
for peer in apreq session_vectors bench_rdreq; do
  # shellcheck disable=SC2046
  gcc -std=c11 -O1 -Wall -Wextra -Werror -o "bin/$peer" "$peer.c" $(krb5-config --cflags --libs krb5)
done
# shellcheck disable=SC2046
gcc -std=c11 -O1 -Wall -Wextra -Werror -o bin/gsspeer gsspeer.c $(krb5-config --cflags --libs gssapi)
