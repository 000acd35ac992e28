"""Exports of learning platforms as a test needs them: members by name, written zipped or unpacked."""

from __future__ import annotations

from pathlib import Path

from tests.intake.archives import CODE, make_zip
from tests.intake.test_folder import write

RECEIPT = """Name: {name} ({user})
Assignment: Lab 1
Date Submitted: Monday, 1 February 2027 16:30:00 o'clock GMT
Current Mark: Needs Marking

Submission Field:
There is no student submission text data for this assignment.

Comments:
There are no student comments for this assignment.

Files:
\tOriginal filename: work.py
\tFilename: Lab 1_{user}_attempt_2027-02-01-16-30-00_work.py
"""

METADATA = """---
submission_101:
  :submitters:
  - :name: Student One
    :sid: '0101'
    :email: one@example.org
  - :name: Student Two
    :sid: '0102'
    :email: two@example.org
  :created_at: 2027-02-01 16:30:00.123456000 Z
  :score: 0.0
  :status: processed
  :results: {}
submission_103:
  :submitters:
  - :name: Student Three
    :sid: '0103'
  :created_at: 2027-02-01 19:30:00.000000000 +01:00
  :score: 0.0
"""

CANVAS = {
    "studentone_1001_5001_work.py": CODE,
    "studentone_1001_5002_answers-1.toml": "n = 1\n",
    "studenttwo_LATE_1002_5003_work.py": CODE,
    "anon_x1Y2z_5004_work.py": CODE,
    "studentfour_1004_text.html": "<p>typed</p>",
}
MOODLE = {
    "Student One_2001_assignsubmission_file/work.py": CODE,
    "Student One_2001_assignsubmission_file/parts/more.py": "n = 1\n",
    "Student One_2001_assignsubmission_onlinetext/onlinetext.html": "<p>typed</p>",
    "Student Two_2002_assignsubmission_file/work.py": CODE,
}
MOODLE_BEFORE_4_1 = {name.replace("/", "_/", 1): content for name, content in MOODLE.items()}
MOODLE_FLAT = {
    "Student One_2001_assignsubmission_file_work.py": CODE,
    "Student One_2001_assignsubmission_file_more_parts.py": "n = 1\n",
    "Student One_2001_assignsubmission_onlinetext_onlinetext.html": "<p>typed</p>",
    "Participant_2002_assignsubmission_file_work.py": CODE,
}
BLACKBOARD = {
    "Lab 1_one_s_attempt_2027-02-01-16-30-00.txt": RECEIPT.format(name="Student One", user="one_s"),
    "Lab 1_one_s_attempt_2027-02-01-16-30-00_work.py": CODE,
    "Lab 1_one_s_attempt_2027-01-31-10-00-00.txt": RECEIPT.format(name="Student One", user="one_s"),
    "Lab 1_one_s_attempt_2027-01-31-10-00-00_work.py": "n = 1\n",
    "Lab 1_two_attempt_2027-02-01-23-59-59_my_own_work.py": CODE,
}
GRADESCOPE = {
    "assignment_7_export/submission_metadata.yml": METADATA,
    "assignment_7_export/submission_101/work.py": CODE,
    "assignment_7_export/submission_101/parts/more.py": "n = 1\n",
    "assignment_7_export/submission_103/work.py": CODE,
    "assignment_7_export/.DS_Store": b"\0",
    "__MACOSX/assignment_7_export/._submission_metadata.yml": b"\0",
}


def zipped(folder: Path, members: dict[str, str | bytes]) -> Path:
    """As it is downloaded."""
    return make_zip(folder / "export.zip", members)


def unpacked(folder: Path, members: dict[str, str | bytes]) -> Path:
    """As it lies after a double click."""
    return write(folder / "export", members)


BOTH_WAYS = [zipped, unpacked]
