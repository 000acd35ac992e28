"""Files as the platforms let a lecturer download them, for the class of `classes.py`; names are made up.

student-01 to student-05 and student-08, who handed nothing in. The platforms' own sources are named in
grader/export/.
"""

from __future__ import annotations

import codecs

CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Remarks,Week 7 (4710),Week 8: Größe (4711),"
    "Assignments Current Score,Final Score\n"
    ",,,,,,Manual Posting,,,\n"
    "    Points Possible,,,,,,20.00,10.00,(read only),(read only)\n"
    '"One, Student",901,student-01,s01@example.org,"Tutorial 1, morning",,15.00,,75.00,\n'
    '"Zwölf, Étudiante ""Zoë""",902,student-02,s02@example.org,Tutorial 1,,,4.00,,\n'
    '"Three, Student",903,student-03,s03@example.org,Tutorial 1,,20.00,,100.00,\n'
    '"Four, Student",904,student-04,s04@example.org,Tutorial 2,,,,,\n'
    '"Five, Student",905,student-05,s05@example.org,Tutorial 2,=1+1,,EX,,\n'
    '"Eight, Student",908,student-08,s08@example.org,Tutorial 2,,,,,\n'
    '"Student, Test",999,,0123abc,Tutorial 2,,,,,\n'
)
CANVAS_SEMICOLONS = codecs.BOM_UTF8 + (
    "Student;ID;SIS Login ID;Section;Week 8: Größe (4711)\r\n"
    "    Points Possible;;;;10,00\r\n"
    "One, Student;901;student-01;Übung 1;\r\n"
    "Zwölf, Étudiante;902;student-02;Übung 1;4,00\r\n"
).encode()  # fmt: skip

MOODLE = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Online text,Last modified (grade),Feedback comments\n"
    'Participant 501,Student One,student-01,Submitted for grading,,10.00,Yes,"Monday, 2 March 2026, 9:12 AM",'
    '"<p>two\nlines</p>",-,\n'
    "Participant 502,Étudiante Zwölf,student-02,Submitted for grading,4.00,10.00,Yes,-,,-,Well done\n"
    "Participant 503,Student Three,student-03,Submitted for grading,,10.00,Yes,-,,-,\n"
    "Participant 508,Student Eight,student-08,No submission,,10.00,Yes,-,,-,\n"
)
MOODLE_GERMAN = codecs.BOM_UTF8 + (
    "ID,Vollständiger Name,Anmeldename,Status,Bewertung,Bestwertung,Bewertung kann geändert werden,"
    "Zuletzt geändert (Abgabe),Zuletzt geändert (Bewertung),Feedback als Kommentar\r\n"
    'Teilnehmer/in501,Student One,student-01,Zur Bewertung abgegeben,,"10,00",Ja,-,-,\r\n'
    'Teilnehmer/in502,Étudiante Zwölf,student-02,Zur Bewertung abgegeben,"4,00","10,00",Ja,-,-,\r\n'
).encode()  # fmt: skip

_BLACKBOARD = (
    ("Last Name", "First Name", "Username", "Student ID", "Last Access", "Availability",
     "Week 7 [Total Pts: 20 Score] |664616", "Week 8: Größe [Total Pts: 10 Score] |664617",
     "Total [Total Pts: up to 30 Score] |664600"),
    ("One", "Student", "student-01", "000501", "2026-03-02 09:12:00", "Yes", "15.00", "", "15.00"),
    ("Zwölf", "Étudiante", "student-02", "000502", "2026-03-02 09:12:00", "Yes", "", "In Progress", ""),
    ("Eight", "Student", "student-08", "000508", "", "No", "", "", ""),
)  # fmt: skip
BLACKBOARD_TABS = codecs.BOM_UTF16_LE + "".join(
    "\t".join(f'"{cell}"' for cell in row) + "\r\n" for row in _BLACKBOARD
).encode("utf-16-le")
BLACKBOARD_COMMAS = (
    codecs.BOM_UTF8 + "".join(",".join(f'"{cell}"' for cell in row) + "\n" for row in _BLACKBOARD).encode()
)
