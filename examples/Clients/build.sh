#!/usr/bin/env bash
# Builds the clients into bin/, on a Debian machine without a network: bin/greeter-python, bin/greeter-go, bin/greeter-java.
#   build.sh [python] [go] [java]       all three where none is named; what is newer than its sources is left as it is
# What it needs:
#   python  protobuf-compiler python3-protobuf python3-grpcio python3-gssapi
#   go      protobuf-compiler golang-go golang-goprotobuf-dev golang-google-grpc-dev golang-github-jcmturner-gokrb5.v8-dev
#   java    protobuf-compiler protobuf-compiler-grpc-java-plugin openjdk-17-jdk-headless libgrpc-java libprotobuf-java libguava-java libnetty-java libnetty-tcnative-java libperfmark-java libgeronimo-annotation-1.3-spec-java
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here"
protos=../../protos
sources=("$protos/examples/greeter.proto" "$protos/grpckerberos/v1/session.proto")
includes=(-I "$protos/examples" -I "$protos")

# Is bin/greeter-$1 newer than the .proto files, this script and $1/?
is_built() {
  [ -x "bin/greeter-$1" ] && [ -z "$(find "${sources[@]}" build.sh "$1" -newer "bin/greeter-$1" ! -name '*.pb.go' -type f)" ]
}

launcher() {
  cat > "bin/greeter-$1.new"
  chmod +x "bin/greeter-$1.new"
  mv "bin/greeter-$1.new" "bin/greeter-$1"
}

build_python() {
  local python
  # Debian's packages are for Debian's Python, which need not be the first on the PATH.
  for python in python3 /usr/bin/python3; do
    "$python" -c 'import google.protobuf, grpc, gssapi' 2> /dev/null && break
  done
  protoc "${includes[@]}" --python_out=bin/python "${sources[@]}"
  "$python" -c 'import google.protobuf, grpc, gssapi'
  launcher python << LAUNCHER
#!/bin/sh
PYTHONPATH="$here/bin/python" exec "$python" -B "$here/python/greeter.py" "\$@"
LAUNCHER
}

# As package main beside the client's own files, so that no import path has to be agreed on.
build_go() {
  local proto options=import_path=main,Mgoogle/protobuf/timestamp.proto=github.com/golang/protobuf/ptypes/timestamp
  rm -f go/*.pb.go
  for proto in "${sources[@]}"; do protoc -I "$(dirname "$proto")" --go_out="$options:go" "$proto"; done
  (cd go && GO111MODULE=off GOPATH=/usr/share/gocode go build -o ../bin/greeter-go .)
}

build_java() {
  local jars=/usr/share/java classpath jar
  mkdir -p bin/java/{generated,classes,native}
  classpath=$here/bin/java/classes
  for jar in grpc-{api,context,core,netty,protobuf,protobuf-lite,stub} netty-{buffer,codec,codec-http,codec-http2,codec-socks,common,handler,handler-proxy,resolver,tcnative,transport} protobuf guava perfmark-api geronimo-annotation-1.3-spec; do
    classpath+=:$jars/$jar.jar
  done
  protoc "${includes[@]}" --java_out=bin/java/generated --plugin=protoc-gen-grpc-java="$(command -v grpc_java_plugin)" \
    --grpc-java_out=bin/java/generated "${sources[@]}"
  find bin/java/generated java -name '*.java' -print0 | xargs -0 javac -nowarn -cp "$classpath" -d bin/java/classes
  # Debian's netty has no TLS with ALPN but OpenSSL's, and its name for that library is not the one that netty looks for, nor is a link followed.
  cp "$(dpkg -L libnetty-tcnative-jni | grep '\.so$')" bin/java/native/libnetty_tcnative.so
  # The JDK does not look at KRB5_CONFIG by itself. What JAVA_OPTS says wins.
  launcher java << LAUNCHER
#!/bin/sh
exec java \${KRB5_CONFIG:+-Djava.security.krb5.conf="\$KRB5_CONFIG"} -Djava.security.auth.login.config="$here/java/login.conf" \\
  -Djavax.security.auth.useSubjectCredsOnly=false -Djava.library.path="$here/bin/java/native" \$JAVA_OPTS \\
  -cp "$classpath" GreeterClient "\$@"
LAUNCHER
}

[ $# -gt 0 ] || set -- python go java
for client; do
  is_built "$client" && continue
  rm -rf "bin/$client" "bin/greeter-$client"
  mkdir -p "bin/$client"
  "build_$client"
done
