"""Judge the log of a test run of Odoo: print `passed failed`, the reasons on stderr.

Odoo's exit code is not enough: installing what is installed runs no test and succeeds,
and a page that answers 500 lets whole classes be skipped.
"""

import re
import sys
from pathlib import Path

STATS = re.compile(r"odoo\.tests\.stats: (\w+): (\d+) tests")
RESULT = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")
TROUBLE = re.compile(r"^\S+ \S+ \d+ (ERROR|CRITICAL) ")
# A test names itself by its logger; a whole class (setUpClass) stands in the message,
# below the logger odoo.tests.suite.
SKIPPED = re.compile(r"^\S+ \S+ \d+ INFO \S+ odoo\.(addons\.\w+\.)?tests\S*: skipped ")

# Debian's tree comes without this library for video calls; nothing of ours needs it.
HARMLESS = re.compile(r"mail/static/lib/selfie_segmentation/selfie_segmentation\.js")


def judge(log: str, addons: list[str]) -> tuple[int, int, list[str]]:
    """Count what passed and failed; the third part says why, one line each."""
    ran = {name: int(count) for name, count in STATS.findall(log)}
    complaints = [f"no test ran in {name}" for name in addons if not ran.get(name)]
    complaints += [
        line[:300]
        for line in log.splitlines()
        if (TROUBLE.match(line) or SKIPPED.search(line)) and not HARMLESS.search(line)
    ]
    results = RESULT.findall(log)
    if not results:
        return 0, 1, ["the run did not come to its end", *complaints]
    failed = sum(int(f) + int(e) for f, e, _n in results)
    total = sum(int(n) for _f, _e, n in results)
    if complaints and not failed:
        failed = len(complaints)
    return max(total - failed, 0), failed, complaints


if __name__ == "__main__":
    file, addons = sys.argv[1:]
    passed, failed, complaints = judge(Path(file).read_text(), addons.split(","))
    for complaint in complaints[:40]:
        print(f"  FAILED  {complaint}", file=sys.stderr)
    print(passed, failed)
