"""The scores as text for people."""

ORDER = {"facts": 0, "log": 1, "no": 2, "high": 0, "medium": 1, "low": 2}


def text_of(report, misses):
    lines = []
    if not report["logs_given"]:
        lines += ["No logs were given to the program: it judged every case by facts alone.", ""]
    lines += table("incidents (no fact of them taken from the error text)", report)
    lines += [""] + table("incidents of which a fact was taken from the error text or the diagnosis", report["lifted"])
    for title, key in (("facts alone", "false_alarms"), ("with their logs", "false_alarms_with_log")):
        lines += ["", f"healthy cases, {title}: with an alarm"]
        for severity in ("error", "warning"):
            alarms = report[key][severity]
            lines.append(f"  {severity:8}{share(alarms)}")
            for alarm in alarms["cases"]:
                lines += [f"    {alarm['id']}: {f['rule']} ({f['title']})" for f in alarm["findings"]]
    lines += ["", "undecidable cases with a finding of level error (look whether it is true)"]
    lines += [
        f"  {case['id']} ({case['cause']}): " + "; ".join(f["cause"] for f in errors_of(case))
        for case in report["cases"]
        if case["decidable"] == "no" and errors_of(case) and not case["named"]
    ]
    if misses:
        lines += ["", "causes that were not named"]
        for case in sorted(report["cases"], key=lambda case: (key_of(case["decidable"]), key_of(case["strength"]))):
            if case["kind"] != "healthy" and case["decidable"] != "no" and not case["named"]:
                lines += miss(case)
    return "\n".join(lines)


def key_of(name):
    return ORDER.get(name, len(ORDER))


def errors_of(case):
    return [finding for finding in case["findings"] if finding["severity"] == "error"]


def share(value):
    percent = f"{100 * value['hit'] / value['of']:5.1f} %" if value["of"] else "      -"
    return f"{value['hit']:4} of {value['of']:4} {percent}"


def table(title, rates):
    lines = [title, f"  {'decided by':12}{'strength':10}{'named':22}{'named first':22}{'exact label':22}"]
    for decidable in sorted(rates["recall"], key=key_of):
        for strength in sorted(rates["recall"][decidable], key=key_of):
            cells = [share(rates[name][decidable][strength]) for name in ("recall", "first", "exact")]
            lines.append(f"  {decidable:12}{strength:10}" + "".join(f"{cell:22}" for cell in cells))
    return [line.rstrip() for line in lines]


def miss(case):
    lifted = ", lifted" if case["lifted"] else ""
    lines = [f"  {case['id']}: {case['cause']} ({case['decidable']}, {case['strength']}{lifted})"]
    lines += [f"    found: {f['cause']} by {f['rule']} ({f['severity']})" for f in case["findings"]]
    lines += [f"    undecided: {rule} lacks {', '.join(facts)}" for rule, facts in case["undecided"].items()]
    return lines
