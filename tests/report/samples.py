"""Results as a real class would produce them: invented students, plausible numbers."""

from __future__ import annotations

import numpy as np

from grader.evidence import Evidence, Returned
from grader.results import CheckResult, Environment, FreeText, LeftOut, SubmissionResult, Tier, Verdict
from tests.report.sample_evidence import (
    claims,
    confusion,
    curves,
    kernel_pictures,
    layer_table,
    timing_table,
)

CANARY = "expected 4711.0815, the canary"

ENVIRONMENT = Environment(
    tier=Tier.T1,
    dataset="cifar10",
    dataset_note="CIFAR-10: 50,000 training and 10,000 test images, 32 × 32 RGB, ten classes.",
    seed=918273645,
    versions={"epochmark": "0.1.0", "keras": "3.15.0", "numpy": "2.4.6", "tensorflow": "2.21.0"},
)


def check(
    name: str,
    task: str,
    title: str,
    points: float,
    verdict: Verdict = Verdict.PASSED,
    feedback: str = "",
    *,
    score: float | None = None,
    detail: str = "",
    evidence: tuple[Evidence, ...] = (),
    cases: tuple[int, int] = (1, 1),
    output: str = "",
) -> CheckResult:
    """`score` defaults to all points when passed, to none when lost."""
    if score is None and verdict not in {Verdict.SKIPPED, Verdict.GRADER_ERROR}:
        score = points if verdict is Verdict.PASSED else 0.0
    return CheckResult(
        check=f"checks/test_{task.replace('.', '_')}.py::{name}",
        task=task,
        title=title,
        points=points,
        verdict=verdict,
        score=score,
        feedback=feedback,
        detail=detail,
        evidence=evidence,
        cases_passed=cases[0],
        cases=cases[1],
        output=output,
    )


def result(student_id: str, checks: tuple[CheckResult, ...], **changes: object) -> SubmissionResult:
    values: dict[str, object] = {
        "assignment": "cs7cs4_week8",
        "student_id": student_id,
        "digest": "3f9a1c" + "0" * 58,
        "checks_digest": "77be02" + "0" * 58,
        "files": ("answers.toml", "experiments.json", "solution.py"),
        "environment": ENVIRONMENT,
        "checks": checks,
        **changes,
    }
    return SubmissionResult.model_validate(values)


ANSWERS = (
    FreeText(
        id="kernels_discussion",
        task="i.b",
        question="What does each kernel bring out, and why do the two look so different?",
        text="K1 sums to zero, so it answers only where the picture changes.\n\nK2 sums to four: flat "
        "areas keep four times their brightness and the edges are hard to see.",
    ),
    FreeText(
        id="size_discussion",
        task="ii.b.iii",
        question="How do time and accuracy change with n, and why?",
        text="Time grows in proportion to n. Test accuracy rises by about 5 points each time n doubles.",
    ),
)


def passing() -> SubmissionResult:
    """Full marks, with the evidence that passing checks show."""
    shape = Returned(
        call="convolve(image 9 × 7, kernel 3 × 3)", kind="ndarray", shape=(7, 5), dtype="float64"
    )
    return result(
        "ada.q",
        (
            check(
                "test_values", "i.a", "Values of the valid convolution", 10, evidence=(shape,), cases=(6, 6)
            ),
            check("test_loops", "i.a", "No library convolution", 6),
            check("test_edges", "i.b", "Edge responses of a picture", 8, evidence=(kernel_pictures(),)),
            check(
                "test_layers",
                "ii.a",
                "Layers of the strided network",
                16,
                evidence=(layer_table(wrong=False),),
            ),
            check("test_baseline", "ii.b.i", "Baseline of the commonest class", 12),
            check("test_train", "ii.b.ii", "Learning curves", 8, evidence=(curves(), confusion())),
            check("test_sweep", "ii.b.iii", "Size sweep", 10, evidence=(claims(honest=True),)),
            check("test_pooled", "ii.c", "Layers of the pooled network", 10),
        ),
        answers=ANSWERS,
    )


def failing(student_id: str = "s-104417") -> SubmissionResult:
    """Every verdict and every kind of evidence, with a canary in each `detail`."""
    return result(
        student_id,
        (
            check(
                "test_values",
                "i.a",
                "Values of the valid convolution",
                10,
                Verdict.FAILED,
                "Your result is the one that a transposed kernel gives. Index the kernel as kernel[row, "
                "column], in the same order as the image.\n\nTry a kernel that is not symmetric and "
                "follow one output value by hand.",
                score=2.5,
                cases=(1, 6),
                detail=f"AssertionError: {CANARY}\n  at test_i_a.py:31",
                evidence=(
                    Returned(
                        call="convolve(image 9 × 7, kernel 3 × 3)",
                        kind="ndarray",
                        shape=(7, 5),
                        dtype="int64",
                    ),
                    Returned(call="convolve(image 6 × 6, kernel 5 × 5)", kind="list", shape=(2, 2)),
                ),
            ),
            check("test_loops", "i.a", "No library convolution", 2),
            check(
                "test_time",
                "i.a",
                "Time grows with the number of pixels",
                4,
                Verdict.TIMEOUT,
                "One call on a 256 × 256 image took more than 20 s and was stopped. Move the work that does "
                "not depend on the position out of the inner loop.",
                detail=CANARY,
                evidence=(timing_table(),),
            ),
            check(
                "test_edges",
                "i.b",
                "Edge responses of a picture",
                8,
                Verdict.RAISED,
                "IndexError: index 32 is out of bounds for axis 0 with size 32 (solution.py, line 41). The "
                "last position where a 3 × 3 kernel fits is row 29.",
                detail=CANARY,
                evidence=(kernel_pictures(),),
                output="shape (32, 32, 3)\nrow 30\nrow 31\n",
            ),
            check(
                "test_layers",
                "ii.a",
                "Layers of the strided network",
                16,
                Verdict.FAILED,
                "The second convolution has strides 1 × 1, so the Dense layer sees four times as many "
                "inputs. The Dropout layer is missing.",
                score=6,
                cases=(3, 7),
                detail=CANARY,
                evidence=(layer_table(wrong=True),),
            ),
            check(
                "test_baseline",
                "ii.b.i",
                "Baseline of the commonest class",
                6,
                Verdict.NOT_IMPLEMENTED,
                "baseline_predictions is not defined in solution.py. Write it: always predict the label that "
                "is commonest in y_train.",
                detail=CANARY,
            ),
            check("test_answers", "ii.b.i", "Parameters of the strided network", 6, evidence=(claims(),)),
            check(
                "test_train",
                "ii.b.ii",
                "Accuracy after training",
                8,
                Verdict.SKIPPED,
                "After three trainings the accuracy lies so close to the limit that chance would decide.",
                detail=CANARY,
                evidence=(curves(0.12), confusion()),
            ),
            check(
                "test_sweep",
                "ii.b.iii",
                "Size sweep",
                6,
                Verdict.OVER_LIMIT,
                "Your code asked for more than 1,500 MiB. Train one model at a time, keep its history.",
                detail=CANARY,
            ),
            check(
                "test_sweep_time",
                "ii.b.iii",
                "Times of the size sweep",
                4,
                Verdict.GRADER_ERROR,
                detail=f"TrainerGone: {CANARY}",
            ),
            check(
                "test_pooled",
                "ii.c",
                "Layers of the pooled network",
                10,
                Verdict.CRASHED,
                "The process that ran your code ended with exit status 0. Leave out exit() and quit().",
                detail=CANARY,
            ),
        ),
        answers=ANSWERS,
        left_out=(
            LeftOut(
                where="solution.py, lines 88 to 102",
                what="history = train(model, x, y, 20, 128)",
                why="it would train when the file is imported",
            ),
            LeftOut(
                where="notes.docx",
                what="notes.docx",
                why="only .py, .ipynb, .toml, .json and pictures are read",
            ),
        ),
    )


def broken() -> SubmissionResult:
    """Nothing that could be graded."""
    text = (
        "work.zip is not a zip file: it ends after 1,204 bytes.\n\n"
        "Pack it again and open it once before you hand it in."
    )
    return result("s-200031", (), problem=text, files=("work.zip",))


def faulty() -> SubmissionResult:
    """The grader failed on the whole submission."""
    return result("s-200032", (), fault=f"TrainerGone: {CANARY}")


def self_check() -> SubmissionResult:
    """What a student sees before handing in."""
    plain = ENVIRONMENT.model_copy(update={"tier": Tier.PLAIN})
    return failing("you").model_copy(update={"environment": plain, "answers": ()})


def make_class(size: int = 40) -> tuple[SubmissionResult, ...]:
    """A class in which every fifth has a transposed kernel, with one of each kind of trouble."""
    rng = np.random.default_rng(7)
    full, some = (
        passing(),
        {entry.task: entry for entry in failing().checks if entry.verdict is Verdict.FAILED},
    )
    results = [broken(), faulty(), failing()]
    for number in range(size - 3):
        skill = rng.beta(5, 2)
        checks = tuple(
            entry if rng.random() < skill else entry.model_copy(update=_lost(entry, some))
            for entry in full.checks
        )
        results.append(full.model_copy(update={"student_id": f"s-{100000 + 37 * number}", "checks": checks}))
    return tuple(results)


def _lost(entry: CheckResult, some: dict[str, CheckResult]) -> dict[str, object]:
    if entry.task in some and entry.title == some[entry.task].title:
        source = some[entry.task]
        return {"verdict": source.verdict, "score": source.score, "feedback": source.feedback, "evidence": ()}
    text = "Not implemented yet: the starter's NotImplementedError is still there."
    return {"verdict": Verdict.NOT_IMPLEMENTED, "score": 0.0, "feedback": text, "evidence": ()}
