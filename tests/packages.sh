#!/usr/bin/env bash
# Packs what ships, as a release does, and has a new solution (tests/Consumer) take it from a feed: the README's server, client and contract test,
# pasted as they stand there, must build and run, and the installed tool must read the server's keytab.
# The packages must be whole and name official versions: never a stand-in of .nuget/feed, nor a path of this machine.
set -euo pipefail
cd "$(dirname "$0")/.."
export MSBUILDDISABLENODEREUSE=1
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() { echo "$*" >&2; exit 1; }
# shipped ROOT: what ships of a clone as one solution, so that each project is evaluated, restored and compiled once.
shipped() {
  local names=()
  for project in src/*/*.csproj; do names+=("\"${project//\//\\\\}\""); done
  (IFS=,; echo "{ \"solution\": { \"path\": \"$1/GrpcKerberos.sln\", \"projects\": [${names[*]}] } }")
}

commit=$(git rev-parse --verify -q HEAD 2> /dev/null) || commit= # a copy without its history has none to tell
version=$(dotnet msbuild src/GrpcKerberos/GrpcKerberos.csproj -getProperty:Version)
# CI maps paths away, and what was compiled without it is not compiled again by itself.
rm -f src/*/obj/Release/net10.0/*.dll
shipped "$root" > "$work/shipped.slnf"
CI=true dotnet pack "$work/shipped.slnf" -c Release -o "$work/feed" --nologo -v q

# The same sources in another folder make the same octets; and a clone with a remote that is known makes packages that lead there.
if [ -n "$commit" ]; then
  clone=$work/clone
  git clone -q --no-checkout "$root" "$clone"
  git ls-files -zco --exclude-standard | tar -c --null --ignore-failed-read -T - 2> /dev/null | tar -x -C "$clone"
  git -C "$clone" remote remove origin
  remote=$(git remote get-url origin 2> /dev/null) && git -C "$clone" remote add origin "$remote"
  # Analyzers had their say about these sources above, and put nothing into an assembly.
  shipped "$clone" > "$work/again.slnf"
  CI=true dotnet build "$work/again.slnf" -c Release -p:RunAnalyzers=false --nologo -v q
  for project in src/*/; do
    name=$(basename "$project")
    cmp "$project/bin/Release/net10.0/$name.dll" "$clone/$project/bin/Release/net10.0/$name.dll" || fail "$name depends on the folder it is made in"
  done
  home=https://github.com/example/GrpcKerberos page=src/GrpcKerberos.AspNetCore
  git -C "$clone" remote remove origin 2> /dev/null || true
  git -C "$clone" remote add origin "$home"
  rm "$clone/$page"/obj/Release/net10.0/*.dll
  CI=true dotnet pack "$clone/$page" -c Release -o "$work/known" -p:BuildProjectReferences=false -p:RunAnalyzers=false --nologo -v q
  # shellcheck disable=SC2086 # the first word is a pattern
  leads() { grep -qF "$2" "$clone/$page/obj/Release"/$1 || fail "$1 does not lead to $2"; }
  leads "*.$version.nuspec" "<repository type=\"git\" url=\"$home\""
  leads "*.$version.nuspec" "<releaseNotes>$home/blob/$commit/CHANGELOG.md<"
  leads net10.0/README.md "]($home/blob/$commit/$page/OPERATIONS.md)"
  leads "net10.0/*.sourcelink.json" "https://raw.githubusercontent.com/example/GrpcKerberos/$commit/*"
fi

cp -r tests/Consumer/. "$work"
# A Greeter in the project's own namespace, as "dotnet new grpc" makes it.
sed 's/^option csharp_namespace.*/option csharp_namespace = "Consumer";/' protos/examples/greeter.proto > "$work/greeter.proto"
rm -rf "$work"/*/bin "$work"/*/obj
cd "$work"
export GrpcKerberosVersion=$version
# paste FILE TEXT: the one C# block of the README that has the text, as it stands there.
paste() {
  awk -v text="$2" '/^```csharp$/ { inside = 1; block = ""; next }
    /^```$/ { if (inside && index(block, text)) { printf "%s", block; found++ } inside = 0; next }
    inside { block = block $0 "\n" }
    END { exit found != 1 }' "$root/README.md" > "$1" || fail "The README has not just one C# block with $2"
}
paste Server/Program.cs 'app.Run();'
paste Caller/Program.cs 'SayHelloAsync(new HelloRequest'
paste ContractTests/GreeterContract.cs '[Fact]'
echo 'Console.WriteLine(reply.Message);' >> Caller/Program.cs
cat > NuGet.config << END
<configuration>
  <packageSources>
    <add key="packed" value="$work/feed" />
    <add key="grpc-kerberos-standins" value="$root/.nuget/feed" />
  </packageSources>
</configuration>
END
# A folder of its own, so that the packages are those of this feed; what others made may come from the machine's.
export NUGET_FALLBACK_PACKAGES=${NUGET_PACKAGES:-$HOME/.nuget/packages} NUGET_PACKAGES=$work/packages
mkdir -p "$NUGET_FALLBACK_PACKAGES"
dotnet build -c Release --nologo -v q

# A tool is installed, not referred to; nothing but the packed one will do.
tool=GrpcKerberos.Tool
dotnet tool install "$tool" --version "$version" --tool-path tools > /dev/null

for project in "$root"/src/*/; do
  name=$(basename "$project")
  package=packages/${name,,}/$version nuspec=$package/${name,,}.nuspec documentation=lib/net10.0/$name.xml
  if [ "$name" = "$tool" ]; then
    package=tools/.store/${name,,}/$version/${name,,}/$version nuspec=$package/$name.nuspec documentation=tools/net10.0/any/$name.xml
  fi
  [ -f "$nuspec" ] || fail "$name $version did not come from the feed. Next: look whether $NUGET_FALLBACK_PACKAGES has one of that version"
  for file in README.md "$documentation" icon.png; do [ -f "$package/$file" ] || fail "$name lacks its $file"; done
  if grep -oE '\]\([^)]+\)' "$package/README.md" | grep -vE '^\]\((https:|#)'; then fail "The README of $name links to what is no part of it"; fi
  [ -f "feed/$name.$version.snupkg" ] || fail "$name has no symbols"
  for part in '<license type="expression">Apache-2.0<' '<readme>README.md<' '<icon>icon.png<' '<description>[^<]' '<tags>grpc kerberos ' "<repository type=\"git\".*$commit"; do
    grep -q "$part" "$nuspec" || fail "$nuspec lacks $part: $(cat "$nuspec")"
  done
  if grep -raF "$root" "$package"; then fail "$name tells of $root"; fi
done
# ID.A.B.C.D.nupkg stands in for ID A.B.C; whoever depends on ID names that.
for standin in "$root"/.nuget/feed/*.nupkg; do
  [[ $(basename "$standin" .nupkg) =~ ^(.+)\.([0-9]+\.[0-9]+\.[0-9]+)\.[0-9]+$ ]]
  id=${BASH_REMATCH[1]} official=${BASH_REMATCH[2]}
  named=$(grep -h "<dependency id=\"$id\"" packages/grpckerberos*/"$version"/*.nuspec) || fail "No package depends on $id"
  if grep -v "version=\"$official\"" <<< "$named"; then fail "A package names another $id than $official"; fi
done

coproc realm { exec dotnet Realm/bin/Release/net10.0/Realm.dll; }
# shellcheck disable=SC2154 # set by coproc
host=$realm_PID output=${realm[0]} input=${realm[1]} environment=() server=
trap 'kill $server "$host" 2> /dev/null; rm -rf "$work"' EXIT
while read -r -t 60 -u "$output" line && [ "$line" != ready ]; do environment+=("$line"); done
[ "$line" = ready ] || fail "The realm did not start"
tools/grpc-kerberos --help | grep -q '^grpc-kerberos: ' || fail "The tool gives no help"
listed=$(env "${environment[@]}" tools/grpc-kerberos klist -k) || fail "The tool cannot read the keytab: $listed"
grep -q ' HTTP/localhost@TEST.LOCAL$' <<< "$listed" || fail "The tool says of the keytab: $listed"
env "${environment[@]}" ASPNETCORE_URLS=https://127.0.0.1:0 dotnet Server/bin/Release/net10.0/Server.dll > server.log 2>&1 &
server=$!
port=
for _ in $(seq 300); do
  port=$(sed -n 's/.*Now listening on: .*:\([0-9]*\)$/\1/p' server.log)
  [ -z "$port" ] || break
  sleep 0.2
done
[ -n "$port" ] || fail "The server did not start: $(cat server.log)"
# What the reader puts there as well: an address of his own.
sed -i "s|https://orders.corp.example|https://localhost:$port|" Caller/Program.cs
dotnet build Caller -c Release --no-restore --nologo -v q
greeting=$(env "${environment[@]}" timeout 60 dotnet Caller/bin/Release/net10.0/Caller.dll) || fail "The caller failed; the server said: $(cat server.log)"
[ "$greeting" = "Hello alice@TEST.LOCAL" ] || fail "The greeting was \"$greeting\""
echo "$greeting"
exec {input}>&- # the realm takes its files away
wait "$host"
dotnet test ContractTests -c Release --no-build --nologo -v q
