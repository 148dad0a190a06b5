#!/bin/sh
# For maintainers: brings the browser libraries into static/vendor/ and writes down what they are. Users never run this.
# Needs npm (it asks whatever registry npm is set to). Run it from anywhere; commit what it leaves.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# fetch NAME VERSION LICENCE FILE…   FILE is a path inside the package
fetch() {
    name=$1 version=$2 licence=$3
    shift 3
    short=${name%.org}
    home="$root/static/vendor/$short-$version"
    (cd "$scratch" && npm pack --silent "$name@$version" >packed && tar -xzf "$(tail -n 1 packed)")
    rm -rf "$home" && mkdir -p "$home"
    for file in "$@"; do cp "$scratch/package/$file" "$home/"; done
    cp "$scratch/package/LICENSE" "$home/"
    (
        cd "$home"
        printf '{\n  "name": "%s",\n  "version": "%s",\n  "licence": "%s",\n  "sha256": {' "$name" "$version" "$licence"
        comma=
        for file in *; do
            [ "$file" = vendor.json ] && continue
            printf '%s\n    "%s": "%s"' "$comma" "$file" "$(sha256sum "$file" | cut -d' ' -f1)"
            comma=,
        done
        printf '\n  }\n}\n'
    ) >"$scratch/vendor.json"
    mv "$scratch/vendor.json" "$home/vendor.json"
    rm -rf "$scratch/package"
}

fetch htmx.org 4.0.1 0BSD dist/htmx.min.js
