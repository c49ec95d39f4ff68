"""Measures gpu-preflight on incidents whose causes are known: docs/incidents.md says what is measured and how.

usage: score.py PROGRAM [CASES.jsonl] [--format text|json] [--misses] [--no-log] [--floors FILE [--raise]] [--jobs N]

The labels that count as right stand in causes.json beside the cases, else beside the corpus. Exit status: 0; 1 when a
score is below its floor; 2 when the program or the mapping fails on a case (the others are scored nevertheless); 64 wrong
usage or input; 77 with --optional when the cases aren't there.
"""

import argparse
import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile

import score_text
from mapping import facts_file, read_registry

HERE = os.path.dirname(os.path.abspath(__file__))
# Beside the checkout, unless the variable says where.
CORPUS = os.environ.get("GPU_PREFLIGHT_CORPUS") or os.path.normpath(
    os.path.join(HERE, "..", "..", "..", "shared", "corpus", "incidents.jsonl")
)
REQUIRED = ("id", "kind", "cause", "facts")


class BadInput(Exception):
    pass


class ProgramFailed(Exception):
    pass


def read_cases(path):
    cases, seen = [], set()
    try:
        with open(path, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    cases.append(read_case(line, f"{path}:{number}"))
                    if cases[-1]["id"] in seen:
                        raise BadInput(f"{path}:{number}: case '{cases[-1]['id']}' stands twice")
                    seen.add(cases[-1]["id"])
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: {getattr(error, 'strerror', None) or error}") from None
    if not cases:
        raise BadInput(f"{path}: holds no cases")
    return cases


def read_case(line, where):
    try:
        case = json.loads(line)
    except json.JSONDecodeError as error:
        raise BadInput(f"{where}: not JSON: {error.msg} at column {error.colno}") from None
    if not isinstance(case, dict):
        raise BadInput(f"{where}: a case is an object")
    missing = [key for key in REQUIRED if key not in case]
    if missing:
        raise BadInput(f"{where}: the case lacks {', '.join(missing)}")
    if not isinstance(case["facts"], dict):
        raise BadInput(f"{where}: facts is an object")
    return case


def read_accepted(path):
    """label -> the labels that count as right for it, itself first."""
    try:
        with open(path, encoding="utf-8") as file:
            causes = json.load(file)
        return {label: [label, *cause.get("accept", [])] for label, cause in causes.items()}
    except (OSError, ValueError, AttributeError) as error:
        raise BadInput(f"{path}: {error}") from None


class Program:
    def __init__(self, path):
        self.path = path
        try:
            self.registry = read_registry(self.output("facts", "--format", "markdown"))
            self.explains = self.call("explain", "--help").returncode == 0
            listed = json.loads(self.output("rules", "list", "--format", "json"))
        except (OSError, ValueError) as error:
            raise ProgramFailed(f"{path}: {error}") from None
        self.cause_of = {rule["id"]: rule["cause"] for rule in listed}

    def call(self, *arguments):
        # No setting of the machine that scores may leak into a case.
        return subprocess.run(
            [self.path, *arguments], capture_output=True, text=True, env={"LC_ALL": "C.UTF-8"}, timeout=60, check=False
        )

    def output(self, *arguments):
        done = self.call(*arguments)
        if done.returncode not in (0, 1, 2) or done.stderr.strip():
            raise ProgramFailed(f"{' '.join(arguments)}: exit status {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def findings(self, case, with_log):
        """What the program says, in its order."""
        with tempfile.TemporaryDirectory() as directory:
            facts = os.path.join(directory, "facts.json")
            with open(facts, "w", encoding="utf-8") as file:
                json.dump(facts_file(case, self.registry), file)
            if not with_log:
                report = json.loads(self.output("check", "--facts", facts, "--format", "json"))
            else:
                log = os.path.join(directory, "log")
                with open(log, "w", encoding="utf-8") as file:
                    file.writelines(f"{line}\n" for line in lines_of(case))
                report = json.loads(self.output("explain", "--facts", facts, "--format", "json", log))
        undecided = {
            entry["rule"]: [missing["fact"] for missing in entry["missing"]] for entry in report.get("undecided", [])
        }
        return report["findings"], undecided


def lines_of(case):
    log = case.get("log") or []
    return log if isinstance(log, list) else str(log).splitlines()


def judge(case, program, accepted, use_log):
    """One case: what is found, and whether that names the cause.

    What facts decide is judged by facts alone: with its log it would be an easier question. All other incidents are
    judged with their log. Healthy cases are judged both ways.
    """
    with_log = bool(use_log and program.explains and lines_of(case))
    healthy = case["kind"] == "healthy"
    failure = None
    try:
        found, undecided = program.findings(case, with_log and not healthy and case.get("decidable") != "facts")
        explained = program.findings(case, True)[0] if with_log and healthy else found
    except Exception as error:  # whatever one case does, it is told, and takes no other case's score away
        found, undecided, explained = [], {}, []
        failure = f"{type(error).__name__}: {error}"
    right = accepted.get(case["cause"], [case["cause"]])
    causes = [finding["cause"] for finding in found]
    result = {key: case.get(key) for key in ("id", "kind", "cause", "decidable", "strength")}
    result.update(
        lifted=bool(case.get("lifted")),
        named=any(cause in right for cause in causes),
        exact=case["cause"] in causes,
        first=bool(causes) and causes[0] in right,
        findings=[brief(finding) for finding in found],
    )
    if failure:
        result["failure"] = failure
    if healthy:
        result["findings_with_log"] = [brief(finding) for finding in explained]
    elif not result["named"]:
        result["undecided"] = {rule: facts for rule, facts in undecided.items() if program.cause_of[rule] in right}
    return result


def brief(finding):
    return {key: finding[key] for key in ("cause", "rule", "severity", "title")}


def judge_all(cases, program, accepted, use_log, jobs, progress):
    results = []
    with concurrent.futures.ThreadPoolExecutor(max_workers=jobs) as pool:
        running = [pool.submit(judge, case, program, accepted, use_log) for case in cases]
        try:
            for future in running:
                results.append(future.result())
                progress(len(results), len(cases))
        finally:
            for future in running:
                future.cancel()
    return results


def share(results, key):
    return {"hit": sum(result[key] for result in results), "of": len(results)}


def rates(results, key):
    """decidable -> strength -> {hit, of}."""
    table = {}
    for result in results:
        table.setdefault(str(result["decidable"]), {}).setdefault(str(result["strength"]), []).append(result)
    return {
        decidable: {strength: share(cell, key) for strength, cell in sorted(row.items())}
        for decidable, row in sorted(table.items())
    }


def all_rates(results):
    return {name: rates(results, key) for name, key in (("recall", "named"), ("first", "first"), ("exact", "exact"))}


HARDWARE_FAULT = "hardware-fault-not-configuration"
# What the program calls such faults.
HARDWARE_FAULTS = ("gpu-memory-defect", "gpu-not-reachable", "gpu-needs-reset", "gpu-power-not-connected", "nvlink-down", "pcie-link-narrow")


def is_the_fault(cause, label):
    return cause == label or (label == HARDWARE_FAULT and cause in HARDWARE_FAULTS)


def alarms(healthy, severity, findings="findings"):
    """Healthy cases with a finding of this severity, but for one of a fault of the hardware where the case has one."""
    raised = []
    for result in healthy:
        of_severity = [
            finding
            for finding in result[findings]
            if finding["severity"] == severity and not is_the_fault(finding["cause"], result["cause"])
        ]
        if of_severity:
            raised.append({"id": result["id"], "findings": of_severity})
    return {"hit": len(raised), "of": len(healthy), "cases": raised}


def all_alarms(healthy, findings="findings"):
    return {severity: alarms(healthy, severity, findings) for severity in ("error", "warning")}


def scores(results):
    incidents = [result for result in results if result["kind"] != "healthy"]
    healthy = [result for result in results if result["kind"] == "healthy"]
    return {
        **all_rates([result for result in incidents if not result["lifted"]]),
        "lifted": all_rates([result for result in incidents if result["lifted"]]),
        "false_alarms": all_alarms(healthy),
        "false_alarms_with_log": all_alarms(healthy, "findings_with_log"),
        "cases": results,
    }


def below_floors(report, floors):
    """A floor is a share by its dotted name: the least number of hits, of false alarms the most."""
    failures = []
    for name, floor in floors.items():
        value = value_at(report, name)
        if value is None:
            failures.append(f"{name} isn't measured")
        elif value["of"] != floor["of"]:
            failures.append(f"{name} is measured on {value['of']} cases, its floor is for {floor['of']}")
        elif name.startswith("false_alarms") and value["hit"] > floor["hit"]:
            failures.append(f"{name}: {value['hit']} of {value['of']}, at most {floor['hit']} are allowed")
        elif not name.startswith("false_alarms") and value["hit"] < floor["hit"]:
            failures.append(f"{name}: {value['hit']} of {value['of']}, the floor is {floor['hit']}")
    return failures


def value_at(report, name):
    for key in name.split("."):
        report = report.get(key) if isinstance(report, dict) else None
    return report


def raised(report, floors):
    """The floors, each moved to what is measured where that is better; all of them where the cases are others."""
    moved = {}
    for name, floor in floors.items():
        value = value_at(report, name) or {"hit": 0, "of": 0}
        best = min if name.startswith("false_alarms") else max
        hit = best(value["hit"], floor["hit"]) if value["of"] == floor["of"] else value["hit"]
        moved[name] = {"hit": hit, "of": value["of"]}
    return moved


def read_floors(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError) as error:
        raise BadInput(f"{path}: {error}") from None


def write_floors(path, floors):
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(floor)}" for name, floor in floors.items())
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"{{\n{lines}\n}}\n")


def show_progress(done, total):
    if sys.stderr.isatty():
        print(f"\r{done} of {total} cases", end="\n" if done == total else "", file=sys.stderr, flush=True)


class Parser(argparse.ArgumentParser):
    def error(self, message):
        self.print_usage(sys.stderr)
        print(f"{self.prog}: {message}", file=sys.stderr)
        sys.exit(64)


def options_of(arguments):
    parser = Parser(
        prog="incidents", description="Measure gpu-preflight on incidents whose causes are known."
    )
    parser.add_argument("program", help="gpu-preflight")
    where = f"one case a line, JSON, with causes.json beside it ({CORPUS})"
    parser.add_argument("cases", nargs="?", default=CORPUS, help=where)
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--misses", action="store_true", help="list the cases whose cause is not named")
    parser.add_argument("--no-log", action="store_true", help="give no logs, only facts")
    parser.add_argument("--floors", metavar="FILE", help="fail when a score is below what this file says")
    parser.add_argument("--raise", dest="raise_floors", action="store_true", help="write better scores into that file")
    parser.add_argument("--optional", action="store_true", help="exit with status 77 when the cases aren't there")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="cases at a time (2)")
    options = parser.parse_args(arguments)
    if options.raise_floors and not options.floors:
        parser.error("--raise needs --floors")
    return options


def measure(options):
    cases = read_cases(options.cases)
    beside = [os.path.join(os.path.dirname(os.path.abspath(path)), "causes.json") for path in (options.cases, CORPUS)]
    accepted = read_accepted(next(filter(os.path.exists, beside), beside[0]))
    program = Program(options.program)
    results = judge_all(cases, program, accepted, not options.no_log, options.jobs, show_progress)
    return {"logs_given": program.explains and not options.no_log, **scores(results)}


def main(arguments):
    options = options_of(arguments)
    if options.optional and not os.path.exists(options.cases):
        print(f"incidents: skipped: there are no cases at {options.cases}")
        return 77
    try:
        report = measure(options)
        floors = read_floors(options.floors) if options.floors else {}
    except BadInput as error:
        print(f"incidents: {error}", file=sys.stderr)
        return 64
    except ProgramFailed as error:
        print(f"incidents: {error}", file=sys.stderr)
        return 2
    if options.format == "json":
        print(json.dumps(report, indent=2))
    else:
        print(score_text.text_of(report, options.misses))
    if options.raise_floors:
        floors = raised(report, floors)
        write_floors(options.floors, floors)
    failures = below_floors(report, floors)
    for failure in failures:
        print(f"incidents: {failure}", file=sys.stderr)
    failed = [case for case in report["cases"] if "failure" in case]
    for case in failed:
        print(f"incidents: {case['id']}: {case['failure']}", file=sys.stderr)
    return 2 if failed else 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
