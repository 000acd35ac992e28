"""Every attack, graded for real: `python -m tests.hostile [--tier T1|T1b|T2] [--user | --every] [NAME ...]`.

Grades two classes with `grader grade`: the honest students alone, then the same students with every
attacker among them, or with those whose names begin with NAME. Exits with 1 when an attack gained
something, broke something or ended otherwise than foretold.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

from grader.results import Tier
from tests.hostile.arena import Arena, Graded
from tests.hostile.corpus import BASE, HONEST, Attack, load_attacks
from tests.hostile.judge import differences, problems
from tests.hostile.listener import listening

WAYS = {
    "T1": (Tier.T1, False),
    "T1 as an ordinary user": (Tier.T1, True),
    "T2": (Tier.T2, False),
}


def main() -> None:
    arguments = _arguments()
    chosen = [attack for attack in load_attacks() if attack.name.startswith(tuple(arguments.names or [""]))]
    ways = WAYS if arguments.every else {"": (arguments.tier, arguments.user)}
    print(_overview(chosen))
    found = [line for tier, user in ways.values() for line in _run(chosen, tier, user, arguments)]
    sys.exit(1 if found else 0)


def _run(chosen: list[Attack], tier: Tier | None, user: bool, arguments: argparse.Namespace) -> list[str]:
    """Everything that went otherwise than it should; also printed."""
    with tempfile.TemporaryDirectory(prefix="epochmark-arena-") as scratch:
        folder = arguments.keep or Path(scratch)
        arena = Arena(folder, arguments.jobs, tier, as_user=user)
        with listening() as heard:
            alone = arena.grade("alone", [])
            among = arena.grade("among", chosen)
        found = _judge(chosen, alone, among)
        found += [f"leaked: {leak}" for leak in arena.leaks("alone") + arena.leaks("among")]
        found += [f"left behind: {path}" for path in arena.leftovers()]
        found += [f"called home: {call}" for call in heard]
    tiers = ", ".join({str(result.environment.tier) for result in among.results.values()})
    who = "an ordinary user" if user or os.geteuid() != 0 else "root"
    print(f"tier {tiers} as {who}: {len(chosen)} attacks, {len(found)} problems, {among.seconds:.0f} s")
    print("".join(f"  {line}\n" for line in found), end="", flush=True)
    return found


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description=__doc__)
    parser.add_argument("names", nargs="*", help="beginnings of names, as secrets/ or escape/fork")
    parser.add_argument(
        "--tier", type=Tier, choices=[Tier.T1, Tier.T1B, Tier.T2], help="default: the strongest"
    )
    parser.add_argument("--every", action="store_true", help="T1, T1 as an ordinary user, T2 (as root)")
    parser.add_argument("--user", action="store_true", help="grade as an ordinary user (from root)")
    parser.add_argument("--keep", type=Path, help="folder for classes and results, to look at them")
    parser.add_argument("--jobs", type=int, default=2)
    return parser.parse_args()


def _judge(chosen: list[Attack], alone: Graded, among: Graded) -> list[str]:
    found = [f"{a.name}: {problem}" for a in chosen for problem in problems(a, among, alone)]
    return found + [line for name in (*HONEST, BASE) for line in differences(name, alone, among)]


def _overview(chosen: list[Attack]) -> str:
    """The groups, with the verdicts that their attacks should get."""
    lines = []
    for group, count in Counter(attack.group for attack in chosen).items():
        verdicts = Counter(attack.verdict for attack in chosen if attack.group == group)
        lines.append(f"{group:11} {count:3}  {', '.join(f'{n} {v}' for v, n in verdicts.most_common())}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
