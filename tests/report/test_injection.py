"""What students write never becomes a part of the page: seen in real Chromium, layer by layer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from grader.report import canvas, render, render_class, render_lab_report, render_pair, render_student
from grader.text import plain
from tests.report.browser import Browser, Tab
from tests.report.hostile_class import hostile_class, hostile_lab, hostile_pair, one_liner
from tests.report.payloads import PAYLOADS, SUFFIX, Effect
from tests.report.sample_assignment import make_assignment
from tests.report.sample_lab import make_lab
from tests.report.samples import broken, failing, faulty, make_class, passing, self_check
from tests.similar.programs import REMARK, pair_of, write_program

pytestmark = pytest.mark.xdist_group("chromium")

ASSIGNMENT = make_assignment()
PAGES = ("student", "instructor", "self-check", "problem", "fault", "class", "lab", "pair")
ASKED_IN_SPITE_OF_POLICY = {
    "refresh": "no directive covers redirects",
    "link": "nor links that are clicked",
}
CONNECTED_IN_SPITE_OF_POLICY = {
    "preconnect": "no directive covers connections made ahead",
    "frame": "Chromium connects before it looks at the policy; nothing is sent",
    "form": "the same",
}
"""These and those only the escaping stops."""
OURS = r"^(#|data:image/png;base64,|students/|instructor/|\.\./index\.html$)"

# Everything that a reader can do on a page, but for going where our own links lead.
INTERACT = r"""
(() => {
  const leads = (e) => /^(students|instructor|\.\.\/index)/.test(e.getAttribute("href"));
  for (const e of document.querySelectorAll("[autofocus], [tabindex]")) e.focus();
  for (const e of document.querySelectorAll("a, button, input, summary"))
    if (!leads(e)) e.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
  for (const form of document.forms) form.requestSubmit();
})()
"""
LOOK = """
(() => {
  const all = [...document.querySelectorAll("*")];
  const places = ["href", "src", "srcset", "xlink:href", "action", "formaction", "data", "poster", "ping"];
  return {
    elements: [...new Set(all.map((e) => e.localName))],
    attributes: [...new Set(all.flatMap((e) => e.getAttributeNames()))],
    addresses: all.flatMap((e) => places.map((p) => e.getAttribute(p)).filter((a) => a !== null)),
    text: document.documentElement.textContent,
    beside: document.documentElement.scrollWidth - window.innerWidth,
  };
})()
"""


# What our one script is for: click a heading twice, then look for a word that one row has.
USE = """
(() => {
  const rows = () => [...document.getElementById("students").tBodies[0].rows];
  const order = () => rows().map((row) => Number(row.cells[1].dataset.value));
  const heading = document.querySelector("#students th:nth-child(2) button");
  const sorted = [0, 1].map(() => { heading.click(); return order(); });
  const filter = document.getElementById("filter");
  filter.value = "could not be graded";
  filter.dispatchEvent(new Event("input"));
  return { sorted, left: rows().filter((row) => !row.hidden).length, all: rows().length };
})()
"""
PHONE = {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": True}


@dataclass(frozen=True)
class Seen:
    """What happened in one kind of page: `said` by scripts, `asked` by the page, `refused` it."""

    said: frozenset[str]
    asked: tuple[str, ...]
    refused: tuple[str, ...]
    look: dict[str, Any]


@dataclass(frozen=True)
class Watched:
    """All pages of one Chromium.

    `parts` are the elements and attributes of harmless ones. `connected` has every payload whose address
    the network heard of, `sent` those to which a request went, `used` what our own script did.
    """

    pages: dict[str, Seen]
    parts: dict[str, frozenset[str]]
    connected: dict[str, frozenset[str]]
    sent: dict[str, frozenset[str]]
    used: dict[str, Any]

    def names(self, layer: str, pages: str) -> frozenset[str]:
        """The payloads whose scripts ran in the frames of `pages`."""
        return frozenset(word.removesuffix(f".{layer}") for word in self.pages[pages].said)


def hostile_pages(layer: str) -> dict[str, str]:
    members = hostile_class(layer)
    return {
        "student": render_student(members["failing"], ASSIGNMENT),
        "instructor": render_student(members["failing"], ASSIGNMENT, audience="instructor"),
        "self-check": render_student(members["self-check"], ASSIGNMENT),
        "problem": render_student(members["problem"], ASSIGNMENT),
        "fault": render_student(members["fault"], ASSIGNMENT, audience="instructor"),
        "class": render_class(list(members.values()), ASSIGNMENT),
        "lab": render_lab_report(hostile_lab(layer)),
        "pair": render_pair(hostile_pair(layer), 0.1, ASSIGNMENT.title),
    }


def harmless_pages() -> dict[str, str]:
    return {
        "student": render_student(failing(), ASSIGNMENT),
        "instructor": render_student(failing(), ASSIGNMENT, audience="instructor"),
        "self-check": render_student(self_check(), ASSIGNMENT),
        "problem": render_student(broken(), ASSIGNMENT),
        "fault": render_student(faulty(), ASSIGNMENT, audience="instructor"),
        "class": render_class([*make_class(6), passing()], ASSIGNMENT),
        "lab": render_lab_report(make_lab()),
        "pair": render_pair(pair_of("a", "b", write_program(3) + REMARK), 0.1, ASSIGNMENT.title),
    }


def bare_page(text: str) -> str:
    """Title, comment, stylesheet, attributes and text of a page that takes no care."""
    return (
        f"<!doctype html><html><head><title>{text}</title><!--{text}--><style>{text}</style></head>"
        f"<body><p title=\"{text}\"></p><p title='{text}'></p><p>{text}</p></body></html>"
    )


def without_policy(page: str) -> str:
    page, times = re.subn(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    assert times == 1
    return page


def pages_without_escaping(patch: pytest.MonkeyPatch, texts: dict[str, str]) -> dict[str, str]:
    """Instructor's pages from the real templates, where every text goes in as it is."""
    environment = render._environment.__wrapped__()
    environment.autoescape = False
    patch.setattr(render, "_environment", lambda: environment)
    patch.setattr(render, "escape", str)
    patch.setattr(canvas, "escape", str)
    return {
        name: render_student(one_liner(text), ASSIGNMENT, audience="instructor")
        for name, text in texts.items()
    }


def write_frames(folder: Path, name: str, pages: dict[str, str]) -> Path:
    """One page with all of `pages` in frames, so that none disturbs another."""
    (folder / name).mkdir()
    for page, content in pages.items():
        (folder / name / f"{page}.html").write_text(content, encoding="utf-8", errors="surrogatepass")
    host = folder / name / "all.html"
    frames = "".join(f'<iframe src="{page}.html"></iframe>' for page in pages)
    host.write_text(f"<!doctype html><title>{name}</title>{frames}", encoding="utf-8")
    return host


def touch_everything(tab: Tab) -> None:
    """In each frame; one that has gone elsewhere meanwhile needs no touch, so errors do not matter here."""
    for context in list(tab.contexts):
        where = {"contextId": context, "userGesture": True}
        tab.browser.call("Runtime.evaluate", tab.session, expression=INTERACT, **where)


def seen(tab: Tab, look: dict[str, Any]) -> Seen:
    own = ("file:", "data:image/png;base64,")
    asked = tuple(address for address in tab.asked if not address.startswith(own))
    return Seen(frozenset(tab.said), asked, tuple(tab.refused), look)


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Watched:
    """All pages open in one Chromium until the payloads in the unprotected ones have all had their effect."""
    folder = tmp_path_factory.mktemp("chromium")
    active = [payload for payload in PAYLOADS if payload.effect is not Effect.SHOWS]
    with pytest.MonkeyPatch.context() as patch:
        policy = pages_without_escaping(patch, {p.name: p.aimed("policy") for p in active})
    both = hostile_pages("both")
    escaping = {kind: without_policy(page).replace(".both", ".escaping") for kind, page in both.items()}
    bare = {p.name: bare_page(p.aimed("bare")) for p in active}
    browser = Browser(folder)
    with browser:
        tabs = {}
        for name, content in both.items():
            path = folder / f"{name}.html"
            path.write_text(content, encoding="utf-8", errors="surrogatepass")
            tabs[name] = browser.open(path)
            browser.call("Emulation.setDeviceMetricsOverride", tabs[name].session, **PHONE)
        looks = {name: tab.evaluate(LOOK) for name, tab in tabs.items()}
        used = tabs["class"].evaluate(USE)
        frames = {"harmless": harmless_pages(), "escaping": escaping, "policy": policy, "bare": bare}
        for name, pages in frames.items():
            tabs[name] = browser.open(write_frames(folder, name, pages))
        harmless = [tabs["harmless"].evaluate(LOOK, context) for context in tabs["harmless"].contexts]
        for tab in tabs.values():
            touch_everything(tab)
        ran = {f"{p.name}.bare" for p in active if p.effect is Effect.RUNS}
        asked = {p.name for p in active if p.effect is Effect.ASKS} - {"preconnect"}
        browser.wait_for(lambda: ran - set(tabs["bare"].said))
        for layer, names in (("bare", asked), ("policy", set(ASKED_IN_SPITE_OF_POLICY))):
            browser.wait_for(lambda: names - leaks("\n".join(browser.wire.seen), layer))  # noqa: B023
        pages = {name: seen(tab, looks.get(name, {})) for name, tab in tabs.items()}
    layers = ("both", "escaping", "policy", "bare")
    log, wire = browser.log, "\n".join(browser.wire.seen)
    return Watched(
        pages,
        parts={
            part: frozenset(name for look in harmless for name in look[part])
            for part in ("elements", "attributes")
        },
        connected={layer: leaks(log, layer) | leaks(wire, layer) for layer in layers},
        sent={layer: leaks(wire, layer) for layer in layers},
        used=used,
    )


def leaks(record: str, layer: str) -> frozenset[str]:
    """The payloads whose addresses stand in a record of the network."""
    return frozenset(re.findall(rf"([\w-]+)\.{layer}\.{re.escape(SUFFIX)}", record))


@pytest.mark.parametrize("kind", PAGES)
def test_nothing_runs_and_nothing_leaves(watched: Watched, kind: str) -> None:
    """In every page, with everything clicked: no script of a payload, no request, nothing even refused."""
    page = watched.pages[kind]
    assert page.said == frozenset()
    assert page.asked == ()
    assert page.refused == (), "the policy had something to refuse, so the escaping let something through"


def test_the_network_hears_of_no_payload(watched: Watched) -> None:
    """Neither a request nor a connection nor a name looked up, from any page."""
    assert watched.connected["both"] == frozenset()


@pytest.mark.parametrize("kind", PAGES)
def test_payloads_add_no_element_no_attribute_and_no_address(watched: Watched, kind: str) -> None:
    """To the browser's parser a hostile page has the parts of harmless ones, and no other."""
    look = watched.pages[kind].look
    assert set(look["elements"]) - watched.parts["elements"] == set()
    assert set(look["attributes"]) - watched.parts["attributes"] == set()
    assert [address for address in look["addresses"] if not re.match(OURS, address)] == []


@pytest.mark.parametrize("kind", PAGES)
def test_payloads_are_shown_as_text(watched: Watched, kind: str) -> None:
    """Each can be read, without what is invisible; nothing of it was evaluated or swallowed."""
    text = " ".join(watched.pages[kind].look["text"].split())
    unread = [p.name for p in PAYLOADS if " ".join(plain(p.aimed("both")).split()) not in text]
    assert unread == []
    assert not [c for c in text if not c.isprintable() or c == "\ufffd"], "invisible, or no valid UTF-8"
    assert watched.pages[kind].look["beside"] <= 0, "a long word makes the page wider than a phone"


def test_our_own_script_works_under_the_policy(watched: Watched) -> None:
    """The class page is sorted by clicks and filtered by words, hostile names or not."""
    up, down = watched.used["sorted"]
    assert up == sorted(up)
    assert down == sorted(down, reverse=True)
    assert len(set(up)) > 1
    assert (watched.used["left"], watched.used["all"]) == (1, 5)


def test_the_escaping_is_enough_alone(watched: Watched) -> None:
    """All pages without the policy: nothing runs, nothing leaves."""
    assert watched.pages["escaping"].said == frozenset()
    assert watched.connected["escaping"] == frozenset()


def test_the_policy_stops_what_it_can_alone(watched: Watched) -> None:
    """Pages from templates that do not escape: nothing runs; what leaves is what no policy can stop."""
    assert watched.pages["policy"].said == frozenset()
    assert watched.sent["policy"] == set(ASKED_IN_SPITE_OF_POLICY)
    assert watched.connected["policy"] - watched.sent["policy"] <= set(CONNECTED_IN_SPITE_OF_POLICY)
    assert watched.pages["policy"].refused


def test_without_both_layers_every_payload_does_what_it_says(watched: Watched) -> None:
    """The same texts in a bare page run or ask: these tests can fail."""
    assert watched.names("bare", "bare") == {p.name for p in PAYLOADS if p.effect is Effect.RUNS}
    assert watched.connected["bare"] == {p.name for p in PAYLOADS if p.effect is Effect.ASKS}
