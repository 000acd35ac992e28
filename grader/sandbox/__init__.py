"""Runs submissions: `start_sandbox()` for grading, `start_plain()` for a student's own machine."""

from __future__ import annotations

from grader.results import Tier
from grader.sandbox.box.values import BuiltModel, History, Opaque, Plain, Value, is_plain
from grader.sandbox.explain import missing_function
from grader.sandbox.faults import SandboxBroken, SandboxUnavailable, SubmissionFault
from grader.sandbox.launcher import MOST_SHARERS
from grader.sandbox.limits import Limits
from grader.sandbox.plain import start_plain
from grader.sandbox.replies import FitReply, FitTask, LossReply, ModelReply, Reply
from grader.sandbox.session import Session
from grader.sandbox.tiers import Sandbox, probe_tier, start_sandbox

__all__ = [
    "MOST_SHARERS",
    "BuiltModel",
    "FitReply",
    "FitTask",
    "History",
    "Limits",
    "LossReply",
    "ModelReply",
    "Opaque",
    "Plain",
    "Reply",
    "Sandbox",
    "SandboxBroken",
    "SandboxUnavailable",
    "Session",
    "SubmissionFault",
    "Tier",
    "Value",
    "is_plain",
    "missing_function",
    "probe_tier",
    "start_plain",
    "start_sandbox",
]
