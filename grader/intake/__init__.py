"""From files on disk to a Submission: bytes and sifted source, nothing run, nothing unpacked."""

from grader.intake.answer_lists import answer_text, parse_grid, parse_names, parse_numbers
from grader.intake.answers import AnswersError, parse_answers, parse_number
from grader.intake.classes import Arrival, FoundClass, Reader, find_class
from grader.intake.experiments import (
    ExperimentRun,
    ExperimentsError,
    ExperimentsFile,
    ReportRow,
    parse_experiments,
)
from grader.intake.files import FileSet, IntakeProblem
from grader.intake.find import find_submissions
from grader.intake.identity import assign_student_ids, distinct_ids, safe_student_id
from grader.intake.load import assemble, load_submission
from grader.intake.platforms import Person

__all__ = [
    "AnswersError",
    "Arrival",
    "ExperimentRun",
    "ExperimentsError",
    "ExperimentsFile",
    "FileSet",
    "FoundClass",
    "IntakeProblem",
    "Person",
    "Reader",
    "ReportRow",
    "answer_text",
    "assemble",
    "assign_student_ids",
    "distinct_ids",
    "find_class",
    "find_submissions",
    "load_submission",
    "parse_answers",
    "parse_experiments",
    "parse_grid",
    "parse_names",
    "parse_number",
    "parse_numbers",
    "safe_student_id",
]
