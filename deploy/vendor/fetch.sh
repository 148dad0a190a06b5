#!/bin/sh
# For maintainers: brings the browser libraries into static/vendor/ and writes down what they are. Users never run this.
# Needs npm (it asks whatever registry npm is set to). Run it from anywhere; commit what it leaves.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# papers NAME VERSION LICENCE   writes vendor.json beside the files in $home
papers() (
    cd "$home"
    {
        printf '{\n  "name": "%s",\n  "version": "%s",\n  "licence": "%s",\n  "sha256": {' "$1" "$2" "$3"
        comma=
        for file in *; do
            [ "$file" = vendor.json ] && continue
            printf '%s\n    "%s": "%s"' "$comma" "$file" "$(sha256sum "$file" | cut -d' ' -f1)"
            comma=,
        done
        printf '\n  }\n}\n'
    } >"$scratch/vendor.json"
    mv "$scratch/vendor.json" vendor.json
)

# fetch NAME VERSION LICENCE FILE…   FILE is a path inside the package
fetch() {
    name=$1 version=$2 licence=$3
    shift 3
    home="$root/static/vendor/${name%.org}-$version"
    (cd "$scratch" && npm pack --silent "$name@$version" >packed && tar -xzf "$(tail -n 1 packed)")
    rm -rf "$home" && mkdir -p "$home"
    for file in "$@"; do cp "$scratch/package/$file" "$home/"; done
    cp "$scratch/package/LICENSE" "$home/"
    papers "$name" "$version" "$licence"
    rm -rf "$scratch/package"
}

# bundle NAME VERSION LICENCE PACKAGE@VERSION…   builds NAME.mjs beside this script into one file; every package that ends up in it is named
# with its version, and its licence goes into LICENSE (two of them print theirs at the end of their README only)
bundle() {
    name=$1 version=$2 licence=$3
    shift 3
    home="$root/static/vendor/$name-$version"
    rm -rf "$home" && mkdir -p "$home" "$scratch/bundle"
    cp "$here/$name.mjs" "$scratch/bundle/"
    (
        cd "$scratch/bundle"
        printf '{"private": true}\n' >package.json
        npm install --silent --ignore-scripts --no-package-lock --no-audit --no-fund --save-exact "esbuild@$ESBUILD" "$@"
        node_modules/.bin/esbuild "$name.mjs" --bundle --minify --format=esm --target=es2022 --legal-comments=none --log-level=warning \
            --metafile=parts.json --outfile="$home/$name.min.mjs"
        inside=$(node -p "Object.values(require('./parts.json').outputs)
            .flatMap((file) => Object.entries(file.inputs)).filter(([, part]) => part.bytesInOutput)
            .map(([path]) => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1] ?? '').join('\n')" | sort -u)
        for package in $inside; do
            case " $* " in *" $package@"*) ;; *) echo "$package is in the bundle, but its version is not pinned" >&2; exit 1 ;; esac
            printf '%s %s\n\n' "$package" "$(node -p "require('./node_modules/$package/package.json').version")"
            cat "node_modules/$package"/LICENSE* 2>/dev/null || sed -n '/^## License/,$p' "node_modules/$package/README.md"
            printf '\n'
        done >"$home/LICENSE"
    )
    papers "$name" "$version" "$licence"
}

ESBUILD=0.28.2

fetch htmx.org 4.0.1 0BSD dist/htmx.min.js
bundle uppy 6.3.1 "MIT AND ISC" @uppy/core@6.3.1 @uppy/aws-s3@6.3.1 @transloadit/prettier-bytes@2.0.0 lodash@4.18.1 mime-match@1.0.2 \
    namespace-emitter@2.0.1 nanoid@6.0.2 wildcard@1.1.2
