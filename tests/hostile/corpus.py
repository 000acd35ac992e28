"""The attacks: each is a submission that an honest student could have handed in, with some files changed.

`tests/submissions/hostile/attacks/base` is that honest submission. Its functions and answers are wrong, so
that an attack that forges anything gains marks; its network is right, because each wrong one would have to
be trained. `honest` holds what makes it right. Each folder GROUP/NAME holds the files that the attacker
changes or adds, and `attack.toml`.
"""

from __future__ import annotations

import shutil
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.e2e.samples import SAMPLES
from tests.hostile.packages import BUILDERS

ATTACKS = SAMPLES / "hostile" / "attacks"
SCORE_SHEET = "attack.toml"
BASE = "b-base"
HONEST = ("a-honest", "m-honest", "zz-honest")  # before, among and after the attackers
REFUSED = "refused"
"""Stands for a submission that cannot be graded at all; its student reads why."""


@dataclass(frozen=True)
class Attack:
    """What attack.toml says.

    `verdict` is that of the check `check`, or REFUSED; "timeout or over_limit" where the machine's load
    decides which comes first. `fails` are checks that the attack is aimed at.
    `words` must stand in what the student reads. `package` names the function of `packages.py` that
    makes the archive or the notebook. `student` stands in for the name of the folder handed in.
    `without` is the submission to compare with: BASE, or an honest one.
    """

    name: str
    folder: Path
    aim: str
    verdict: str
    check: str = "test_square_images"
    fails: tuple[str, ...] = field(default=())
    words: str = ""
    package: str = ""
    student: str = ""
    without: str = BASE

    @property
    def group(self) -> str:
        return self.name.split("/")[0]

    @property
    def handed_in_as(self) -> str:
        """The name of the folder or file of the submission."""
        return self.student or self.name.replace("/", "-")

    @property
    def source(self) -> str:
        """The attacker's convolution.py."""
        return (self.folder / "convolution.py").read_text(encoding="utf-8")


def load_attacks() -> list[Attack]:
    """All attacks, by name. Raises TypeError for a key that attack.toml does not have."""
    sheets = sorted(ATTACKS.glob(f"*/*/{SCORE_SHEET}"))
    return [_load(sheet) for sheet in sheets]


def _load(sheet: Path) -> Attack:
    told: dict[str, Any] = tomllib.loads(sheet.read_text(encoding="utf-8"))
    told["fails"] = tuple(told.get("fails", ()))
    return Attack(name="/".join(sheet.parent.parts[-2:]), folder=sheet.parent, **told)


def hand_in(attack: Attack, class_folder: Path) -> Path:
    """Puts the attacker's submission into the folder of the class."""
    folder = class_folder / attack.handed_in_as
    shutil.copytree(ATTACKS / "base", folder)
    shutil.copytree(
        attack.folder,
        folder,
        dirs_exist_ok=True,
        ignore=shutil.ignore_patterns(SCORE_SHEET, "__pycache__"),
    )
    return BUILDERS[attack.package](folder) if attack.package else folder


def hand_in_base(class_folder: Path, name: str) -> Path:
    """The honest submission that is mostly wrong."""
    return Path(shutil.copytree(ATTACKS / "base", class_folder / name))


def hand_in_honest(class_folder: Path, name: str) -> Path:
    """An honest submission that is right where the attacks would like to be."""
    folder = hand_in_base(class_folder, name)
    shutil.copytree(ATTACKS / "honest", folder, dirs_exist_ok=True)
    return folder
