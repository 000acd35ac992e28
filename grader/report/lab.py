"""The student's own lab report: sections with figures and answers, and what is still missing."""

from __future__ import annotations

from grader.assignment import Section
from grader.report.evidence import MissingView
from grader.report.lab_data import LabReport
from grader.report.lab_figures import view_figures
from grader.report.view import LabPage, SectionView
from grader.report.words import cut, unwrap
from grader.results import Tier


def view_lab(lab: LabReport) -> LabPage:
    """All sections in order. Raises GraderError for an unknown figure word, group or experiment."""
    sections = tuple(_section(lab, place, section) for place, section in enumerate(lab.assignment.sections))
    gaps = [piece for section in sections for piece in section.pieces if isinstance(piece, MissingView)]
    empty = [text for section in sections for _, text in section.answers if not text]
    said = [_count(len(gaps), "figure"), _count(len(empty), "answer")]
    versions = ", ".join(f"{name} {version}" for name, version in sorted(lab.versions.items()))
    facts = (("Run", f"{Tier.PLAIN.words}; this is not a grade"), ("Versions", versions))
    return LabPage(
        title=f"{lab.assignment.title}: lab report of {lab.student_id}",
        assignment=lab.assignment.title,
        student_id=lab.student_id,
        dataset_note=lab.dataset_note,
        missing=" and ".join(part for part in said if part),
        sections=sections,
        facts=tuple((name, value) for name, value in facts if value),
    )


def _count(size: int, what: str) -> str:
    return f"{size} {what}{'' if size == 1 else 's'}" if size else ""


def _section(lab: LabReport, place: int, section: Section) -> SectionView:
    return SectionView(
        task=section.task,
        title=section.title,
        pieces=tuple(
            piece
            for index, word in enumerate(section.figures)
            for piece in view_figures(lab, word, f"s{place}-{index}")
        ),
        answers=tuple(_answer(lab, answer) for answer in section.answers),
    )


def _answer(lab: LabReport, answer: str) -> tuple[str, str]:
    """The question and what was answered; only in text do line breaks not matter."""
    question, text = lab.assignment.question(answer), lab.answers.get(answer, "")
    return question.question, cut(unwrap(text) if question.kind == "text" else text)
