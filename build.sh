#!/usr/bin/env bash
# Compiles the program when its sources changed, then runs it: ./build.sh --help
#
# Each compiled program has a folder of its own under artifacts/program, named by a hash of its sources; the file
# "current-*" names the one in use and is replaced in one step, so that a running program and a second invocation
# never see half a build. FrostingHost=package compiles against the Cake.Frosting package.
set -euo pipefail

script=${BASH_SOURCE[0]}
[[ $script == */* ]] || script=./$script
while [ -L "$script" ]; do
  link=$(readlink -- "$script")
  [[ $link == /* ]] || link=${script%/*}/$link
  script=$link
done
root=$(CDPATH='' cd -- "${script%/*}/" && pwd)
export FLYTE_MULTICLUSTER_ROOT=$root
host=${FrostingHost:-embedded}
programs=$root/artifacts/program
pointer=$programs/current-$host
lock=$programs/lock

need_dotnet() {
  echo "The .NET 10 SDK is needed$1." >&2
  echo "Install it from https://dot.net/download, or: apt-get install dotnet-sdk-10.0 | brew install dotnet | winget install Microsoft.DotNet.SDK.10" >&2
  exit 3
}

# Everything that is compiled, bin and obj left out; $@ is what find does with it.
sources() {
  local path paths=()
  for path in build tasks sandbox Directory.Build.props Directory.Build.targets Directory.Packages.props global.json nuget.config NuGet.config; do
    [ ! -e "$root/$path" ] || paths+=("$path")
  done
  (cd "$root" && find "${paths[@]}" \( -name bin -o -name obj \) -prune -o "$@")
}

# The change time also tells of a file whose old modification time was restored, and a folder's tells of a deleted file.
is_fresh() {
  local id changed
  { read -r id <"$pointer"; } 2>/dev/null || return 1
  program=$programs/$id
  [ -f "$program/flyte-multicluster.dll" ] || return 1
  changed=$(sources -cnewer "$pointer" -print 2>/dev/null) || return 1
  [ -z "$changed" ]
}

fingerprint() {
  local hash=cksum tool
  for tool in shasum sha256sum; do
    ! command -v $tool >/dev/null || hash=$tool
  done
  sources -type f -exec $hash {} + | LC_ALL=C sort | $hash | tr -dc '0-9a-f' | cut -c 1-16
}

is_alive() { [ -n "$1" ] && kill -0 "$1" 2>/dev/null; }

# A symbolic link is made in one step and says whose the lock is.
take_lock() {
  local owner waited=0
  until ln -s $$ "$lock" 2>/dev/null; do
    owner=$(readlink "$lock" || true)
    if [ -n "$owner" ] && ! is_alive "$owner"; then
      steal_lock
    elif [ $((waited += 1)) -gt 6000 ]; then
      echo "Another build (process $owner) has held $lock for ten minutes. If there is none, remove that file." >&2
      exit 1
    else
      [ $waited -ne 10 ] || echo "Waiting for another build (process $owner) ..." >&2
      sleep 0.1
    fi
  done
  trap 'rm -f "$lock"' EXIT
  trap 'exit 130' INT TERM HUP
}

# Only one may judge a dead owner's lock: another might remove the one that was taken since.
steal_lock() {
  if ln -s $$ "$lock.steal" 2>/dev/null; then
    is_alive "$(readlink "$lock" || true)" || rm -f "$lock"
    rm -f "$lock.steal"
  else
    is_alive "$(readlink "$lock.steal" || true)" || rm -f "$lock.steal"
  fi
}

publish() { # folder, ReadyToRun
  (cd "$root" && TMPDIR=$scratch "$dotnet" msbuild build/compile/Compile.proj -nologo -v:q -m -nodeReuse:false \
    "-p:Out=$1" "-p:ReadyToRun=$2" </dev/null >"$programs/log" 2>&1)
}

print_errors() {
  grep -E '(^|: )error( |:)' "$programs/log" | sed -e 's/ \[[^]]*\]$//' -e "s|$root/||g" | sort -u >&2 || cat "$programs/log" >&2
}

compile() { # id
  local new=$programs/new version scratch
  version=$(cd "$root" && "$dotnet" --version 2>/dev/null) || version=0
  [ "${version%%.*}" -ge 10 ] || need_dotnet "; there is $("$dotnet" --list-sdks 2>/dev/null | tail -n 1 | cut -d ' ' -f 1 | sed 's/^$/none/')"
  echo "Compiling (once; it takes about a minute) ..." >&2
  rm -rf "$new"
  [ ! -e "$programs/compiling" ] || rm -rf "$programs/obj" # the last compile was killed
  : >"$programs/compiling"
  export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
  scratch=$(mktemp -d) # the SDK leaves empty folders in its temporary folder
  if ! publish "$new" true; then
    if grep -q -E 'error (NU1|NETSDK1094)' "$programs/log" && publish "$new" false; then
      echo "Compiled without ReadyToRun, as its compiler could not be restored: the program starts slower." >&2
    else
      rm -rf "$programs/compiling" "$new" "$scratch"
      print_errors
      exit 1
    fi
  fi
  rm -rf "$programs/compiling" "$scratch"
  mv "$new" "$programs/$1"
}

# Removes compiled programs that no process runs; the two newest stay, one may be about to be started.
clean() {
  local running folder kept=0
  if [ -d /proc/self ]; then
    running=$(cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' ' ' || true)
  else
    running=$(ps -A -ww -o args= 2>/dev/null) || return 0
  fi
  for folder in $(cd "$programs" && ls -1td -- *-r/ 2>/dev/null); do
    if [ $((kept += 1)) -gt 2 ] && ! grep -q -F "${folder%/}" "$programs"/current-* && [[ $running != *"$folder"* ]]; then
      rm -rf "${programs:?}/$folder"
    fi
  done
}

# Tries it, as the mode bits say nothing of a read-only file system.
is_writable() {
  local probe=$programs/writable.$$
  problem=$({ mkdir -p -- "$programs" && true >"$probe"; } 2>&1) || return 1
  rm -f -- "$probe"
}

# A read-only checkout: the program of these very sources, or at least the one that is there.
take_what_is_there() {
  local id
  id=$(fingerprint)-${host:0:1}-r
  if [ ! -f "$programs/$id/flyte-multicluster.dll" ]; then
    { read -r id <"$pointer"; } 2>/dev/null || id=none
    if [ ! -f "$programs/$id/flyte-multicluster.dll" ]; then
      echo "There is no compiled program, and $programs cannot be written: ${problem##*: }." >&2
      echo "Run ./build.sh once where the checkout can be written, or work in a copy of it." >&2
      exit 3
    fi
    echo "Running the program that was compiled from earlier sources, as $programs cannot be written: ${problem##*: }." >&2
  fi
  program=$programs/$id
}

bring_up_to_date() {
  local id problem stamp=$programs/stamp
  is_writable || { take_what_is_there && return; }
  take_lock
  if ! is_fresh; then
    : >"$stamp" # before the sources are read: what changes from here on counts as newer
    id=$(fingerprint)-${host:0:1}-r
    [ -f "$programs/$id/flyte-multicluster.dll" ] || compile "$id"
    printf '%s\n' "$id" >"$pointer.new"
    touch -r "$stamp" "$pointer.new"
    mv -f "$pointer.new" "$pointer"
    program=$programs/$id
    touch "$program"
    clean
  fi
  trap - EXIT INT TERM HUP
  rm -f "$lock"
}

dotnet=$(type -P dotnet || true)
[ -n "$dotnet" ] || dotnet=${DOTNET_ROOT:+$DOTNET_ROOT/dotnet}
[ -n "$dotnet" ] && [ -x "$dotnet" ] || need_dotnet " and there is no dotnet on the PATH"
is_fresh || bring_up_to_date
exec "$dotnet" "$program/flyte-multicluster.dll" "$@"
