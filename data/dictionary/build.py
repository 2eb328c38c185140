#!/usr/bin/env python3
"""Rebuilds words.tsv, the dictionary by which text is cut into words.

usage: build.py DICT.TXT        (dict.txt of jieba, as the crate jieba-rs ships it in src/data)

Words are folded as the program folds text (width, case, traditional to simplified), since only
folded text is cut; words that become the same add up their frequencies. Sorted by bytes, so that
the finite-state map can be built in one pass and two runs give the same file.
"""
import pathlib
import sys
import unicodedata

HERE = pathlib.Path(__file__).parent

def main():
    table = {}
    for line in (HERE.parent / "folding" / "traditional.tsv").read_text("utf-8").splitlines()[1:]:
        if line and not line.startswith("#"):
            traditional, simplified = line.split("\t")[:2]
            table[traditional] = simplified
    fold = lambda word: "".join(table.get(c, c) for c in unicodedata.normalize("NFKC", word).lower())
    words = {}
    for line in open(sys.argv[1], encoding="utf-8"):
        word, frequency = line.split()[:2]
        word = fold(word)
        words[word] = words.get(word, 0) + int(frequency)
    out = HERE / "words.tsv"
    with open(out, "w", encoding="utf-8", newline="\n") as file:
        file.write("word\tfrequency\n")
        for word in sorted(words, key=lambda w: w.encode()):
            file.write(f"{word}\t{words[word]}\n")
    print(f"{len(words)} words, {sum(words.values())} occurrences -> {out.name}")

if __name__ == "__main__":
    main()
