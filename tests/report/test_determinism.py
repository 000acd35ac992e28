"""The same results give the same bytes, in whatever process."""

from __future__ import annotations

import os
import subprocess
import sys

from grader.assignment_folder import clone_root

_PAGES = """
import hashlib
from grader.anonymous import Pseudonyms, anonymise
from grader.report import render_class, render_lab_report, render_published, render_student, write_pdf
from tests.report.sample_assignment import make_assignment
from tests.report.sample_lab import make_lab
from tests.report.samples import failing, make_class

assignment, everybody = make_assignment(), make_class(12)
names = Pseudonyms(bytes(32))
page = render_student(failing(), assignment)
for made in (
    page,
    render_student(failing(), assignment, audience="instructor"),
    render_class(everybody, assignment),
    render_published([anonymise(result, names) for result in everybody], assignment),
    render_lab_report(make_lab()),
):
    print(hashlib.sha256(made.encode()).hexdigest())
print(hashlib.sha256(write_pdf(page)).hexdigest())
"""


def test_every_process_writes_the_same_bytes():
    """Neither the salt of hash() nor the time zone, the language or the moment is in a page."""
    said = {
        subprocess.run(
            [sys.executable, "-c", _PAGES],
            cwd=clone_root(),
            env={**os.environ, "PYTHONHASHSEED": salt, "TZ": zone, "LC_ALL": language},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for salt, zone, language in (("1", "UTC", "C.UTF-8"), ("2", "Asia/Kolkata", "C"))
    }
    assert len(said) == 1
    assert len(set(said.pop().split())) == 6
