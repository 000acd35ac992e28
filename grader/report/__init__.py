"""Reports: results to pages, pages to PDF."""

from grader.report.lab_data import Baseline, ClassScore, LabReport, LabRun
from grader.report.pdf import write_pdf
from grader.report.render import (
    render_class,
    render_lab_report,
    render_pair,
    render_published,
    render_student,
    templates_folder,
)
from grader.report.spreadsheet import render_spreadsheet
from grader.report.view import Audience

__all__ = [
    "Audience",
    "Baseline",
    "ClassScore",
    "LabReport",
    "LabRun",
    "render_class",
    "render_lab_report",
    "render_pair",
    "render_published",
    "render_spreadsheet",
    "render_student",
    "templates_folder",
    "write_pdf",
]
