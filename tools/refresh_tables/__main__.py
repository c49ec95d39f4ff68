"""Compares rules/tables with what the package index holds today.

usage: python3 tools/refresh_tables [--write] [DIRECTORY]

Reads the wheels of torch, torchvision and torchaudio on the index that pip is configured for (their file lists and
metadata, not whole wheels), the file lists of the packages in the table package_python, and compiled files of those in
package_cuda and package_numpy, and prints how these tables in DIRECTORY (rules/tables by default) differ from that.
--write changes the tables. Rows and columns that the index can't show are left as they are. Exit status: 0 no difference,
or written; 1 differences; 69 the index can't be read.
"""

import argparse
import difflib
import json
import sys
from pathlib import Path

import compiled
import releases
from index import Index, Unreachable


def order(row):
    """What rows are sorted by: a package's name, then its version."""
    name, _, version = row.rpartition(" ") if row[0].isdigit() or " " in row else (row, "", "")
    return name, releases.key(version.split("+")[0]), releases.key(version)


def canonical(table):
    """A table as text: one line a column, one line a row, rows in the order of their versions."""
    text = lambda value: json.dumps(value, ensure_ascii=False)
    rows = sorted(table["rows"].items(), key=lambda row: order(row[0]))
    lines = [f"  {text(name)}: {text(table[name])}," for name in ("table", "meaning", "key")]
    for name, items in (
        ("columns", [f"{text(column)}: {text(what)}" for column, what in table["columns"].items()]),
        ("sources", [text(source) for source in table["sources"]]),
        ("rows", [f"{text(row)}: {text(cells)}" for row, cells in rows]),
    ):
        opening, closing = ("[", "]") if name == "sources" else ("{", "}")
        lines.append(f"  {text(name)}: {opening}")
        lines += [f"    {item}{'' if item is items[-1] else ','}" for item in items]
        lines.append(f"  {closing}" + ("" if name == "rows" else ","))
    return "\n".join(["{", *lines, "}", ""])


def merge(table, rows, project):
    """Puts derived rows into a table: known cells are replaced, new rows name their source, if it's not the table's."""
    columns = [*table["columns"], "sources"]
    for name, derived in rows.items():
        cells = dict(table["rows"].get(name, {}))
        if name not in table["rows"] and project:
            cells["sources"] = [f"measured: METADATA and files of the released wheel of {project} {name.split('+')[0]}"]
        cells.update(derived)
        table["rows"][name] = {column: cells[column] for column in columns if column in cells}


def refresh(directory, write, progress):
    """Prints the differences; whether there are any."""
    projects = {"torch": "torch", "torch_wheel": "torch", "torchvision": "torchvision", "torchaudio": "torchaudio"}
    paths = {name: directory / f"{name}.json" for name in (*projects, "package_python", "package_cuda", "package_numpy")}
    tables = {name: json.loads(path.read_text(encoding="utf-8")) for name, path in paths.items()}
    index, known = Index(), {name: table["rows"] for name, table in tables.items()}
    derived = releases.derive(index, known, progress) | compiled.derive(index, known, progress)
    differ = False
    for name, path in paths.items():
        merge(tables[name], derived[name], projects.get(name))
        old, new = path.read_text(encoding="utf-8"), canonical(tables[name])
        if old == new:
            continue
        differ = True
        label = f"rules/tables/{name}.json"
        sys.stdout.writelines(difflib.unified_diff(old.splitlines(True), new.splitlines(True), label, label, n=1))
        if write:
            path.write_text(new, encoding="utf-8")
    return differ


def main():
    parser = argparse.ArgumentParser(prog="refresh-tables", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--write", action="store_true", help="change the tables")
    parser.add_argument("directory", nargs="?", type=Path, default=Path(__file__).parents[2] / "rules" / "tables")
    arguments = parser.parse_args()
    terminal = sys.stderr.isatty()

    def progress(text):
        if terminal:
            print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)

    try:
        differ = refresh(arguments.directory, arguments.write, progress)
    except Unreachable as error:
        progress("")
        print(f"refresh-tables: {error}", file=sys.stderr)
        return 69
    progress("")
    return int(differ and not arguments.write)


if __name__ == "__main__":
    sys.exit(main())
