"""What platforms accept, written from their public documentation; unknown keys are refused.

Gradescope: https://gradescope-autograders.readthedocs.io/en/latest/specs/
GitHub Classroom: https://github.com/github-education-resources/autograding-grading-reporter
PrairieLearn: https://prairielearn.readthedocs.io/en/latest/externalGrading/
Autolab: https://docs.autolabproject.com/lab/
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Visibility = Literal["hidden", "after_due_date", "after_published", "visible"]
Format = Literal["text", "html", "simple_format", "md", "ansi"]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class GradescopeTest(Strict):
    score: float | None = None
    max_score: float | None = None
    status: Literal["passed", "failed"] | None = None
    name: str | None = None
    name_format: Format = "text"
    number: str | None = None
    output: str | None = None
    output_format: Format = "text"
    tags: list[str] = []
    visibility: Visibility | None = None
    extra_data: dict[str, Any] = {}


class GradescopeRank(Strict):
    name: str
    value: float | str
    order: Literal["asc", "desc"] = "desc"


class Gradescope(Strict):
    score: float | None = None
    execution_time: float | None = None
    output: str = ""
    output_format: Format = "simple_format"
    test_output_format: Format = "text"
    test_name_format: Format = "text"
    visibility: Visibility = "visible"
    stdout_visibility: Visibility = "hidden"
    extra_data: dict[str, Any] = {}
    tests: list[GradescopeTest] = []
    leaderboard: list[GradescopeRank] = []


class GithubTest(Strict):
    name: str
    status: Literal["pass", "fail", "error"]
    score: float
    message: str
    test_code: str
    filename: str
    line_no: int
    duration: float


class Github(Strict):
    version: Literal[1]
    status: Literal["pass", "fail", "error"]
    max_score: float
    tests: Annotated[list[GithubTest], Field(min_length=1)]


class PrairieTest(Strict):
    name: str
    description: str = ""
    points: float
    max_points: float
    message: str = ""
    output: str = ""


class Prairie(Strict):
    gradable: bool
    score: float | None = Field(default=None, ge=0, le=1)
    message: str = ""
    format_errors: list[str] = []
    tests: list[PrairieTest] = []


class Autolab(Strict):
    scores: dict[str, float]
