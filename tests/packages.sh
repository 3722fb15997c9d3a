#!/usr/bin/env bash
# Packs what ships, as a release does, and has a new server and client (tests/Consumer) take it from a feed: they must build, meet and greet.
# The tool is installed from the same feed and reads the caller's keytab.
# The packages must be whole and name official versions: never a stand-in of .nuget/feed, nor a path of this machine.
set -euo pipefail
cd "$(dirname "$0")/.."
export MSBUILDDISABLENODEREUSE=1
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() { echo "$*" >&2; exit 1; }

commit=$(git rev-parse --verify -q HEAD 2> /dev/null) || commit= # a copy without its history has none to tell
version=$(dotnet msbuild src/GrpcKerberos/GrpcKerberos.csproj -getProperty:Version)
# CI maps paths away, and what was compiled without it is not compiled again by itself.
rm -f src/*/obj/Release/net10.0/*.dll
for project in src/*/*.csproj; do
  CI=true dotnet pack "$project" -c Release -o "$work/feed" --nologo -v q
done

cp -r tests/Consumer/. protos/examples/greeter.proto "$work"
rm -rf "$work"/*/bin "$work"/*/obj
cd "$work"
dotnet new sln -n Consumer > /dev/null
dotnet sln add Server Client > /dev/null
cat > NuGet.config << END
<configuration>
  <packageSources>
    <add key="packed" value="$work/feed" />
    <add key="grpc-kerberos-standins" value="$root/.nuget/feed" />
  </packageSources>
</configuration>
END
# A folder of its own, so that the packages are those of this feed; what others made may come from the machine's.
export GrpcKerberosVersion=$version NUGET_FALLBACK_PACKAGES=${NUGET_PACKAGES:-$HOME/.nuget/packages} NUGET_PACKAGES=$work/packages
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
  [ -f "$package/README.md" ] && [ -f "$package/$documentation" ] || fail "$name lacks its README.md or $documentation"
  [ -f "feed/$name.$version.snupkg" ] || fail "$name has no symbols"
  for part in '<license type="expression">Apache-2.0<' '<readme>README.md<' '<description>[^<]' "<repository type=\"git\".*$commit"; do
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

coproc server { exec dotnet Server/bin/Release/net10.0/Server.dll; }
pid=$server_PID input=${server[1]}
read -r -t 60 -u "${server[0]}" port config keytab || fail "The server did not start"
tools/grpc-kerberos --help | grep -q '^grpc-kerberos: ' || fail "The tool gives no help"
listed=$(tools/grpc-kerberos klist -k "$keytab") || fail "The tool cannot read $keytab: $listed"
grep -q ' alice@TEST.LOCAL$' <<< "$listed" || fail "The tool says of $keytab: $listed"
greeting=$(timeout 60 dotnet Client/bin/Release/net10.0/Client.dll "$port" "$config" "$keytab")
exec {input}>&-
wait "$pid"
[ "$greeting" = "Hello packages, alice@TEST.LOCAL" ] || fail "The greeting was \"$greeting\""
echo "$greeting"
